package dicomweb_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// squeezed compresses every answer of h whether it was asked to or not, and leaves
// out so many bytes at the end.
func squeezed(h http.Handler, encoding string, less int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		var b bytes.Buffer
		z := map[string]func(io.Writer) io.WriteCloser{
			"gzip":    func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
			"deflate": func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) },
		}[encoding](&b)
		z.Write(rec.Body.Bytes())
		z.Close()
		b.Truncate(b.Len() - less)
		w.Header().Set("Content-Type", rec.Header().Get("Content-Type"))
		w.Header().Set("Content-Encoding", encoding)
		w.Header().Set("Content-Length", strconv.Itoa(b.Len()))
		w.WriteHeader(rec.Code)
		w.Write(b.Bytes())
	})
}

func TestPixelsThatAProxyCompressesUnaskedAreRead(t *testing.T) {
	h := &honest{seed: pacstest.NewSeed(t)}
	st := h.seed.Studies[0]
	for _, encoding := range []string{"gzip", "deflate"} {
		arch := client(t, dicomweb.Config{BaseURL: serve(t, squeezed(h, encoding, 0))})
		n := 0
		if err := arch.Retrieve(context.Background(), pacs.Ref{Study: st.UID}, got(t, st, &n)); err != nil || n != len(st.Objects) {
			t.Errorf("%s: %d objects, %v", encoding, n, err)
		}
		if list, err := pacs.Find(context.Background(), arch, pacs.Query{Level: pacs.StudyLevel}); err != nil || len(list) != 3 {
			t.Errorf("%s: %d studies, %v", encoding, len(list), err)
		}
		if got, err := arch.Store(context.Background(), st.UID, st.Objects[0].Bytes); err != nil || len(got.OK) != 1 {
			t.Errorf("%s: %d stored, %v", encoding, len(got.OK), err)
		}
		// Half of it is an error, with what came whole before it.
		cut := client(t, dicomweb.Config{BaseURL: serve(t, squeezed(h, encoding, 600))})
		n = 0
		if err := cut.Retrieve(context.Background(), pacs.Ref{Study: st.UID}, got(t, st, &n)); !errors.Is(err, pacs.ErrTruncated) || n == len(st.Objects) {
			t.Errorf("%s, cut: %d objects, %v", encoding, n, err)
		}
	}
	arch := client(t, dicomweb.Config{BaseURL: serve(t, squeezed(body("image/png", picture(t, 8)), "gzip", 0))})
	if _, err := arch.Rendered(context.Background(), oneInstance, 1, 64); err != nil {
		t.Errorf("a picture: %v", err)
	}
}
