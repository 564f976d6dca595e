package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

func TestObjectsArriveByteForByte(t *testing.T) {
	dir := folder(t, hospital())
	_, base := serve(t, Options{Dirs: []string{dir}})
	onDisk := map[string]bool{}
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		onDisk[string(b)] = true
	}
	for path, n := range map[string]int{
		"/studies/" + ctStudy: 10, "/studies/" + ctStudy + "/series/" + ctStudy + ".1": 9,
		"/studies/" + ctStudy + "/series/" + ctStudy + ".1/instances/" + ctStudy + ".1.4": 1,
	} {
		resp, body := call(t, "GET", base+path, nil, "Accept", files)
		want(t, resp, body, 200)
		if resp.Header.Get("Content-Length") != strconv.Itoa(len(body)) {
			t.Errorf("%s: Content-Length %q for %d bytes", path, resp.Header.Get("Content-Length"), len(body))
		}
		parts, heads := bodyParts(t, resp, body)
		if len(parts) != n {
			t.Errorf("%s: %d parts, want %d", path, len(parts), n)
		}
		for i, p := range parts {
			if !onDisk[string(p)] {
				t.Errorf("%s: part %d is no file of the folder", path, i)
			}
			if heads[i] != "application/dicom; transfer-syntax="+string(dicom.ExplicitVRLittleEndian) {
				t.Errorf("%s: part %d is %q", path, i, heads[i])
			}
		}
	}
}

func TestMadeObjectsAreTheSameEachTime(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	url := base + "/studies/" + ctStudy
	resp, one := call(t, "GET", url, nil, "Accept", files)
	want(t, resp, one, 200)
	first, _ := bodyParts(t, resp, one)
	resp, two := call(t, "GET", url, nil, "Accept", files)
	second, _ := bodyParts(t, resp, two)
	if len(first) != 10 || !slices.EqualFunc(first, second, bytes.Equal) {
		t.Fatal("the same study is not the same twice")
	}
	f, err := dicom.Parse(first[0])
	if err != nil {
		t.Fatal(err)
	}
	native, _ := pixels(1)()
	if !bytes.Equal(f.Pixel.Native, native) {
		t.Error("the pixels are not those that were rendered")
	}
}

const oneImage = "/studies/" + ctStudy + "/series/" + ctStudy + ".1/instances/" + ctStudy + ".1.2"

func TestOneInstanceAlone(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	resp, whole := call(t, "GET", base+oneImage, nil, "Accept", "application/dicom")
	want(t, resp, whole, 200)
	if f, err := dicom.Parse(whole); err != nil || f.Dataset.Str(dicom.SOPInstanceUID) != ctStudy+".1.2" {
		t.Fatalf("not the instance: %v", err)
	}
	tag := resp.Header.Get("ETag")
	if tag == "" {
		t.Fatal("no ETag")
	}
	resp, body := call(t, "GET", base+oneImage, nil, "Accept", "application/dicom", "If-None-Match", tag)
	want(t, resp, body, 304)
	resp, body = call(t, "GET", base+oneImage, nil, "Accept", "application/dicom", "Range", "bytes=128-131")
	want(t, resp, body, 206)
	if string(body) != "DICM" {
		t.Errorf("the range is %q", body)
	}
	resp, body = call(t, "HEAD", base+oneImage, nil, "Accept", files)
	want(t, resp, body, 200)
}

func TestAcceptDecides(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	for accept, status := range map[string]int{
		"": 200, "*/*": 200, files: 200, "multipart/related; type=application/dicom": 200,
		`multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1`:                                                 200,
		`multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.80`:                                              406,
		`multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.4.80, multipart/related; type="application/dicom"`: 200,
		"image/png": 406, "application/dicom;q=0": 406, `multipart/related; type="application/dicom+xml"`: 406,
	} {
		resp, body := call(t, "GET", base+oneImage, nil, "Accept", accept)
		if resp.StatusCode != status {
			t.Errorf("Accept %q: %d, want %d: %s", accept, resp.StatusCode, status, body)
		}
	}
	resp, body := call(t, "GET", base+"/studies/"+ctStudy, nil, "Accept", "application/dicom")
	want(t, resp, body, 406)
}

