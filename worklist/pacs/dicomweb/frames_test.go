package dicomweb_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
)

var oneInstance = pacs.Ref{Study: "1.2.3", Series: "1.2.3.1", Instance: "1.2.3.1.1"}

// framePart is one part of an answer.
func framePart(head, body string) string { return "\r\n--b\r\n" + head + "\r\n\r\n" + body }

func TestAFramesEncodingIsReadWhereverServersWriteIt(t *testing.T) {
	jpeg := func(sof byte) string { return "\xff\xd8\xff\xe0\x00\x04ab\xff" + string([]byte{sof}) + "\x00\x04ab" }
	for _, c := range []struct {
		outer, head, body string
		want              dicom.UID
	}{
		{`multipart/related; type="application/octet-stream"; boundary=b`, "Content-Type: application/octet-stream", "x", dicom.ExplicitVRLittleEndian},
		{`multipart/related; type="application/octet-stream; transfer-syntax=1.2.840.10008.1.2.2"; boundary=b`, "Content-Type: application/octet-stream", "x", dicom.ExplicitVRBigEndian},
		{`multipart/related; type="image/jls"; boundary=b`, `Content-Type: image/jls; transfer-syntax="1.2.840.10008.1.2.4.81"`, "x", dicom.JPEGLSNearLossless},
		{`multipart/related; type="image/jls; transfer-syntax=1.2.840.10008.1.2.4.80"; boundary=b`, "X-Nothing: y", "x", dicom.JPEGLSLossless},
		{`multipart/related; type=image/jphc; boundary=b`, "Content-Type: image/jphc", "x", dicom.HTJ2KLossless},
		{`multipart/related; type="image/jpeg"; boundary=b`, "Content-Type: image/jpeg", jpeg(0xC3), dicom.JPEGLosslessSV1},
		{`multipart/related; type="image/jpeg"; boundary=b`, "Content-Type: image/jpeg", jpeg(0xC0), dicom.JPEGBaseline},
		{`multipart/related; type="image/jpeg"; boundary=b`, "Content-Type: image/jpeg", jpeg(0xC1), dicom.JPEGExtended},
		{`multipart/related; type="image/dicom-rle"; boundary=b`, "Content-Type: image/dicom-rle", "x", dicom.RLELossless},
	} {
		url := serve(t, body(c.outer, framePart(c.head, c.body)+"\r\n--b--\r\n"))
		n := 0
		err := client(t, dicomweb.Config{BaseURL: url}).Frames(context.Background(), oneInstance, []int{4}, func(f pacs.Frame) error {
			if n++; f.Syntax != c.want || string(f.Bytes) != c.body || f.Number != 4 {
				t.Errorf("%s / %s: frame %d in %s, want %s", c.outer, c.head, f.Number, f.Syntax, c.want)
			}
			return nil
		})
		if err != nil || n != 1 {
			t.Errorf("%s: %d frames, %v", c.outer, n, err)
		}
	}
}

func TestOtherFramesThanAskedForAreRefused(t *testing.T) {
	const outer = `multipart/related; type="application/octet-stream"; boundary=b`
	octets := "Content-Type: application/octet-stream"
	at := func(n int) string {
		return octets + fmt.Sprintf("\r\nContent-Location: http://pacs/studies/1/series/2/instances/3/frames/%d", n)
	}
	for name, c := range map[string]struct {
		text string
		kind string
		good int
	}{
		"fewer":            {framePart(octets, "one") + "\r\n--b--", outer, 1},
		"more":             {framePart(octets, "one") + framePart(octets, "two") + framePart(octets, "three") + "\r\n--b--", outer, 2},
		"another one":      {framePart(at(2), "two") + framePart(at(7), "seven") + "\r\n--b--", outer, 1},
		"in another order": {framePart(at(5), "five") + framePart(at(2), "two") + "\r\n--b--", outer, 0},
		"cut":              {framePart(at(2), "two") + framePart(at(5), "five"), outer, 1},
		"none":             {"\r\n--b--", outer, 0},
		"a page":           {"<html>", "text/html", 0},
		"a part of text":   {framePart("Content-Type: text/html", "<html>") + "\r\n--b--", outer, 0},
		"one, single part": {"one", "application/octet-stream", 0},
	} {
		n := 0
		err := client(t, dicomweb.Config{BaseURL: serve(t, body(c.kind, c.text))}).Frames(context.Background(), oneInstance, []int{2, 5}, func(pacs.Frame) error { n++; return nil })
		if err == nil || n != c.good {
			t.Errorf("%s: %d frames, %v", name, n, err)
		}
	}
	c := client(t, dicomweb.Config{BaseURL: serve(t, body("application/octet-stream", "pixels"))})
	n := 0
	if err := c.Frames(context.Background(), oneInstance, []int{2}, func(f pacs.Frame) error { n += len(f.Bytes); return nil }); err != nil || n != 6 {
		t.Errorf("a frame as a single part: %d bytes, %v", n, err)
	}
	for _, numbers := range [][]int{nil, {0}, {-1}, {1, 0}} {
		if err := c.Frames(context.Background(), oneInstance, numbers, nil); err == nil {
			t.Errorf("frames %v were asked for", numbers)
		}
	}
}

