package all_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
)

func TestMain(m *testing.M) {
	pixel.Decoders = all.Decoders()
	os.Exit(m.Run())
}

// each runs a test for every codec and layout of the suite. A codec whose streams
// come from a tool that is not here is skipped.
func each(t *testing.T, test func(t *testing.T, c codec, s sample)) {
	for _, c := range suite {
		for _, l := range c.layouts {
			t.Run(c.name+"/"+l.name, func(t *testing.T) {
				if pixel.Decoders[c.uid] == nil {
					t.Fatalf("%s is not registered", c.uid.Name())
				}
				test(t, c, c.sample(t, l.Header))
			})
		}
	}
}

// decode decodes a sample by a copy of its header, and holds what comes to the
// contract of pixel.Decoder.
func (s sample) decode(t *testing.T, c codec, dst []byte) []byte {
	t.Helper()
	h := s.h
	got, err := pixel.Decoders[c.uid].Decode(dst, s.stream, &h)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(got)) != h.Bytes() || h.Planar && !c.asStored {
		t.Fatalf("%d bytes where the header says %d, planar %v", len(got), h.Bytes(), h.Planar)
	}
	return got
}

func ours(err error) bool {
	var inv *dicom.InvalidError
	var uns *dicom.UnsupportedError
	return errors.As(err, &inv) || errors.As(err, &uns)
}

func TestFramesComeBack(t *testing.T) {
	each(t, func(t *testing.T, c codec, s sample) {
		got := s.decode(t, c, nil)
		if len(got) != len(s.native) {
			t.Fatalf("%d bytes, want %d", len(got), len(s.native))
		}
		want := cells(s.native, s.h)
		for i, v := range cells(got, s.h) {
			if d := v - want[i]; d < -c.off || d > c.off {
				t.Fatalf("sample %d is %d, want %d ± %d", i, v, want[i], c.off)
			}
		}
	})
}

// What our encoders write, others read: the same values.
func TestOthersReadWhatWeEncode(t *testing.T) {
	each(t, func(t *testing.T, c codec, s sample) {
		for _, r := range c.readers {
			t.Run(r.name, func(t *testing.T) {
				if s.h.Allocated == 1 || s.h.Allocated == 32 && r.name == "dcmdrle" {
					t.Skipf("%s does not read cells of %d bits", r.name, s.h.Allocated)
				}
				h := s.h
				if h.Samples == 3 && c.uid == dicom.JPEG2000Lossless {
					h.Photometric = "YBR_RCT"
				}
				in, out := encapsulated(t, c.uid, h, s.stream), filepath.Join(t.TempDir(), "out.dcm")
				args := append(append([]string{}, r.options...), in)
				if r.name == "gdcmconv" {
					args = append(args, "-o")
				}
				tool(t, r.name, append(args, out)...)
				f, err := dicom.ReadFile(out)
				if err != nil {
					t.Fatal(err)
				}
				got, err := f.Frame(0)
				if planar := f.Dataset.IntOr(dicom.PlanarConfiguration, 0); planar == 1 {
					got = byPixel(got)
				}
				if err != nil || !bytes.Equal(got, s.native) {
					t.Errorf("other values: %d bytes of %d, %v", len(got), len(s.native), err)
				}
			})
		}
	})
}

// byPixel puts three planes of bytes side by side.
func byPixel(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i, n := 0, len(b)/3; i < n; i++ {
		out = append(out, b[i], b[n+i], b[2*n+i])
	}
	return out
}

func TestAFrameThatIsGivenIsWrittenWhole(t *testing.T) {
	each(t, func(t *testing.T, c codec, s sample) {
		want := s.decode(t, c, nil)
		for _, n := range []int{0, len(want) / 2, len(want), 2*len(want) + 7} {
			dst := bytes.Repeat([]byte{0xA5}, n)
			got := s.decode(t, c, dst)
			if !bytes.Equal(got, want) {
				t.Errorf("into %d dirty bytes: another frame", n)
			}
			if n >= len(want) && &got[0] != &dst[0] {
				t.Errorf("%d bytes were given and not used", n)
			}
		}
	})
}

