package raster

import (
	"bytes"
	"image"
	"image/color"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

func ramp(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.Gray{Y: uint8(x * 255 / (w - 1))})
		}
	}
	return img
}

func TestBlocksFillExactlyTheirCellsInEveryProfile(t *testing.T) {
	for _, p := range []termenv.Profile{termenv.Ascii, termenv.ANSI, termenv.ANSI256, termenv.TrueColor} {
		rows := Blocks(ramp(40, 20), p)
		if len(rows) != 10 {
			t.Fatalf("profile %v: %d rows", p, len(rows))
		}
		for _, r := range rows {
			if ansi.StringWidth(r) != 40 {
				t.Errorf("profile %v: a row of %d cells", p, ansi.StringWidth(r))
			}
		}
	}
}

func TestGreysGetBrighterWithTheImage(t *testing.T) {
	last16, last256 := -1, -1
	for g := range 256 {
		c := color.Gray{Y: uint8(g)}
		order := map[int]int{30: 0, 90: 1, 37: 2, 97: 3}[index16(c)]
		n := index256(c)
		if n == 16 {
			n = 0
		} else if n == 231 {
			n = 999
		}
		if order < last16 || n < last256 {
			t.Fatalf("grey %d is drawn darker than grey %d", g, g-1)
		}
		last16, last256 = order, n
	}
}

func TestProbeReadsWhatTerminalsAnswer(t *testing.T) {
	cases := []struct {
		name, answer string
		want         Screen
	}{
		{"xterm with sixel", "\x1b[6;20;10t\x1b[?65;4;6;22c", Screen{Protocol: Sixel, Cell: image.Pt(10, 20)}},
		{"kitty", "\x1b_Gi=31;OK\x1b\\\x1b[6;18;9t\x1b[?62;c", Screen{Protocol: Kitty, Cell: image.Pt(9, 18)}},
		{"plain", "\x1b[?1;2c", Screen{}},
		{"nothing but noise", "x\x1b[", Screen{}},
	}
	for _, c := range cases {
		var asked bytes.Buffer
		got := Probe(strings.NewReader(c.answer), &asked, time.Second)
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
		if !strings.HasSuffix(asked.String(), "\x1b[c") {
			t.Errorf("%s: DA1 was not asked last", c.name)
		}
	}
}

func TestProbeGivesUpOnASilentTerminal(t *testing.T) {
	in, _ := io.Pipe()
	defer in.Close()
	if got := Probe(in, io.Discard, time.Millisecond); got != (Screen{}) {
		t.Errorf("a silent terminal became %+v", got)
	}
}

func TestKittyCellsAreTextOfTheRightWidth(t *testing.T) {
	send, cells := KittyImage(ramp(64, 32), 7, 8, 2)
	if len(cells) != 2 || ansi.StringWidth(cells[0]) != 8 {
		t.Fatalf("%d rows of %d cells", len(cells), ansi.StringWidth(cells[0]))
	}
	if !strings.Contains(send, "U=1") || strings.Count(send, "\x1b_G") < 2 {
		t.Error("the picture was not sent in chunks as a virtual placement")
	}
}

func TestSixelIsDrawnAtItsCell(t *testing.T) {
	s, err := SixelAt(ramp(12, 12), 3, 4)
	if err != nil || !strings.Contains(s, "\x1b[5;4H\x1bP0;1") {
		t.Errorf("%q %v", s[:min(40, len(s))], err)
	}
}
