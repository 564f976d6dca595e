package dicomweb

import (
	"compress/gzip"
	"compress/zlib"
	"io"
	"net/http"
	"strings"
)

// unasked is the body of an answer that came compressed although nobody asked for it
// (proxies do). Its checksum at the end proves that it came whole, as chunks would.
type unasked struct {
	watched
	open func(io.Reader) (io.Reader, error)
	r    io.Reader
}

// unpack puts r's body right where its Content-Encoding is one that can be read, and
// net/http has not done so; what it cannot read stays, and fails as no multipart.
func unpack(resp *http.Response, body watched) io.ReadCloser {
	u := &unasked{watched: body}
	switch strings.ToLower(strings.TrimSpace(resp.Header.Get("Content-Encoding"))) {
	case "gzip", "x-gzip":
		u.open = func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
	case "deflate":
		u.open = func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) }
	default:
		return body
	}
	resp.ContentLength, resp.TransferEncoding = -1, []string{"chunked"}
	return u
}

func (u *unasked) Read(p []byte) (int, error) {
	if u.r == nil {
		r, err := u.open(u.watched)
		if err != nil {
			return 0, err
		}
		u.r = r
	}
	return u.r.Read(p)
}