func TestAnotherHeaderIsRefusedBeforeTheFrameIsMade(t *testing.T) {
	each(t, func(t *testing.T, c codec, s sample) {
		const huge = 16000
		for name, change := range map[string]func(h *pixel.Header) bool{
			"more rows":    func(h *pixel.Header) bool { h.Rows += 8; return true },
			"more columns": func(h *pixel.Header) bool { h.Cols += 8; return true },
			"fewer rows":   func(h *pixel.Header) bool { h.Rows--; return !c.headless },
			"fewer cols":   func(h *pixel.Header) bool { h.Cols--; return !c.headless },
			"samples":      func(h *pixel.Header) bool { h.Samples = 4 - h.Samples; return !c.asStored || h.Samples == 3 },
			"small cells": func(h *pixel.Header) bool {
				h.Allocated, h.Stored, h.HighBit = 8, 8, 7
				return s.h.Stored > 8 && !c.asStored
			},
			"a huge frame": func(h *pixel.Header) bool { h.Rows, h.Cols = huge, huge; return true },
		} {
			h := s.h
			if !change(&h) {
				continue
			}
			var err error
			used := allocated(func() { _, err = pixel.Decoders[c.uid].Decode(nil, s.stream, &h) })
			if !ours(err) {
				t.Errorf("%s: %v", name, err)
			}
			if h.Rows == huge && used > 1<<20 {
				t.Errorf("%s: %d bytes allocated to refuse it", name, used)
			}
		}
	})
}

// allocated is what f allocates, as a program that just started would.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.GC() // pools are empty
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// A stream that breaks off is refused. What is left out may only be what carries no
// pixels: padding, an end marker, the last bits.
func TestStreamsThatBreakOffAreRefused(t *testing.T) {
	each(t, func(t *testing.T, c codec, s sample) {
		whole := s.decode(t, c, nil)
		taken, other := 0, 0
		step := max(1, len(s.stream)/200)
		for n := 0; n < len(s.stream); n += step {
			h := s.h
			got, err := pixel.Decoders[c.uid].Decode(nil, bytes.Clone(s.stream[:n]), &h)
			switch {
			case err != nil && !ours(err):
				t.Errorf("%d of %d bytes: %v", n, len(s.stream), err)
			case err != nil:
			case int64(len(got)) != h.Bytes() || len(got) != len(whole):
				t.Errorf("%d of %d bytes: a frame of %d bytes, want %d", n, len(s.stream), len(got), len(whole))
			case bytes.Equal(got, whole):
				taken++
			default:
				other++
			}
		}
		if other > 0 && !c.layered {
			t.Errorf("%d streams that break off were filled up without a word", other)
		}
		t.Logf("of %d streams that break off %d gave the whole frame, %d another", (len(s.stream)+step-1)/step, taken, other)
	})
}

func TestPaddingBehindAFrameIsPassedOver(t *testing.T) {
	each(t, func(t *testing.T, c codec, s sample) {
		want := s.decode(t, c, nil)
		for n := 1; n <= 9; n++ {
			padded := s
			padded.stream = append(bytes.Clone(s.stream), make([]byte, n)...)
			if got := padded.decode(t, c, nil); !bytes.Equal(got, want) {
				t.Errorf("%d bytes of padding change the frame", n)
			}
		}
	})
}

func TestDecodersAreUsedFromManyGoroutines(t *testing.T) {
	each(t, func(t *testing.T, c codec, s sample) {
		want := s.decode(t, c, nil)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				var dst []byte
				for range 4 {
					h := s.h
					got, err := pixel.Decoders[c.uid].Decode(dst, s.stream, &h)
					if err != nil || !bytes.Equal(got, want) {
						t.Errorf("beside others: %v, equal %v", err, bytes.Equal(got, want))
						return
					}
					dst = got
				}
			})
		}
		all.Wait()
	})
}

