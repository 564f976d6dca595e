package dicomweb

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/nocturne/nocturne/worklist/pacs"
)

var errMalformed = errors.New("malformed multipart answer")

const (
	maxPreamble   = 64 << 10
	maxPartHeader = 16 << 10
	partBuffer    = 256 << 10
)

// parts reads a multipart stream (RFC 2046 5.1). Unlike mime/multipart it hands
// out whole parts only: next returns a part after the whole boundary line behind
// it was read, so that a stream cut anywhere never yields half an object.
type parts struct {
	r     *bufio.Reader
	own   *bufio.Reader // of the pool
	room  *room
	held  int64  // of room, by the body under way
	delim []byte // line break, two hyphens, boundary
	jump  [256]int
	limit int64 // of one body
	begun bool
	done  bool
	hint  int // size of the part before: slices of a series are alike
}

func newParts(r io.Reader, boundary string, limit int64) *parts {
	p := &parts{own: buffers.Get().(*bufio.Reader), limit: limit}
	p.own.Reset(r)
	p.r = p.own
	p.delimit("\r\n--" + boundary)
	return p
}

// buffers are used again: one of 256 KiB for each instance would be half of what is
// allocated for a CT slice.
var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, partBuffer) }}

// free gives the buffer back; no part can be read after it.
func (p *parts) free() {
	p.own.Reset(nil)
	buffers.Put(p.own)
	p.r, p.own = nil, nil
}

// room is the memory that all bodies under way share: a server that sends without
// end on eight connections is given up like one that does on one.
type room struct{ left atomic.Int64 }

// take is false when there is no room for n bytes more.
func (p *parts) take(n int) bool {
	if p.room == nil {
		return true
	}
	p.held += int64(n)
	return p.room.left.Add(-int64(n)) >= 0
}

// give says that the body under way was handed on or given up.
func (p *parts) give() {
	if p.room != nil {
		p.room.left.Add(p.held)
		p.held = 0
	}
}

// part is one whole part; its body is the caller's.
type part struct {
	contentType string
	location    string // Content-Location
	length      int64  // Content-Length; -1: not said
	body        []byte
}

// partsOf reads an answer whose media type is multipart/related. The caller frees it.
func (c *Client) partsOf(resp *http.Response, limit int64) (*parts, error) {
	boundary := boundaryOf(resp.Header.Get("Content-Type"))
	if boundary == "" {
		return nil, errMalformed
	}
	p := newParts(resp.Body, boundary, limit)
	p.room = &c.room
	return p, nil
}

// next returns the next part; io.EOF after the closing boundary;
// pacs.ErrTruncated when the stream ends before it.
func (p *parts) next() (pt part, err error) {
	if !p.begun {
		if err := p.preamble(); err != nil {
			return part{}, err
		}
		p.begun = true
	}
	if p.done {
		return part{}, io.EOF
	}
	if pt, err = p.header(); err != nil {
		return part{}, err
	}
	defer p.give()
	if pt.length > 0 && pt.length <= min(p.limit, maxTrusted) {
		if pt.body, err = p.counted(int(pt.length)); err != nil || pt.body != nil {
			return pt, err
		}
	}
	if pt.body, err = p.body(); err != nil {
		return part{}, err
	}
	return pt, nil
}

// maxTrusted is the most that is allocated because a header says so.
const maxTrusted = 64 << 20

// counted reads a body whose header says how long it is: into its own memory, once,
// without looking for the boundary in it. nil says that the header is wrong, since
// no boundary line follows: the bytes are put back, to be read as if it said nothing.
func (p *parts) counted(n int) ([]byte, error) {
	if !p.take(n) {
		return nil, pacs.ErrTooLarge
	}
	out := make([]byte, n)
	got, err := io.ReadFull(p.r, out)
	if err == nil {
		var b []byte
		if b, err = p.r.Peek(len(p.delim)); bytes.Equal(b, p.delim) {
			p.r.Discard(len(p.delim))
			whole, err := p.boundaryEnd()
			if err != nil {
				return nil, err
			}
			if whole {
				p.hint = n
				return out, nil
			}
			p.putBack(p.delim)
		}
	}
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, cut(err)
	}
	p.putBack(out[:got])
	return nil, nil
}

func (p *parts) putBack(b []byte) {
	p.r = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(b), p.r), partBuffer)
}

// delimit prepares the search for a delimiter: jump is how far it may be moved when
// a byte stands under its last one (Horspool's table).
func (p *parts) delimit(delim string) {
	p.delim = []byte(delim)
	for i := range p.jump {
		p.jump[i] = len(delim)
	}
	for i := range len(delim) - 1 {
		p.jump[delim[i]] = len(delim) - 1 - i
	}
}

