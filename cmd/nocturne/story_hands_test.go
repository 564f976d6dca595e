package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// strike types into the window as a hand does: slowly enough to be no dictation (N2).
func (d *desktop) strike(t *testing.T, keys ...string) {
	t.Helper()
	for _, k := range keys {
		d.run(t, "xdotool", "key", k)
		time.Sleep(100 * time.Millisecond)
	}
}

// line types a command line into the window.
func (d *desktop) line(t *testing.T, words string) {
	t.Helper()
	d.strike(t, "colon")
	for _, r := range words {
		key, named := map[rune]string{' ': "space", '-': "minus"}[r]
		if !named {
			key = string(r)
		}
		d.strike(t, key)
	}
	time.Sleep(100 * time.Millisecond)
	d.strike(t, "Return")
}

// size is the inner size of the window in pixels.
func (d *desktop) size(t *testing.T, w string) (width, height float64) {
	t.Helper()
	for _, line := range strings.Fields(d.run(t, "xdotool", "getwindowgeometry", "--shell", w)) {
		name, value, _ := strings.Cut(line, "=")
		n, _ := strconv.ParseFloat(value, 64)
		switch name {
		case "WIDTH":
			width = n
		case "HEIGHT":
			height = n
		}
	}
	return width, height
}

// The window's own command line, another key map chosen in it, and a ruler drawn with
// the mouse alone: the planted nodule within half a millimetre.
func TestTheWindowIsReadWithItsOwnKeysAndTheMouse(t *testing.T) {
	t.Parallel()
	d, a, c, nodule := chest(t)
	w := d.window(t)
	d.line(t, "wl 1500 -600")
	c.see(5*time.Second, `W 1500 L -600`)
	d.line(t, "layout 1x1")
	d.line(t, fmt.Sprintf("goto %d", nodule.Slice))
	c.see(5*time.Second, fmt.Sprintf(`Im %d/`, nodule.Slice))
	d.line(t, "zoom 3")
	eventually(t, 5*time.Second, "the zoom on disk", func() bool {
		s := c.state(nodule.Study)
		return len(s.Tiles) > 0 && s.Tiles[0].Zoom == 3 && s.Tiles[0].SOPUID == nodule.SOP
	})
	d.strike(t, "r")
	c.see(5*time.Second, `· length`)
	d.drawRuler(t, a, c, w, nodule)
	var m viewer.Mark
	eventually(t, 5*time.Second, "the mark on disk", func() bool {
		if all := c.marks(nodule.Study); len(all) > 0 {
			m = all[len(all)-1]
		}
		return m.Kind == viewer.Length
	})
	if length, _ := m.Value("length"); math.Abs(length.Number-nodule.Long) > 0.5 {
		t.Errorf("by the mouse %.2f mm, planted %.1f mm", length.Number, nodule.Long)
	}
	d.screenshot(t, "hands-ruler")
	d.strike(t, "Escape", "Escape")
	d.line(t, "keymap vim")
	c.see(5*time.Second, `Keys are those of vim`)
	d.strike(t, "1", "0", "k")
	c.see(5*time.Second, fmt.Sprintf(`Im %d/`, nodule.Slice-10))
	d.strike(t, "question")
	time.Sleep(500 * time.Millisecond)
	d.screenshot(t, "hands-help")
}

// drawRuler clicks where the planted ends are seen: the image keeps its middle in the
// middle of the tile that fills the window below the head line.
func (d *desktop) drawRuler(t *testing.T, a *archiveProcess, c *console, w string, p planted) {
	t.Helper()
	width, height := d.size(t, w)
	tile := c.state(p.Study).Tiles[0]
	head := float64(overlay.Style{Scale: 1}.HeaderHeight(int(height)))
	for _, end := range p.Endpoints {
		col, row := a.where(t, p, end)
		x := width/2 + (col-256-tile.PanX)*tile.Zoom
		y := head + (height-head)/2 + (row-256-tile.PanY)*tile.Zoom
		d.run(t, "xdotool", "mousemove", "--window", w, fmt.Sprint(int(math.Round(x))), fmt.Sprint(int(math.Round(y))), "sleep", "0.2", "click", "1", "sleep", "0.2")
	}
}
