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

// Retrieve streams the objects of ref (PS3.18 10.4). The transfer syntaxes of
// Quirks are tried in turn where the server refuses one before its first object.
func (c *Client) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	path, err := refPath(ref)
	if err != nil {
		return fmt.Errorf("retrieve: %w", err)
	}
	syntaxes := c.cfg.Quirks.Syntaxes
	first := c.likedSyntax(ref.Study)
	for i := range syntaxes {
		k := (first + i) % len(syntaxes)
		n, err := c.retrieve(ctx, path, syntaxes[k], each)
		if err == nil && k != first {
			c.likeSyntax(ref.Study, k)
		}
		if err == nil || n > 0 || i == len(syntaxes)-1 || !anotherSyntax(err) {
			return err
		}
	}
	return nil
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

func (c *Client) likedSyntax(study dicom.UID) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.syntaxOf == study {
		return c.syntaxIdx
	}
	return 0
}

func (c *Client) likeSyntax(study dicom.UID, k int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.syntaxOf, c.syntaxIdx = study, k
}

// acceptDICOM asks for multipart only: some servers answer 400 to a single part.
func acceptDICOM(syntax string) string {
	const accept = `multipart/related; type="application/dicom"`
	if syntax == "" {
		return accept
	}
	return accept + "; transfer-syntax=" + syntax
}

// retrieve counts the objects handed on.
func (c *Client) retrieve(ctx context.Context, path, syntax string, each func(pacs.Object) error) (n int, err error) {
	const op = "retrieve"
	resp, err := c.do(ctx, request{
		op: op, method: http.MethodGet, url: c.base + "/" + path,
		accept: acceptDICOM(syntax), pixels: true,
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
	boundary := boundaryOf(resp.Header.Get("Content-Type"))
	if boundary == "" {
		return 0, errMalformed
	}
	p := newParts(resp.Body, boundary, c.maxObject)
	for {
		mt, body, err := p.next()
		if err == io.EOF {
			if n == 0 {
				return 0, pacs.ErrTruncated // nothing at all is a 404 or 204, not an empty list
			}
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if mt != "" && mt != "application/dicom" {
			return n, &pacs.NotArchiveError{Op: "read part", Got: cleanText(mt)}
		}
		if err := each(pacs.Object{Bytes: body}); err != nil {
			return n, err
		}
		n++
	}
}

// oneObject takes a single part. Without a length and without chunks nothing
// proves that it came whole (RFC 9112 6.3), so it is not handed on.
func (c *Client) oneObject(resp *http.Response, each func(pacs.Object) error) (n int, err error) {
	chunked := len(resp.TransferEncoding) > 0 || resp.ProtoMajor > 1
	if resp.ContentLength < 0 && !chunked {
		return 0, pacs.ErrTruncated
	}
	b, err := io.ReadAll(&bounded{resp.Body, c.maxObject})
	if err != nil {
		if errors.Is(err, pacs.ErrTooLarge) {
			return 0, err
		}
		return 0, cut(err)
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
