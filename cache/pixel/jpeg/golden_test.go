package jpeg_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

// wild is the n-th picture of coefficients that no encoder would write: large ones
// anywhere, 8 and 12 bits, one and three components, tables of 16 bits.
func wild(n int) (name string, stream []byte) {
	r := rand.New(rand.NewPCG(3, uint64(n)))
	p := picture{width: 17 + n, height: 40 - n/2, bits: 8 + n%2*4, restart: n % 5, separate: n%3 == 0}
	p.sampling = [][][2]int{{{1, 1}}, {{1, 1}, {1, 1}, {1, 1}}, {{2, 1}, {1, 1}, {1, 1}}, {{2, 2}, {1, 1}, {1, 1}}}[n/2%4]
	for k := range p.quant {
		p.quant[k] = uint16(1 + r.IntN([]int{4, 60, 250, 1000}[n/12]))
	}
	scale := int32([]int{3, 60, 500, 1023}[n/3%4])
	stream = p.encode(func(c, x, y int) (out [64]int32) {
		for k := range 1 + r.IntN(64) {
			if r.IntN(3) == 0 {
				out[k] = r.Int32N(2*scale+1) - scale
			}
		}
		return out
	})
	return fmt.Sprintf("%d: %d bits, %v, up to %d times %d", n, p.bits, p.sampling, scale, p.quant[5]), stream
}

// committed calls stream for each of testdata/streams, which cjpeg 2.1.5 made of
// noise over a gradient.
func committed(t testing.TB, stream func(name string, b []byte)) {
	t.Helper()
	files, err := filepath.Glob("testdata/streams/*.jpg")
	if err != nil || len(files) < 6 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		stream(filepath.Base(name), b)
	}
}

// sums are the first bytes of the SHA-256 of the decoded samples. Those of
// arithmetic streams were held against djpeg, all others against dcmdjpeg: see
// peers_test.go.
var sums = map[string]string{
	"arithmetic-444.jpg":              "6611798c92c3",
	"arithmetic-progressive-grey.jpg": "59b80cf9acc7",
	"baseline-422-restart.jpg":        "1bc2dbf50cce",
	"baseline-440.jpg":                "afde0b9bc1cc",
	"progressive-420.jpg":             "9ae471aca539",
	"progressive-grey.jpg":            "59b80cf9acc7",
	"wild-0":                          "e7d7c79b0e6c",
	"wild-1":                          "d054f0db5f20",
	"wild-8":                          "461ad918a2fe",
	"wild-9":                          "ad5e7c066b12",
	"wild-16":                         "50703ed5468b",
	"wild-17":                         "b4fe15848352",
	"wild-24":                         "515a289f3d06",
	"wild-25":                         "f89dc0d467f9",
	"wild-32":                         "6124e11d081a",
	"wild-33":                         "54fc96ae4b95",
	"wild-40":                         "0e5ddf1900f5",
	"wild-41":                         "f7f5b01861d2",
}

func TestKnownStreamsKeepTheirValues(t *testing.T) {
	check := func(name string, b []byte) {
		got, _, err := jpeg.Decode(nil, b, 0)
		sum := sha256.Sum256(got)
		if s := hex.EncodeToString(sum[:6]); err != nil || s != sums[name] {
			t.Errorf("%q: %q, // %v", name, s, err)
		}
	}
	committed(t, check)
	for n := range 48 {
		if n%8 < 2 {
			_, b := wild(n)
			check(fmt.Sprintf("wild-%d", n), b)
		}
	}
}
