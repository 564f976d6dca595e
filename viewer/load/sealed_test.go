package load

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
	"github.com/nocturne/nocturne/cache/pixel/jpegls"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// sealAll writes what objects hold once more, sealed.
func sealAll(t testing.TB, objects []viewer.Object) []viewer.Object {
	t.Helper()
	k, dir := seal.NewKey(), t.TempDir()
	out := slices.Clone(objects)
	for i, o := range objects {
		b, err := o.Bytes()
		if err != nil {
			t.Fatal(err)
		}
		out[i].Path, out[i].Key = filepath.Join(dir, fmt.Sprint("s", i)), &k
		if b, err = seal.File(&k, filepath.Base(out[i].Path), b); err == nil {
			err = os.WriteFile(out[i].Path, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestASealedSeriesIsShownAsAPlainOneAndADamagedSliceSaysSo(t *testing.T) {
	plain := vt.Series{Rows: 200, Cols: 300, Slices: 3, HU: func(c, r, s int) int { return c*r%1900 + s }}.Write(t, t.TempDir())
	sealed := sealAll(t, plain)
	b, err := os.ReadFile(sealed[2].Path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-300] ^= 1 // in the pixels, behind the header's chunk
	if err := os.WriteFile(sealed[2].Path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	a, s := NewFileLoader(0, 1<<30, nil), NewFileLoader(0, 1<<30, nil)
	defer a.Close()
	defer s.Close()
	for i := range plain {
		want, have := Frame{Object: plain[i]}, Frame{Object: sealed[i]}
		a.Read(plain[i : i+1])
		s.Read(sealed[i : i+1])
		a.Want([]Frame{want}, nil)
		s.Want([]Frame{have}, nil)
		a.Arrived()
		s.Arrived()
		x, err := a.Image(want)
		if err != nil || x == nil {
			t.Fatal(err)
		}
		y, err := s.Image(have)
		if i < 2 && (err != nil || !slices.Equal(x.Stored, y.Stored)) {
			t.Errorf("slice %d is another: %v", i, err)
		}
		if i == 2 && (y != nil || !errors.Is(err, seal.ErrDamaged) || !strings.Contains(Why(err), "damaged")) {
			t.Errorf("a damaged slice: %v, %v", y, err)
		}
	}
}

// series300 is a CT of 300 slices of 512² in JPEG-LS, with a detector's noise.
func series300(b *testing.B) []viewer.Object {
	rng := rand.New(rand.NewPCG(1, 1))
	noise := make([]int, 1<<16)
	for i := range noise {
		noise[i] = int(12 * rng.NormFloat64())
	}
	s := vt.Series{Rows: 512, Cols: 512, Slices: 300, HU: func(c, r, z int) int {
		if x, y := c-256, r-256; x*x+y*y > 230*230 {
			return -1000
		}
		return 40 + 60*((c>>6+r>>6+z>>4)&1) + noise[(c*331+r*7919+z*104729)&0xFFFF]
	}}
	objects := s.Write(b, b.TempDir())
	for _, o := range objects {
		f, err := dicom.ReadFile(o.Path)
		if err != nil {
			b.Fatal(err)
		}
		stream, err := jpegls.Encode(nil, f.Pixel.Native, jpegls.Head{Width: 512, Height: 512, Components: 1, Precision: f.Dataset.IntOr(dicom.BitsStored, 16)}, 2)
		if err != nil {
			b.Fatal(err)
		}
		var out bytes.Buffer
		if err := dicom.WriteEncapsulated(&out, f.Dataset, dicom.JPEGLSLossless, [][]byte{stream}); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(o.Path, out.Bytes(), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return objects
}

// voxels is a series from its files to voxels.
func voxels(b *testing.B, objects []viewer.Object) *volume.Volume {
	planes := make([]space.Plane, len(objects))
	images := make([]*pixel.Image, len(objects))
	for i, o := range objects {
		f, err := o.Open()
		if err != nil {
			b.Fatal(err)
		}
		if planes[i], err = space.PlaneOf(f.Dataset, 0); err != nil {
			b.Fatal(err)
		}
		if images[i], err = pixel.Decode(f, 0); err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
	stack := space.Sort(planes)
	v, err := volume.New(planes, stack)
	if err != nil {
		b.Fatal(err)
	}
	for k, i := range stack.Order {
		if err := v.Set(k, images[i]); err != nil {
			b.Fatal(err)
		}
	}
	return v
}

// BenchmarkVolumeJPEGLS300 reads a series plain and sealed in turns, so that both meet
// the same moment of the machine, and tells how much longer the sealed one takes, of each
// the run that was disturbed least. The bar is 1.1:
//
//	go test ./viewer/load -run '^$' -bench VolumeJPEGLS300 -cpu 1 -benchtime 5x
func BenchmarkVolumeJPEGLS300(b *testing.B) {
	pixel.Decoders = all.Decoders()
	plain := series300(b)
	sealed := sealAll(b, plain)
	took := [2]time.Duration{time.Hour, time.Hour}
	for b.Loop() {
		for i, objects := range [][]viewer.Object{plain, sealed} {
			begin := time.Now()
			if v := voxels(b, objects); v.Slices != 300 {
				b.Fatal("slices are missing")
			}
			took[i] = min(took[i], time.Since(begin))
		}
	}
	b.ReportMetric(float64(took[0].Milliseconds()), "plain-ms")
	b.ReportMetric(float64(took[1].Milliseconds()), "sealed-ms")
	b.ReportMetric(took[1].Seconds()/took[0].Seconds(), "sealed/plain")
}

// BenchmarkHeader512 reads the header of a slice of 512² (526 KB): of a sealed one the
// chunk it stands in and the last one are opened.
func BenchmarkHeader512(b *testing.B) {
	plain := vt.Series{Rows: 512, Cols: 512, Slices: 1, HU: func(c, r, _ int) int { return (c * r) & 1023 }}.Write(b, b.TempDir())
	for name, o := range map[string]viewer.Object{"plain": plain[0], "sealed": sealAll(b, plain)[0]} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := o.Header(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
