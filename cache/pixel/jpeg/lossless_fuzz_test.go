package jpeg_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

// FuzzDecodeLossless promises that no stream panics, that errors are ours, that a
// dirty destination changes nothing, and that what was decoded is encoded and
// decoded to the same.
func FuzzDecodeLossless(f *testing.F) {
	for i, sampling := range layouts {
		p := losslessPicture{width: 7, height: 5, bits: 16 - i, sampling: sampling, predictor: 1 + i%7, restart: i % 3, separate: i%4 == 3}
		p.dnl, p.shift = i%5 == 4, i%6/5
		f.Add(p.encode(p.wild(uint64(i))))
		p.wide, p.bits = true, 16
		f.Add(p.encode(p.wild(uint64(i))))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := jpeg.ReadHead(b)
		if err != nil || !h.Lossless() || h.Size() > 1<<18 {
			return
		}
		got, again, err := jpeg.Decode(nil, b, 2)
		var inv *dicom.InvalidError
		var uns *dicom.UnsupportedError
		if err != nil {
			if !errors.As(err, &inv) && !errors.As(err, &uns) {
				t.Fatal(err)
			}
			return
		}
		second, _, err := jpeg.Decode(bytes.Repeat([]byte{0xA5}, len(got)), b, 2)
		if int64(len(got)) != 2*h.Size() || h != again || err != nil || !bytes.Equal(got, second) {
			t.Fatalf("%d bytes, %+v, %+v, %v", len(got), h, again, err)
		}
		h.Precision = 16 // differences may lead beyond the precision
		s, err := jpeg.EncodeLossless(nil, got, h, 1+len(b)%7)
		if err != nil {
			t.Fatal(err)
		}
		if third, _, err := jpeg.Decode(nil, s, 2); err != nil || !bytes.Equal(got, third) {
			t.Fatalf("encoded and decoded it is another frame: %v", err)
		}
	})
}

// BenchmarkDecodeLossless is of synthetic frames; .ci/codecs has real ones.
func BenchmarkDecodeLossless(b *testing.B) {
	for name, p := range map[string]losslessPicture{
		"grey12-1024x1024-sv1":  {width: 1024, height: 1024, bits: 12, sampling: one, predictor: 1},
		"grey16-512x512-sv6":    {width: 512, height: 512, bits: 16, sampling: one, predictor: 6},
		"colour8-512x512-sv1":   {width: 512, height: 512, bits: 8, sampling: layouts[3], predictor: 1},
		"colour8-512x512-420":   {width: 512, height: 512, bits: 8, sampling: layouts[6], predictor: 1},
		"grey12-1024x1024-rst1": {width: 1024, height: 1024, bits: 12, sampling: one, predictor: 1, restart: 1},
	} {
		src := p.encode(p.noisy(1))
		b.Run(name, func(b *testing.B) {
			var dst []byte
			var err error
			for b.Loop() {
				if dst, _, err = jpeg.Decode(dst, src, 0); err != nil {
					b.Fatal(err)
				}
			}
			b.SetBytes(int64(len(dst)))
		})
	}
}

func BenchmarkEncodeLossless(b *testing.B) {
	p := losslessPicture{width: 1024, height: 1024, bits: 12, sampling: one}
	frame := p.pixels(2, p.noisy(1))
	b.SetBytes(int64(len(frame)))
	var dst []byte
	var err error
	for b.Loop() {
		if dst, err = jpeg.EncodeLossless(dst, frame, p.head(), 1); err != nil {
			b.Fatal(err)
		}
	}
}
