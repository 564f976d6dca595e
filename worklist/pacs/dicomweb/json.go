package dicomweb

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

const acceptJSON = "application/dicom+json"

// isJSON takes application/dicom+json, application/json of older servers, and
// an answer without a media type (a 409 of STOW-RS has come so): what it is, its
// first byte says.
func isJSON(h http.Header) bool {
	switch mediaTypeOf(h.Get("Content-Type")) {
	case "application/dicom+json", "application/json", "":
		return true
	}
	return false
}

// gotType is what answered instead, fit to be shown.
func gotType(h http.Header) string {
	if t := cleanText(mediaTypeOf(h.Get("Content-Type"))); t != "" {
		return t
	}
	return "no media type"
}

// list is a list of data sets as it came; good counts those handed on, bad the
// entries that could not be read. resp is nil when no server answered; its body is
// closed.
type list struct {
	sets []*dicom.Dataset // of datasets only
	good int
	bad  int
	resp *http.Response
}

// datasets reads the whole list that the request asks for.
func (c *Client) datasets(ctx context.Context, r request) (list, error) {
	var sets []*dicom.Dataset
	l, err := c.stream(ctx, r, func(ds *dicom.Dataset) error {
		sets = append(sets, ds)
		return nil
	})
	l.sets = sets
	return l, err
}

// stream sends the request and reads a list of data sets (PS3.18 F.2), handing
// each on as it is read. 204 and an empty body are an empty list. Entries that
// cannot be read are left out and reported as pacs.ErrPartial beside the rest. An
// error of each ends the reading and is returned as it is.
func (c *Client) stream(ctx context.Context, r request, each func(*dicom.Dataset) error) (list, error) {
	resp, err := c.do(ctx, r)
	if err != nil {
		if resp != nil {
			drain(resp)
		}
		return list{}, err
	}
	if resp.StatusCode == http.StatusNoContent || resp.ContentLength == 0 {
		drain(resp)
		return list{resp: resp}, nil
	}
	if !isJSON(resp.Header) {
		drain(resp)
		return list{}, &pacs.NotArchiveError{Op: r.op, Got: gotType(resp.Header)}
	}
	l, err := readList(resp.Body, c.maxJSON, each)
	l.resp = resp
	var own *eachError
	if errors.As(err, &own) {
		resp.Body.Close() // the rest is not waited for
		return l, own.error
	}
	drain(resp)
	if err == nil && l.bad > 0 {
		err = fmt.Errorf("%w: %d of %d entries unreadable", pacs.ErrPartial, l.bad, l.bad+l.good)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", r.op, err)
	}
	return l, err
}

// eachError is an error of the one to whom the entries are handed.
type eachError struct{ error }

// readList reads an array of data sets, or one data set without an array, one
// entry at a time. The list may be 16 times limit in bytes, one entry limit.
func readList(body io.Reader, limit int64, each func(*dicom.Dataset) error) (l list, err error) {
	r := bufio.NewReaderSize(&bounded{body, 16 * limit}, jsonBuffer)
	first, err := firstByte(r)
	if err == io.EOF {
		return l, nil
	}
	if err != nil {
		return l, jsonError(err)
	}
	e := &entries{r: r, limit: limit}
	if first != '[' {
		err = l.object(e, each)
	} else {
		err = l.array(e, each)
	}
	var own *eachError
	if err == nil || errors.As(err, &own) {
		return l, err
	}
	return l, jsonError(err)
}

const jsonBuffer = 32 << 10

// object reads what stands where an array should: one data set.
func (l *list) object(e *entries, each func(*dicom.Dataset) error) error {
	first, err := e.skip()
	if err != nil {
		return err
	}
	b, err := e.element(first)
	if err != nil {
		return err
	}
	ds := new(dicom.Dataset)
	if err := ds.UnmarshalJSON(b); err != nil {
		return &syntaxError{e.at}
	}
	return l.take(ds, each)
}

func (l *list) array(e *entries, each func(*dicom.Dataset) error) error {
	for {
		b, err := e.next()
		if err == errEnd {
			return nil
		}
		if err != nil {
			return err
		}
		ds := new(dicom.Dataset)
		if b[0] != '{' || ds.UnmarshalJSON(b) != nil {
			l.bad++
			continue
		}
		if err := l.take(ds, each); err != nil {
			return err
		}
	}
}

func (l *list) take(ds *dicom.Dataset, each func(*dicom.Dataset) error) error {
	l.good++
	if err := each(ds); err != nil {
		return &eachError{err}
	}
	return nil
}

func firstByte(r *bufio.Reader) (byte, error) {
	for {
		b, err := r.ReadByte()
		if err != nil {
			return 0, err
		}
		if !strings.ContainsRune(" \t\r\n", rune(b)) {
			return b, r.UnreadByte()
		}
	}
}

// jsonError keeps the words of a syntax error out: they may quote a value.
func jsonError(err error) error {
	var inv *dicom.InvalidError
	switch {
	case errors.Is(err, pacs.ErrTooLarge), errors.Is(err, pacs.ErrStalled), errors.As(err, &inv),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return pacs.ErrTruncated
	}
	if _, ok := pacs.Unreachable(err); ok {
		return fmt.Errorf("%w: %w", pacs.ErrTruncated, err)
	}
	var syn *syntaxError
	if errors.As(err, &syn) {
		return syn
	}
	return errors.New("malformed JSON")
}
