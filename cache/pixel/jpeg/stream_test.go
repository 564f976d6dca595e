package jpeg_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"runtime"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel/jpeg"
)

// small is a picture of three components with restarts, and its stream.
func small(separate bool) (picture, []byte) {
	p := picture{width: 37, height: 21, bits: 8, sampling: [][2]int{{2, 2}, {1, 1}, {1, 1}}, restart: 2, separate: separate}
	for k := range p.quant {
		p.quant[k] = uint16(3 + k)
	}
	return p, p.encode(p.transformed(soft(8, 20)))
}

func decoded(t *testing.T, name string, stream []byte) []byte {
	t.Helper()
	got, _, err := jpeg.Decode(nil, stream, 0)
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	return got
}

func TestTheSameFrameHoweverTheMarkersLie(t *testing.T) {
	_, plain := small(false)
	want := decoded(t, "plain", plain)
	app := func(marker byte, body string) string { return string(segment(nil, marker, []byte(body))) }
	edit := func(old, fresh string) []byte { return replaced(t, plain, old, fresh) }
	sof := bytes.Index(plain, []byte{0xFF, 0xC1})
	heightless := bytes.Clone(plain)
	copy(heightless[sof+5:], []byte{0, 0})
	heightless = append(heightless[:len(heightless)-2], "\xFF\xDC\x00\x04\x00\x15\xFF\xD9"...)
	alike := bytes.Clone(plain)
	sos := bytes.Index(plain, []byte{0xFF, 0xDA})
	for i := range 3 {
		alike[sof+10+3*i], alike[sos+5+2*i] = 1, 1
	}
	band := bytes.Clone(plain)
	band[sos+12] = 0 // Se, as some writers leave it
	for name, b := range map[string][]byte{
		"fill bytes before a marker":        edit("\xFF\xC4", "\xFF\xFF\xFF\xC4"),
		"bytes that are no segment":         edit("\xFF\xC4", "\x00\x17\xFF\x00\xFF\xC4"),
		"comments and unknown applications": edit("\xFF\xDB", app(0xFE, "\xFF\xD9")+app(0xE7, "\xFF\xD8\xFF\xDA")+"\xFF\xDB"),
		"no EOI":                            plain[:len(plain)-2],
		"bytes behind EOI":                  append(plain[:len(plain):len(plain)], 0, 0, 0xFF, 0xD8, 0xFF),
		"DNL":                               heightless,
		"components of one identifier":      alike,
		"a band that is not looked at":      band,
		"bytes left over in an interval":    edit("\xFF\xD1", "\x12\x34\xFF\xD1"),
		"fill bytes before a restart":       edit("\xFF\xD0", "\xFF\xFF\xFF\xD0"),
		"a scan for each component":         func() []byte { _, b := small(true); return b }(),
	} {
		if got := decoded(t, name, b); !bytes.Equal(got, want) {
			t.Errorf("%s gives another frame", name)
		}
		if h, err := jpeg.ReadHead(b); err != nil || h.Height != 21 || h.Width != 37 || h.Components != 3 {
			t.Errorf("%s: the head is %+v, %v", name, h, err)
		}
	}
}

func TestCutStreamsAreRefusedWhereverTheyEnd(t *testing.T) {
	for _, separate := range []bool{false, true} {
		_, b := small(separate)
		for n := range len(b) - 2 {
			_, _, err := jpeg.Decode(nil, b[:n], 0)
			var inv *dicom.InvalidError
			if !errors.As(err, &inv) {
				t.Fatalf("cut at %d of %d: %v", n, len(b), err)
			}
		}
	}
}

func TestCutProgressiveStreamsAreRefusedWhereverTheyEnd(t *testing.T) {
	need(t, "cjpeg")
	for _, args := range [][]string{{"-progressive"}, {"-progressive", "-arithmetic"}} {
		b := piped(t, pnm(30, 20, 3), "cjpeg", args...)
		for n := range len(b) - 12 { // the last bits may be all zeros, and may be left out
			_, _, err := jpeg.Decode(nil, b[:n], 0)
			var inv *dicom.InvalidError
			if !errors.As(err, &inv) {
				t.Fatalf("%v cut at %d of %d: %v", args, n, len(b), err)
			}
		}
	}
}

func TestDamagedIntervalsAreRefused(t *testing.T) {
	_, b := small(false)
	for name, c := range map[string][2]string{
		"a restart out of turn": {"\xFF\xD1", "\xFF\xD2"},
		"a restart missing":     {"\xFF\xD1", ""},
		"two restarts":          {"\xFF\xD1", "\xFF\xD1\xFF\xD2"},
		"a marker in between":   {"\xFF\xD1", "\xFF\xFE\x00\x02\xFF\xD1"},
	} {
		_, _, err := jpeg.Decode(nil, replaced(t, b, c[0], c[1]), 0)
		var inv *dicom.InvalidError
		if !errors.As(err, &inv) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIncompleteProgressionIsNotShown(t *testing.T) {
	need(t, "cjpeg")
	b := piped(t, pnm(30, 20, 1), "cjpeg", "-progressive")
	last := bytes.LastIndex(b, []byte{0xFF, 0xDA})
	tables := bytes.LastIndex(b[:last], []byte{0xFF, 0xC4})
	_, _, err := jpeg.Decode(nil, append(b[:tables:tables], 0xFF, 0xD9), 0)
	var uns *dicom.UnsupportedError
	if !errors.As(err, &uns) {
		t.Errorf("the last scan left out: %v", err)
	}
}

func TestDecodingTakesLittleMemory(t *testing.T) {
	need(t, "cjpeg")
	for name, c := range map[string]struct {
		args  []string
		times float64 // of the frame's bytes, dst included
	}{
		"sequential":  {nil, 1.1},
		"progressive": {[]string{"-progressive"}, 3},
	} {
		b := piped(t, pnm(1600, 1200, 1), "cjpeg", c.args...)
		runtime.GC() // twice: what the pool holds goes
		runtime.GC()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got, _, err := jpeg.Decode(nil, b, 0)
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		if n := float64(after.TotalAlloc - before.TotalAlloc); n > c.times*float64(len(got))+400<<10 {
			t.Errorf("%s took %.0f bytes for a frame of %d", name, n, len(got))
		}
	}
}

func TestHeadsThatLieCostNothing(t *testing.T) {
	_, b := small(false)
	sof := bytes.Index(b, []byte{0xFF, 0xC1})
	binary.BigEndian.PutUint16(b[sof+5:], 0xFFFF)
	binary.BigEndian.PutUint16(b[sof+7:], 0xFFFF)
	n := testing.AllocsPerRun(1, func() {
		if _, _, err := jpeg.Decode(nil, b, 0); err == nil {
			t.Error("a frame of 65535 × 65535 was made of nothing")
		}
	})
	if n > 30 {
		t.Errorf("%v allocations", n)
	}
}
