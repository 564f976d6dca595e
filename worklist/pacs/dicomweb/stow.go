package dicomweb

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Store sends whole Part 10 files (PS3.18 10.5). What was stored is read from
// the Referenced SOP Sequence of the answer and from nowhere else; a 200 with
// empty lists is a Stored with nothing in it. A 409 gives the lists and the
// *pacs.StatusError. It is never repeated here: the caller knows whether to.
func (c *Client) Store(ctx context.Context, study dicom.UID, objects ...[]byte) (pacs.Stored, error) {
	const op = "store"
	none := pacs.Stored{Failed: map[dicom.UID]uint16{}}
	path, err := refPath(pacs.Ref{Study: study})
	if err != nil {
		return none, fmt.Errorf("%s: %w", op, err)
	}
	boundary := newBoundary()
	segments, length := form(boundary, objects)
	resp, err := c.do(ctx, request{
		op: op, method: http.MethodPost, url: c.base + "/" + path, accept: acceptJSON,
		contentType: `multipart/related; type="application/dicom"; boundary=` + boundary,
		body:        func() io.Reader { return concat(segments) }, length: length, pixels: true,
	})
	var refusal *pacs.StatusError
	if err != nil && (resp == nil || !errors.As(err, &refusal)) {
		return none, err
	}
	defer drain(resp)
	stored, readErr := c.readStored(op, resp)
	if err == nil {
		err = readErr
	}
	return stored, err
}

func (c *Client) readStored(op string, resp *http.Response) (pacs.Stored, error) {
	stored := pacs.Stored{Failed: map[dicom.UID]uint16{}}
	if resp.StatusCode == http.StatusNoContent {
		return stored, nil
	}
	if !isJSON(resp.Header) {
		return stored, &pacs.NotArchiveError{Op: op, Got: gotType(resp.Header)}
	}
	_, err := readList(resp.Body, c.maxJSON, func(ds *dicom.Dataset) error {
		for _, it := range ds.Seq(dicom.ReferencedSOPSequence) {
			if u := dicom.UID(it.Str(dicom.ReferencedSOPInstanceUID)); u != "" {
				stored.OK = append(stored.OK, u)
			}
		}
		for _, it := range ds.Seq(dicom.FailedSOPSequence) {
			if u := dicom.UID(it.Str(dicom.ReferencedSOPInstanceUID)); u != "" {
				stored.Failed[u] = uint16(it.IntOr(dicom.FailureReason, 0))
			}
		}
		return nil
	})
	if err != nil {
		err = fmt.Errorf("%s: %w", op, err)
	}
	return stored, err
}

// form is the segments of a multipart body and their length; objects are not
// copied.
func form(boundary string, objects [][]byte) (segments [][]byte, length int64) {
	head := "--" + boundary + "\r\nContent-Type: application/dicom\r\n\r\n"
	for i, o := range objects {
		if i == 1 {
			head = "\r\n" + head
		}
		segments = append(segments, []byte(head), o)
	}
	segments = append(segments, []byte("\r\n--"+boundary+"--\r\n"))
	for _, s := range segments {
		length += int64(len(s))
	}
	return segments, length
}

func concat(segments [][]byte) io.Reader {
	rs := make([]io.Reader, len(segments))
	for i, s := range segments {
		rs[i] = bytes.NewReader(s)
	}
	return io.MultiReader(rs...)
}

// newBoundary is 128 random bits: no object holds them by accident.
func newBoundary() string {
	var b [16]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