func TestFramesComeUncompressedFromServersThatRefuseThemAsStored(t *testing.T) {
	r := &recorder{h: func(w http.ResponseWriter, q *http.Request) {
		if strings.Contains(q.Header.Get("Accept"), "*") {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Write([]byte("pixels"))
	}}
	c := client(t, dicomweb.Config{BaseURL: serve(t, r)})
	for range 2 {
		if err := c.Frames(context.Background(), oneInstance, []int{1}, func(pacs.Frame) error { return nil }); err != nil {
			t.Error(err)
		}
	}
	if len(r.seen) != 3 {
		t.Errorf("%d requests for 2 frames", len(r.seen))
	}
}

// picture is a PNG of one colour.
func picture(t *testing.T, side int) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// huge is the head of a PNG that says it is wide.
func huge(t *testing.T) string {
	b := []byte(picture(t, 1))
	binary.BigEndian.PutUint32(b[16:], 60000)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return string(b)
}

func TestAPreviewIsAPictureOrAnError(t *testing.T) {
	good := picture(t, 8)
	for name, c := range map[string]struct {
		h    http.HandlerFunc
		want string
	}{
		"PNG under its name":  {body("image/png", good), "image/png"},
		"PNG under JPEG's":    {body("image/jpeg", good), "image/png"},
		"in one part":         {body(`multipart/related; type="image/png"; boundary=b`, framePart("Content-Type: image/png", good)+"\r\n--b--"), "image/png"},
		"a portal":            {body("text/html", "<html>"), ""},
		"half a head":         {body("image/png", good[:20]), ""},
		"nothing":             {body("image/png", ""), ""},
		"too wide":            {body("image/png", huge(t)), ""},
		"too many bytes":      {body("image/png", good+strings.Repeat("x", 17<<20)), ""},
		"no length, no close": {func(w http.ResponseWriter, _ *http.Request) { cutPicture(w, good) }, ""},
	} {
		p, err := client(t, dicomweb.Config{BaseURL: serve(t, c.h)}).Rendered(context.Background(), oneInstance, 1, 64)
		if p.MediaType != c.want || (err == nil) != (c.want != "") || c.want != "" && string(p.Bytes) != good {
			t.Errorf("%s: %q, %v", name, p.MediaType, err)
		}
	}
}

// cutPicture ends an answer that has neither a length nor chunks.
func cutPicture(w http.ResponseWriter, good string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	fmt.Fprintf(conn, "HTTP/1.0 200 OK\r\nContent-Type: image/png\r\n\r\n%s", good[:len(good)-4])
	conn.Close()
}

func TestAPreviewIsAskedForInTheWayTheServerKnows(t *testing.T) {
	r := &recorder{h: func(w http.ResponseWriter, q *http.Request) {
		switch {
		case strings.Contains(q.URL.Path, "/frames/"):
			http.NotFound(w, q)
		case q.Header.Get("Accept") != "image/png":
			w.WriteHeader(http.StatusNotAcceptable)
		default:
			w.Header().Set("Content-Type", "image/png")
			w.Write([]byte(picture(t, 8)))
		}
	}}
	c := client(t, dicomweb.Config{BaseURL: serve(t, r)})
	for range 2 {
		if _, err := c.Rendered(context.Background(), oneInstance, 1, 64); err != nil {
			t.Error(err)
		}
	}
	if len(r.seen) != 5 { // frame; instance as JPEG, as PNG; then the latter two
		t.Errorf("%d requests for 2 previews", len(r.seen))
	}
	if _, err := c.Rendered(context.Background(), oneInstance, 2, 64); err == nil {
		t.Error("the instance's picture passed for its second frame")
	}
	if q := r.seen[0].URL.RawQuery; !strings.Contains(q, "viewport=64,64") {
		t.Errorf("asked with %q", q)
	}
}
