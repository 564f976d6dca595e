package dicomweb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

const (
	maxFrames    = 1000 // in one request: a URL of 8000 characters is too long for some servers
	maxFrameSize = 1 << 30
)

var (
	errNoFrames    = errors.New("frames are numbers from 1 of one instance")
	errOtherFrames = errors.New("the server sent other frames than were asked for")
)

// Frames asks for single frames of one instance (PS3.18 10.4.1.1.6), as they are
// stored where the server can, else as it sends them uncompressed. Each frame is
// handed on, in the order asked for, after the boundary behind it was read; its
// Syntax is what the server says its encoding is, and the media type's default
// where it does not say (PS3.18 8.7.3.3). Frames that the server marks as others
// than were asked for are an error, and so are fewer or more of them.
func (c *Client) Frames(ctx context.Context, ref pacs.Ref, numbers []int, each func(pacs.Frame) error) error {
	const op = "retrieve frames"
	path, err := framesPath(ref, numbers)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	asks := frameAsks
	if c.found.get(rowFrames) == rawFrames {
		asks = asks[1:]
	}
	for i, accept := range asks {
		var n int
		n, err = c.frames(ctx, op, path, accept, numbers, each)
		if err == nil && i > 0 {
			c.found.set(rowFrames, rawFrames)
		}
		if err == nil || n > 0 || !anotherSyntax(err) {
			break
		}
	}
	return err
}

// frameAsks are the Accept headers for frames, in turn: as stored, and uncompressed.
var frameAsks = []string{`multipart/related; type="application/octet-stream"; transfer-syntax=*`,
	`multipart/related; type="application/octet-stream"`}

// rawFrames is a server that sends frames, but not as stored.
const rawFrames = "uncompressed"

func framesPath(ref pacs.Ref, numbers []int) (string, error) {
	if ref.Instance == "" || ref.Series == "" || len(numbers) == 0 || len(numbers) > maxFrames {
		return "", errNoFrames
	}
	path, err := refPath(ref)
	list := make([]string, len(numbers))
	for i, n := range numbers {
		if n < 1 {
			return "", errNoFrames
		}
		list[i] = strconv.Itoa(n)
	}
	return path + "/frames/" + strings.Join(list, ","), err
}

// frames counts the frames handed on.
func (c *Client) frames(ctx context.Context, op, path, accept string, numbers []int, each func(pacs.Frame) error) (n int, err error) {
	resp, err := c.do(ctx, request{op: op, method: http.MethodGet, url: c.base + "/" + path, accept: accept, pixels: true})
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	kind := mediaTypeOf(resp.Header.Get("Content-Type"))
	switch {
	case kind == "multipart/related":
		n, err = c.frameParts(resp, numbers, each)
	case len(numbers) == 1 && pixelType(kind):
		n, err = c.oneFrame(resp, numbers[0], each)
	default:
		return 0, &pacs.NotArchiveError{Op: op, Got: gotType(resp.Header)}
	}
	if err != nil {
		return n, fmt.Errorf("%s: %w", op, err)
	}
	drain(resp)
	return n, nil
}

func (c *Client) frameParts(resp *http.Response, numbers []int, each func(pacs.Frame) error) (n int, err error) {
	p, err := c.partsOf(resp, min(c.maxObject, maxFrameSize))
	if err != nil {
		return 0, err
	}
	defer p.free()
	outer := resp.Header.Get("Content-Type")
	for {
		part, err := p.next()
		if err == io.EOF {
			if n < len(numbers) {
				err = errOtherFrames
			} else {
				err = nil
			}
			return n, err
		}
		if err != nil {
			return n, err
		}
		if n == len(numbers) || otherFrame(part.location, numbers[n]) {
			return n, errOtherFrames
		}
		f, err := frameOf(part, outer, numbers[n])
		if err != nil {
			return n, err
		}
		if err := each(f); err != nil {
			return n, err
		}
		n++
	}
}