func TestImplicitIsSentExplicitWhenAsked(t *testing.T) {
	native, _ := pixels(5)()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), implicitFile(t, native), 0o600); err != nil {
		t.Fatal(err)
	}
	a, base := serve(t, Options{Dirs: []string{dir}})
	if len(a.Skipped()) > 0 {
		t.Fatalf("skipped %v", a.Skipped())
	}
	url := base + "/studies/" + ctStudy + "/series/" + ctStudy + ".1/instances/" + ctStudy + ".1.5"
	resp, stored := call(t, "GET", url, nil, "Accept", "application/dicom")
	want(t, resp, stored, 200)
	resp, plain := call(t, "GET", url, nil, "Accept", "application/dicom; transfer-syntax=1.2.840.10008.1.2.1")
	want(t, resp, plain, 200)
	if bytes.Equal(stored, plain) {
		t.Fatal("nothing was re-encoded")
	}
	f, err := dicom.Parse(plain)
	if err != nil || f.TransferSyntax != dicom.ExplicitVRLittleEndian || !bytes.Equal(f.Pixel.Native, native) {
		t.Errorf("re-encoded wrongly: %v", err)
	}
}

// implicitFile is the fifth CT slice in Implicit VR Little Endian, written by
// hand: no writer of ours makes it.
func implicitFile(t *testing.T, native []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	el := func(tag dicom.Tag, v []byte) {
		if len(v)%2 == 1 {
			v = append(v, 0)
		}
		n := len(v)
		b.Write([]byte{byte(tag.Group()), byte(tag.Group() >> 8), byte(tag.Element()), byte(tag.Element() >> 8), byte(n), byte(n >> 8), 0, 0})
		b.Write(v)
	}
	us := func(n int) []byte { return []byte{byte(n), byte(n >> 8)} }
	el(dicom.SOPClassUID, []byte(dicom.CTImageStorage))
	el(dicom.SOPInstanceUID, []byte(ctStudy+".1.5"))
	el(dicom.Modality, []byte("CT"))
	el(dicom.StudyInstanceUID, []byte(ctStudy))
	el(dicom.SeriesInstanceUID, []byte(ctStudy+".1"))
	el(dicom.SamplesPerPixel, us(1))
	el(dicom.Rows, us(4))
	el(dicom.Columns, us(4))
	el(dicom.BitsAllocated, us(16))
	el(dicom.BitsStored, us(16))
	el(dicom.PixelDataTag, native)
	uid := string(dicom.ImplicitVRLittleEndian)
	meta := append([]byte{2, 0, 0x10, 0, 'U', 'I', byte(len(uid) + 1), 0}, uid+"\x00"...)
	out := append(make([]byte, 128), "DICM"...)
	out = append(out, 2, 0, 0, 0, 'U', 'L', 4, 0, byte(len(meta)), 0, 0, 0)
	return append(append(out, meta...), b.Bytes()...)
}

func TestFramesAndBulkData(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	native, _ := pixels(2)()
	for path, accept := range map[string]string{
		"/frames/1":          `multipart/related; type="application/octet-stream"`,
		"/frames/1,1":        `multipart/related; type="application/octet-stream; transfer-syntax=*"`,
		"/bulkdata/7FE00010": `multipart/related; type="application/octet-stream"`,
	} {
		resp, body := call(t, "GET", base+oneImage+path, nil, "Accept", accept)
		want(t, resp, body, 200)
		parts, heads := bodyParts(t, resp, body)
		for i, p := range parts {
			if !bytes.Equal(p, native) || heads[i] != "application/octet-stream" {
				t.Errorf("%s: part %d (%s) is not the frame", path, i, heads[i])
			}
		}
	}
	resp, body := call(t, "GET", base+oneImage+"/frames/1", nil, "Accept", "application/octet-stream")
	want(t, resp, body, 200)
	if !bytes.Equal(body, native) {
		t.Error("a frame alone is not the frame")
	}
	for path, status := range map[string]int{"/frames/0": 400, "/frames/x": 400, "/frames/2": 404, "/bulkdata/00101010": 404, "/bulkdata/7FE00010/0": 404} {
		resp, body := call(t, "GET", base+oneImage+path, nil)
		want(t, resp, body, status)
	}
	sr := "/studies/" + ctStudy + "/series/" + ctStudy + ".2/instances/" + ctStudy + ".2.1/frames/1"
	resp, body = call(t, "GET", base+sr, nil)
	want(t, resp, body, 404)
}