// The bound of pixel.Decoder: three times the frame, dst included, and a constant,
// which here is what the wavelet transforms of all processors work in.
func TestDecodingAllocatesThreeFramesAtMost(t *testing.T) {
	constant := uint64(4+runtime.GOMAXPROCS(0)) << 20
	seen := map[string]bool{} // a decoder's allocation is the same whoever encoded
	for _, c := range suite {
		for _, l := range c.layouts {
			if l != grey8 && l != grey12 && l != rgb8 || seen[string(c.uid)+l.name] {
				continue
			}
			seen[string(c.uid)+l.name] = true
			t.Run(c.name+"/"+l.name, func(t *testing.T) {
				h := l.Header
				h.Rows, h.Cols = 1600, 1500
				s := c.sample(t, h)
				frame, dst := uint64(len(s.native)), make([]byte, len(s.native))
				used := allocated(func() { s.decode(t, c, nil) })
				if used > 3*frame+constant {
					t.Errorf("%d bytes for a frame of %d", used, frame)
				}
				again := allocated(func() { s.decode(t, c, dst) })
				t.Logf("%.2f frames, %.2f into a frame that was given", float64(used)/float64(frame), float64(again)/float64(frame))
				delete(made, c.key(h)) // too large to be kept
			})
		}
	}
}

// What is subsampled in the object is not in what a codec gives: each pixel has its
// own chroma then, and the header says so.
func TestCodecsGiveEveryPixelItsChroma(t *testing.T) {
	each(t, func(t *testing.T, c codec, s sample) {
		if s.h.Samples != 3 || c.asStored {
			return
		}
		h := s.h
		h.Photometric = "YBR_FULL_422"
		got, err := pixel.Decoders[c.uid].Decode(nil, s.stream, &h)
		if err != nil || len(got) != len(s.native) || h.Photometric == "YBR_FULL_422" {
			t.Errorf("%d bytes of %d, %s, %v", len(got), len(s.native), h.Photometric, err)
		}
	})
}

func TestReducedFramesAreTheFrameMadeSmaller(t *testing.T) {
	each(t, func(t *testing.T, c codec, s sample) {
		part, ok := pixel.Decoders[c.uid].(pixel.Reducer)
		if !ok {
			return
		}
		full := cells(s.decode(t, c, nil), s.h)
		for levels := 1; levels <= 3; levels++ {
			h := s.h
			dst := bytes.Repeat([]byte{0x5A}, levels*1000)
			got, err := part.DecodeReduced(dst, s.stream, levels, &h)
			var uns *dicom.UnsupportedError
			if errors.As(err, &uns) && levels > 1 {
				t.Logf("%d levels: %v", levels, err)
				break
			}
			step := 1 << levels
			if err != nil || h.Rows != (s.h.Rows+step-1)/step || h.Cols != (s.h.Cols+step-1)/step || int64(len(got)) != h.Bytes() {
				t.Fatalf("%d levels: %d bytes of %d × %d, %v", levels, len(got), h.Rows, h.Cols, err)
			}
			if d := apart(cells(got, h), full, h, s.h.Cols, step); d > 0.05 {
				t.Errorf("%d levels: %.3f of the range from the frame in the mean", levels, d)
			}
		}
		h := s.h
		if _, err := part.DecodeReduced(nil, s.stream, 33, &h); !ours(err) {
			t.Errorf("33 levels: %v", err)
		}
	})
}

// apart is how far a reduced frame is from the frame's pixels it stands for, as a
// share of the range, in the mean.
func apart(small, full []int, h pixel.Header, cols, step int) float64 {
	sum := 0
	for y := range h.Rows {
		for x := range h.Cols * h.Samples {
			at := (y*step*cols+x/h.Samples*step)*h.Samples + x%h.Samples
			sum += max(small[y*h.Cols*h.Samples+x]-full[at], full[at]-small[y*h.Cols*h.Samples+x])
		}
	}
	return float64(sum) / float64(len(small)) / float64(int(1)<<h.Stored)
}

// Every registered decoder refuses garbage with an error of ours, and none takes
// what another's standard wrote.
func TestGarbageIsRefusedByEveryDecoder(t *testing.T) {
	h := pixel.Header{Rows: 8, Cols: 8, Samples: 1, Allocated: 8, Stored: 8, HighBit: 7}
	for uid, d := range pixel.Decoders {
		for name, b := range map[string][]byte{
			"nothing": nil, "one byte": {0xFF}, "zeros": make([]byte, 300), "ones": bytes.Repeat([]byte{0xFF}, 300),
			"text": []byte(fmt.Sprintf("%300s", "no pixels")),
		} {
			l := h
			if _, err := d.Decode(nil, b, &l); !ours(err) {
				t.Errorf("%s takes %s: %v", uid.Name(), name, err)
			}
		}
	}
}