// index is where the delimiter begins in b, or -1. It looks at one byte of b in as
// many as the delimiter has: objects are large, and boundaries are long.
func (p *parts) index(b []byte) int {
	last := len(p.delim) - 1
	for i := last; i < len(b); {
		c := b[i]
		if c == p.delim[last] && bytes.Equal(b[i-last:i], p.delim[:last]) {
			return i - last
		}
		i += p.jump[c]
	}
	return -1
}

// preamble skips to behind the first boundary line. A stream that breaks its
// lines with LF alone is taken as it is.
func (p *parts) preamble() error {
	for seen := 0; seen < maxPreamble; {
		line, err := p.r.ReadSlice('\n')
		if seen += len(line); err != nil {
			return cut(err)
		}
		rest, ok := bytes.CutPrefix(line, p.delim[2:])
		if !ok {
			continue
		}
		if bytes.HasPrefix(rest, []byte("--")) {
			p.done = true
			return nil
		}
		if strings.Trim(string(rest), " \t\r\n") != "" {
			continue
		}
		if !bytes.HasSuffix(line, []byte("\r\n")) {
			p.delimit("\n" + string(p.delim[2:]))
		}
		return nil
	}
	return errMalformed
}

// header reads a part's header to its empty line.
func (p *parts) header() (pt part, err error) {
	pt.length = -1
	for seen := 0; seen < maxPartHeader; {
		line, err := p.r.ReadSlice('\n')
		if seen += len(line); err != nil {
			return pt, cut(err)
		}
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" {
			return pt, nil
		}
		name, value, _ := strings.Cut(text, ":")
		switch value = strings.TrimSpace(value); strings.ToLower(strings.TrimSpace(name)) {
		case "content-type":
			pt.contentType = value
		case "content-location":
			pt.location = value
		case "content-length":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 {
				pt.length = n
			}
		}
	}
	return pt, errMalformed
}

// body reads up to the next boundary line and that line itself.
func (p *parts) body() ([]byte, error) {
	out := make([]byte, 0, p.hint+1)
	for {
		chunk, err := p.window()
		if i := p.index(chunk); i >= 0 {
			out = append(out, chunk[:i]...)
			p.r.Discard(i + len(p.delim))
			whole, err := p.boundaryEnd()
			if err != nil {
				return nil, err
			}
			if whole {
				p.hint = min(len(out), 64<<20)
				return out, p.fits(out)
			}
			out = append(out, p.delim...) // a longer word that begins like the boundary
			continue
		}
		if err != nil {
			return nil, cut(err)
		}
		n := len(chunk) - len(p.delim) + 1
		out = append(out, chunk[:n]...)
		p.r.Discard(n)
		if err := p.fits(out); err != nil {
			return nil, err
		}
		if !p.take(n) {
			return nil, pacs.ErrTooLarge
		}
	}
}

// window is all that is buffered, with something new in it, at least as long as
// the delimiter; an error means that nothing new will come.
func (p *parts) window() ([]byte, error) {
	want := max(len(p.delim), 1)
	if p.r.Buffered() >= want {
		chunk, _ := p.r.Peek(p.r.Buffered())
		return chunk, nil
	}
	_, err := p.r.Peek(want)
	chunk, _ := p.r.Peek(p.r.Buffered())
	return chunk, err
}

// boundaryEnd reads what follows the boundary's letters: two hyphens at the end
// of the stream, else blanks and a line break. Anything else was no boundary,
// and stays unread.
func (p *parts) boundaryEnd() (bool, error) {
	b, err := p.r.Peek(2)
	if len(b) < 2 {
		return false, cut(err)
	}
	if string(b) == "--" {
		p.done = true
		p.r.Discard(2)
		return true, nil
	}
	for n := 1; n <= 256; n++ {
		b, err := p.r.Peek(n)
		if len(b) < n {
			return false, cut(err)
		}
		switch b[n-1] {
		case '\n':
			p.r.Discard(n)
			return true, nil
		case ' ', '\t', '\r':
		default:
			return false, nil
		}
	}
	return false, nil
}

func (p *parts) fits(b []byte) error {
	if int64(len(b)) > p.limit {
		return pacs.ErrTooLarge
	}
	return nil
}

// cut is what an end of the stream means before the closing boundary.
func cut(err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return pacs.ErrTruncated
	case errors.Is(err, bufio.ErrBufferFull):
		return errMalformed
	}
	return fmt.Errorf("%w: %w", pacs.ErrTruncated, err)
}

func mediaTypeOf(contentType string) string {
	t, _, _ := strings.Cut(contentType, ";")
	return strings.ToLower(strings.TrimSpace(t))
}

// boundaryOf reads the boundary parameter. Servers leave type= unquoted though
// it holds a slash, which the mime package refuses.
func boundaryOf(contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		return params["boundary"]
	}
	for _, p := range strings.Split(contentType, ";") {
		name, value, _ := strings.Cut(p, "=")
		if strings.EqualFold(strings.TrimSpace(name), "boundary") {
			return strings.Trim(strings.TrimSpace(value), `"`)
		}
	}
	return ""
}
