package dicomweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Retrieve streams the objects of ref (PS3.18 10.4) as they are stored; see RetrieveAs.
func (c *Client) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	return c.RetrieveAs(ctx, ref, pacs.AsStored, each)
}

// RetrieveAs streams the objects of ref. The transfer syntaxes of syntaxes.go are
// tried in turn where the server refuses one before its first object, and what it
// refused is remembered. Lossy compression is never asked for, and an object that
// came so without being stored so is not handed on.
func (c *Client) RetrieveAs(ctx context.Context, ref pacs.Ref, wire pacs.Wire, each func(pacs.Object) error) error {
	path, err := refPath(ref)
	if err != nil {
		return fmt.Errorf("retrieve: %w", err)
	}
	var refused []ask
	for _, a := range c.asks(ref, wire) {
		var n int
		n, err = c.retrieve(ctx, path, a.accept(), c.checked(ref, a, each))
		if n > 0 || err == nil {
			c.served(ref, refused, a)
		}
		if n > 0 || err == nil || !c.tryNext(ref, a, err) {
			return err
		}
		if anotherSyntax(err) {
			refused = append(refused, a)
		}
	}
	return err
}

// anotherSyntax tells whether a refusal may be one of the transfer syntax.
// Servers that cannot transcode say 500 as often as 406.
func anotherSyntax(err error) bool {
	var s *pacs.StatusError
	if !errors.As(err, &s) {
		return false
	}
	switch s.Code {
	case 400, 406, 415, 500, 501:
		return true
	}
	return false
}

// retrieve counts the objects handed on.
func (c *Client) retrieve(ctx context.Context, path, accept string, each func(pacs.Object) error) (n int, err error) {
	const op = "retrieve"
	resp, err := c.do(ctx, request{
		op: op, method: http.MethodGet, url: c.base + "/" + path,
		accept: accept, pixels: true,
	})
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	switch mediaTypeOf(resp.Header.Get("Content-Type")) {
	case "multipart/related":
		n, err = c.objects(resp, each)
	case "application/dicom":
		n, err = c.oneObject(resp, each)
	default:
		return 0, &pacs.NotArchiveError{Op: op, Got: gotType(resp.Header)}
	}
	if err == nil && resp.StatusCode == http.StatusPartialContent {
		err = pacs.ErrPartial
	}
	if err != nil {
		return n, fmt.Errorf("%s: %w", op, err)
	}
	drain(resp)
	return n, nil
}

func (c *Client) objects(resp *http.Response, each func(pacs.Object) error) (n int, err error) {
	p, err := c.partsOf(resp, c.maxObject)
	if err != nil {
		return 0, err
	}
	defer p.free()
	for {
		pt, err := p.next()
		if err == io.EOF {
			if n == 0 {
				return 0, pacs.ErrTruncated // nothing at all is a 404 or 204, not an empty list
			}
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if mt := mediaTypeOf(pt.contentType); mt != "" && mt != "application/dicom" {
			return n, &pacs.NotArchiveError{Op: "read part", Got: cleanText(mt)}
		}
		if err := each(pacs.Object{Bytes: pt.body}); err != nil {
			return n, err
		}
		n++
	}
}

// wholeBody reads a single part. Without a length and without chunks nothing
// proves that it came whole (RFC 9112 6.3), so it is not handed on.
func wholeBody(resp *http.Response, limit int64) ([]byte, error) {
	chunked := len(resp.TransferEncoding) > 0 || resp.ProtoMajor > 1
	if resp.ContentLength < 0 && !chunked {
		return nil, pacs.ErrTruncated
	}
	if resp.ContentLength > limit {
		return nil, pacs.ErrTooLarge
	}
	var b []byte
	var err error
	if n := resp.ContentLength; n >= 0 && n <= maxTrusted {
		b = make([]byte, n)
		_, err = io.ReadFull(resp.Body, b)
	} else {
		b, err = io.ReadAll(&bounded{resp.Body, limit})
	}
	if err != nil && !errors.Is(err, pacs.ErrTooLarge) {
		err = cut(err)
	}
	return b, err
}

func (c *Client) oneObject(resp *http.Response, each func(pacs.Object) error) (n int, err error) {
	b, err := wholeBody(resp, c.maxObject)
	if err != nil {
		return 0, err
	}
	if err := each(pacs.Object{Bytes: b}); err != nil {
		return 0, err
	}
	return 1, nil
}

// Metadata returns the headers of ref's instances without bulk data (10.4.1.1.2).
func (c *Client) Metadata(ctx context.Context, ref pacs.Ref) ([]*dicom.Dataset, error) {
	path, err := refPath(ref)
	if err != nil {
		return nil, fmt.Errorf("retrieve metadata: %w", err)
	}
	l, err := c.datasets(ctx, request{
		op: "retrieve metadata", method: http.MethodGet, url: c.base + "/" + path + "/metadata",
		accept: acceptJSON,
	})
	return l.sets, err
}