// otherFrame tells whether a part's Content-Location names another frame than
// the one that is due.
func otherFrame(location string, due int) bool {
	_, number, ok := strings.Cut(strings.TrimRight(location, "/"), "/frames/")
	if !ok {
		return false
	}
	n, err := strconv.Atoi(number)
	return err == nil && n != due
}

// frameOf reads what encodes a part: its own transfer-syntax parameter, that of
// the whole answer (which some servers write within the quotes of type), or the
// default of its media type.
func frameOf(p part, outer string, number int) (pacs.Frame, error) {
	kind := mediaTypeOf(p.contentType)
	if kind == "" {
		kind = mediaTypeOf(innerType(outer))
	}
	if !pixelType(kind) {
		return pacs.Frame{}, &pacs.NotArchiveError{Op: "read frame", Got: cleanText(kind)}
	}
	syntax := syntaxOf(p.contentType)
	if syntax == "" {
		syntax = syntaxOf(outer)
	}
	if syntax == "" {
		syntax = frameSyntax(kind, p.body)
	}
	return pacs.Frame{Number: number, Syntax: syntax, Bytes: p.body}, nil
}

func (c *Client) oneFrame(resp *http.Response, number int, each func(pacs.Frame) error) (n int, err error) {
	b, err := wholeBody(resp, min(c.maxObject, maxFrameSize))
	if err != nil {
		return 0, err
	}
	f, err := frameOf(part{contentType: resp.Header.Get("Content-Type"), body: b}, "", number)
	if err != nil {
		return 0, err
	}
	if err := each(f); err != nil {
		return 0, err
	}
	return 1, nil
}

// defaultSyntax is the transfer syntax of a media type that names none (PS3.18
// tables 8.7.3-2 and 8.7.3-5).
var defaultSyntax = map[string]dicom.UID{
	"application/octet-stream": dicom.ExplicitVRLittleEndian,
	"image/jpeg":               dicom.JPEGLosslessSV1,
	"image/jls":                dicom.JPEGLSLossless,
	"image/x-jls":              dicom.JPEGLSLossless,
	"image/jp2":                dicom.JPEG2000Lossless,
	"image/jphc":               dicom.HTJ2KLossless,
	"image/dicom-rle":          dicom.RLELossless,
	"image/x-dicom-rle":        dicom.RLELossless,
}

func pixelType(kind string) bool { return defaultSyntax[kind] != "" }

// frameSyntax is the default of kind, except that a JPEG's frame marker is
// believed before it: SOF0 baseline, SOF1 extended (ITU-T T.81 table B.1).
func frameSyntax(kind string, b []byte) dicom.UID {
	if kind == "image/jpeg" {
		switch frameMarker(b) {
		case 0xC0:
			return dicom.JPEGBaseline
		case 0xC1:
			return dicom.JPEGExtended
		}
	}
	return defaultSyntax[kind]
}

// frameMarker is the SOF marker of a JPEG stream, 0 when there is none.
func frameMarker(b []byte) byte {
	for i := 2; i+4 <= len(b) && b[i] == 0xFF; {
		m := b[i+1]
		if m == 0xFF { // fill byte
			i++
			continue
		}
		if m >= 0xC0 && m <= 0xCF && m != 0xC4 && m != 0xC8 && m != 0xCC {
			return m
		}
		i += 2 + int(b[i+2])<<8 + int(b[i+3])
	}
	return 0
}

// syntaxOf is the transfer-syntax parameter of a content type, wherever it stands.
func syntaxOf(contentType string) dicom.UID {
	_, rest, ok := strings.Cut(strings.ToLower(contentType), "transfer-syntax=")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, `"' `)
	if i := strings.IndexFunc(rest, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }); i >= 0 {
		rest = rest[:i]
	}
	return dicom.UID(rest)
}

// innerType is the type parameter of a multipart content type.
func innerType(contentType string) string {
	_, rest, _ := strings.Cut(contentType, "type=")
	return strings.TrimLeft(rest, `" `)
}
