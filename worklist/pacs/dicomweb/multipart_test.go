package dicomweb

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/textproto"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/nocturne/nocturne/worklist/pacs"
)

const testBoundary = "0f1e2d"

// written is what another writer makes of bodies.
func written(t testing.TB, bodies ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	w.SetBoundary(testBoundary)
	for _, body := range bodies {
		p, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {"application/dicom"}})
		if err != nil {
			t.Fatal(err)
		}
		p.Write(body)
	}
	w.Close()
	return b.Bytes()
}

func readAll(r io.Reader, limit int64) (got [][]byte, err error) {
	p := newParts(r, testBoundary, limit)
	defer p.free()
	for {
		pt, err := p.next()
		if err == io.EOF {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got = append(got, pt.body)
	}
}

var awkward = [][]byte{
	[]byte("plain"), {}, []byte("\r\n"), []byte("\r\n--"), []byte("--" + testBoundary), []byte("\r\n--0f1e2"),
	[]byte("x\r\n--" + testBoundary + "y\r\n"), bytes.Repeat([]byte("\r\n--0f1e"), 20000), bytes.Repeat([]byte{0, 13, 10, 45}, 100000),
}

func TestPartsComeAsTheyWereWritten(t *testing.T) {
	stream := written(t, awkward...)
	for name, r := range map[string]io.Reader{
		"at once": bytes.NewReader(stream), "in halves": iotest.HalfReader(bytes.NewReader(stream)), "in bytes": iotest.OneByteReader(bytes.NewReader(stream)),
	} {
		got, err := readAll(r, 1<<20)
		if err != nil || len(got) != len(awkward) {
			t.Fatalf("%s: %d parts, %v", name, len(got), err)
		}
		for i := range got {
			if !bytes.Equal(got[i], awkward[i]) {
				t.Errorf("%s: part %d differs", name, i)
			}
		}
	}
}

func TestAStreamCutAnywhereGivesOnlyWholeParts(t *testing.T) {
	bodies := [][]byte{[]byte("first part"), []byte("second\r\n--part"), {}, []byte("last")}
	stream := written(t, bodies...)
	end := bytes.LastIndex(stream, []byte("--"))
	for n := range stream {
		got, err := readAll(bytes.NewReader(stream[:n]), 1<<20)
		if n >= end+2 {
			if err != nil {
				t.Errorf("cut after the closing boundary, at %d: %v", n, err)
			}
			continue
		}
		if !errors.Is(err, pacs.ErrTruncated) {
			t.Fatalf("cut at %d of %d: %v", n, len(stream), err)
		}
		for i := range got {
			if !bytes.Equal(got[i], bodies[i]) {
				t.Fatalf("cut at %d: part %d is %q", n, i, got[i])
			}
		}
	}
}

func TestOddStreamsAreReadOrRefused(t *testing.T) {
	b := "--" + testBoundary
	for _, c := range []struct {
		name, stream string
		parts        int
		err          error
	}{
		{"no parts", b + "--\r\n", 0, nil},
		{"preamble", "hello\r\n\r\n" + b + "\r\n\r\nx\r\n" + b + "--", 1, nil},
		{"blank line first", "\r\n" + b + "\r\nContent-Type: application/dicom\r\n\r\nx\r\n" + b + "--", 1, nil},
		{"bare line feeds", b + "\nContent-Type: application/dicom\n\nx\n" + b + "\n\ny\n" + b + "--\n", 2, nil},
		{"blanks behind the boundary", b + "  \r\n\r\nx\r\n" + b + " \t\r\n\r\ny\r\n" + b + "--", 2, nil},
		{"nothing", "", 0, pacs.ErrTruncated},
		{"another boundary", "--other\r\n\r\nx\r\n--other--", 0, pacs.ErrTruncated},
		{"endless header", b + "\r\n" + strings.Repeat("X: y\r\n", 10000), 0, errMalformed},
		{"endless preamble", strings.Repeat("x\r\n", 100000), 0, errMalformed},
		{"too large", b + "\r\n\r\n" + strings.Repeat("x", 2000) + "\r\n" + b + "--", 0, pacs.ErrTooLarge},
		{"too large without end", b + "\r\n\r\n" + strings.Repeat("x", 1<<20), 0, pacs.ErrTooLarge},
	} {
		got, err := readAll(strings.NewReader(c.stream), 1000)
		if len(got) != c.parts || !errors.Is(err, c.err) {
			t.Errorf("%s: %d parts, %v", c.name, len(got), err)
		}
	}
}

func TestBoundaryIsFoundInCarelessHeaders(t *testing.T) {
	for _, h := range []string{
		`multipart/related; type="application/dicom"; boundary=abc`,
		`multipart/related; boundary="abc"; type="application/dicom"`,
		`multipart/related; type=application/dicom; boundary=abc`,
		`multipart/related; BOUNDARY="abc"; type=application/dicom`,
	} {
		if got := boundaryOf(h); got != "abc" {
			t.Errorf("%s: %q", h, got)
		}
	}
}

// FuzzParts reads any stream, whole and in small bites, and wants the same.
func FuzzParts(f *testing.F) {
	f.Add(written(f, []byte("a"), []byte("\r\n--b")))
	f.Add([]byte("--" + testBoundary + "\n\nx\n--" + testBoundary + "--"))
	f.Add([]byte("--" + testBoundary + "x\r\n\r\n"))
	f.Add([]byte("--" + testBoundary + "\r\nContent-Length: 3\r\n\r\nabc\r\n--" + testBoundary + "\r\nContent-Length: 9\r\n\r\nabc\r\n--" + testBoundary + "--"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		const limit = 1 << 16
		one, err1 := readAll(bytes.NewReader(stream), limit)
		two, err2 := readAll(iotest.OneByteReader(bytes.NewReader(stream)), limit)
		if fmt.Sprint(err1) != fmt.Sprint(err2) || len(one) != len(two) {
			t.Fatalf("%d parts, %v; in bites %d parts, %v", len(one), err1, len(two), err2)
		}
		total := 0
		for i := range one {
			if !bytes.Equal(one[i], two[i]) {
				t.Fatal("parts differ by how they arrive")
			}
			total += len(one[i])
		}
		if total > len(stream) {
			t.Fatal("more came out than went in")
		}
	})
}

func TestALengthInAPartsHeaderIsBelievedOnlyWhereItIsTrue(t *testing.T) {
	b := "--" + testBoundary
	body := "some bytes\r\n--0f1e2 and\r\n--0f1e2dx more"
	stream := func(length string) string {
		return b + "\r\nContent-Length: " + length + "\r\n\r\n" + body + "\r\n" + b + "\r\n\r\nnext\r\n" + b + "--\r\n"
	}
	for _, length := range []string{fmt.Sprint(len(body)), "0", "1", "12", "10", "26", fmt.Sprint(len(body) - 1), fmt.Sprint(len(body) + 1), fmt.Sprint(len(body) + 20),
		"100000", "99999999999", "-1", "x", "67108864"} {
		for name, r := range map[string]io.Reader{"at once": strings.NewReader(stream(length)), "in bytes": iotest.OneByteReader(strings.NewReader(stream(length)))} {
			got, err := readAll(r, 1<<20)
			if err != nil || len(got) != 2 || string(got[0]) != body || string(got[1]) != "next" {
				t.Errorf("length %s of %d, %s: %q, %v", length, len(body), name, got, err)
			}
		}
	}
	if _, err := readAll(strings.NewReader(stream("30")[:60]), 1<<20); !errors.Is(err, pacs.ErrTruncated) {
		t.Errorf("cut: %v", err)
	}
}

func BenchmarkPartsCounted20x512KB(b *testing.B) {
	slice := noise(512 << 10)
	var stream []byte
	for range 20 {
		stream = append(stream, fmt.Sprintf("\r\n--%s\r\nContent-Type: application/dicom\r\nContent-Length: %d\r\n\r\n", testBoundary, len(slice))...)
		stream = append(stream, slice...)
	}
	stream = append(stream, "\r\n--"+testBoundary+"--\r\n"...)
	benchParts(b, stream, 20)
}

func BenchmarkParts20x512KB(b *testing.B) {
	slice := noise(512 << 10)
	bodies := make([][]byte, 20)
	for i := range bodies {
		bodies[i] = slice
	}
	benchParts(b, written(b, bodies...), 20)
}

// noise is bytes without a pattern, as compressed pixels are.
func noise(n int) []byte {
	out := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(out)
	return out
}

func benchParts(b *testing.B, stream []byte, n int) {
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		if got, err := readAll(bytes.NewReader(stream), 1<<30); err != nil || len(got) != n {
			b.Fatal(err)
		}
	}
}

// BenchmarkPartsFullOfLineBreaks is the worst that pixels can be.
func BenchmarkPartsFullOfLineBreaks(b *testing.B) {
	slice := bytes.Repeat([]byte{1, 2, 3, 4, 13, 10, 7, 0}, 64<<10)
	bodies := make([][]byte, 20)
	for i := range bodies {
		bodies[i] = slice
	}
	stream := written(b, bodies...)
	b.SetBytes(int64(len(stream)))
	for b.Loop() {
		if got, err := readAll(bytes.NewReader(stream), 1<<30); err != nil || len(got) != len(bodies) {
			b.Fatal(err)
		}
	}
}