func TestMetadataNamesWhatIsLong(t *testing.T) {
	h := hospital()
	long := bytes.Repeat([]byte{1, 2}, 700)
	item := &dicom.Dataset{}
	item.Set(dicom.Element{Tag: 0x00283006, VR: "OW", Bytes: long})
	h[0].Instances[1].Header.SetSeq(0x00283000, &dicom.Dataset{}, item)
	h[0].Instances[1].Header.Set(dicom.Element{Tag: 0x00091010, VR: "OB", Bytes: []byte{1, 2, 3, 4}})
	_, base := serve(t, Options{Sources: []Source{h}})
	resp, body := call(t, "GET", base+"/studies/"+ctStudy+"/metadata", nil)
	want(t, resp, body, 200)
	l := sets(t, body)
	if len(l) != 10 {
		t.Fatalf("%d data sets, want 10", len(l))
	}
	el, _ := l[1].Get(dicom.PixelDataTag)
	if el.BulkDataURI != base+oneImage+"/bulkdata/7FE00010" {
		t.Errorf("pixels are at %q", el.BulkDataURI)
	}
	el, _ = l[1].Seq(0x00283000)[1].Get(0x00283006)
	resp, body = call(t, "GET", el.BulkDataURI, nil, "Accept", "application/octet-stream")
	want(t, resp, body, 200)
	if !bytes.Equal(body, long) {
		t.Errorf("the value behind %q is not the one", el.BulkDataURI)
	}
	if el, _ := l[1].Get(0x00091010); len(el.Bytes) != 4 {
		t.Error("a short value is not in line")
	}
	if l[9].Has(dicom.PixelDataTag) {
		t.Error("an SR has pixels")
	}
}

func TestJSONIsCompressedWhenAsked(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	req, _ := http.NewRequest("GET", base+"/studies/"+ctStudy+"/metadata", nil)
	req.Header.Set("Accept-Encoding", "gzip")
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	z, err := gzip.NewReader(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil || !json.Valid(b) {
		t.Errorf("not JSON: %v", err)
	}
}

func TestRenderedImagesFitTheViewport(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	resp, body := call(t, "GET", base+oneImage+"/rendered?viewport=64,32&window=100,200,linear", nil, "Accept", "image/png")
	want(t, resp, body, 200)
	im, err := png.Decode(bytes.NewReader(body))
	if err != nil || im.Bounds().Dx() != 32 || im.Bounds().Dy() != 32 {
		t.Fatalf("%v %v", im, err)
	}
	resp, body = call(t, "GET", base+oneImage+"/frames/1/rendered?quality=60", nil, "Accept", "image/jpeg")
	want(t, resp, body, 200)
	if im, err = jpeg.Decode(bytes.NewReader(body)); err != nil || im.Bounds().Dx() != 4 {
		t.Fatalf("%v %v", im, err)
	}
	for _, q := range []string{"viewport=0,1", "viewport=99999,1", "viewport=1", "window=1", "window=1,0", "window=1,2,spline", "window=NaN,1", "quality=0"} {
		resp, body := call(t, "GET", base+oneImage+"/rendered?"+q, nil)
		want(t, resp, body, 400)
	}
	resp, body = call(t, "GET", base+oneImage+"/rendered", nil, "Accept", "image/gif")
	want(t, resp, body, 406)
}

func TestAFileThatChangedIsNeverSentAsWhole(t *testing.T) {
	dir := folder(t, hospital())
	_, base := serve(t, Options{Dirs: []string{dir}})
	path := filepath.Join(dir, "IM005")
	if err := os.Truncate(path, 300); err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequest("GET", base+"/studies/"+ctStudy, nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err == nil {
		t.Error("the body ended as if it were whole")
	}
	resp, body := call(t, "GET", base+"/studies/"+ctStudy+"/series/"+ctStudy+".1/instances/"+ctStudy+".1.5", nil)
	want(t, resp, body, 500)
	if strings.Contains(string(body), dir) {
		t.Error("the answer tells a path")
	}
}

func TestRenderCacheKeepsItsBound(t *testing.T) {
	c := newRenderCache(100)
	made := 0
	for round := range 3 {
		for i := range 5 {
			b, err := c.get(dicom.UID(fmt.Sprint(i)), func() ([]byte, error) { made++; return make([]byte, 30), nil })
			if err != nil || len(b) != 30 {
				t.Fatal(round, i, err)
			}
			if c.size > 100 {
				t.Fatalf("%d bytes are kept", c.size)
			}
		}
	}
	if made != 15 {
		t.Errorf("made %d times, want 15 (each was dropped before its turn)", made)
	}
	c.get("4", func() ([]byte, error) { t.Error("the newest was dropped"); return nil, nil })
	if _, err := c.get("bad", func() ([]byte, error) { return nil, io.ErrUnexpectedEOF }); err == nil {
		t.Error("no error")
	}
	if _, err := c.get("bad", func() ([]byte, error) { return []byte{1}, nil }); err != nil {
		t.Error("a failure was kept")
	}
}

func TestAPanicWhileMakingPixelsIsAnAnswer(t *testing.T) {
	h := hospital()
	h[0].Instances[1].Render = func() ([]byte, error) { panic("slice bounds out of range") }
	_, base := serve(t, Options{Sources: []Source{h}})
	for range 2 {
		resp, body := call(t, "GET", base+oneImage, nil)
		want(t, resp, body, 500)
	}
	resp, body := call(t, "GET", strings.TrimSuffix(base+oneImage, "2")+"3", nil)
	want(t, resp, body, 200)
}
