package desk

import (
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/tool"
)

// setTo fixes the window of the active tile.
func (d *Desk) setTo(t *tile, center, width float64, preset string) {
	t.look.window = picture.Choice{Fixed: true, Center: center, Width: width, Preset: preset}
	d.touch()
}

// windowed is the picture whose window can be changed; it says why when there is
// none.
func (d *Desk) windowed() (*tile, *pixel.Image, bool) {
	t := d.at()
	switch im := t.shown.Image; {
	case im == nil:
		d.notice("No image is here to window.")
	case im.Preview != nil:
		d.notice("The image is still being read: this is a preview.")
	case im.Stored == nil:
		d.notice("A colour image takes no window.")
	default:
		return t, im, true
	}
	return nil, nil, false
}

// preset is a digit: in Hounsfield units a window by name (N21); in MR automatic,
// wider, narrower; anywhere else it says why not.
func (d *Desk) preset(a viewer.Action) {
	t, im, ok := d.windowed()
	if !ok {
		return
	}
	p := tool.Presets[a]
	switch {
	case im.Unit() == "HU":
		d.setTo(t, p.Center, p.Width, p.Name)
	case t.stack.Modality == "MR":
		d.presetMR(a, t, im)
	case im.Unit() == "":
		d.notice("Presets are in Hounsfield units; this image has stored values only. 0 has its own windows.")
	default:
		d.notice("Presets are in Hounsfield units; this image is in " + im.Unit() + ". 0 has its own windows.")
	}
}

func (d *Desk) presetMR(a viewer.Action, t *tile, im *pixel.Image) {
	switch a {
	case viewer.WindowSoft:
		w := im.Percentile(0.01, 0.99)
		d.setTo(t, w.Center, w.Width, "automatic")
	case viewer.WindowLung:
		d.stepWindow(0, 2)
	case viewer.WindowBone:
		d.stepWindow(0, -2)
	default:
		d.notice("In MR: 1 automatic, 2 wider, 3 narrower, 0 the image's own windows.")
	}
}

// ownWindow shows the image's own windows in turn.
func (d *Desk) ownWindow() {
	t, im, ok := d.windowed()
	if !ok {
		return
	}
	own := im.Windows()
	switch {
	case len(own) == 0:
		w := im.DefaultWindow()
		d.setTo(t, w.Center, w.Width, "automatic")
		d.notice("The image brings no window of its own: automatic.")
		return
	case t.look.window.Fixed:
		t.look.window = picture.Choice{}
	default:
		t.look.window = picture.Choice{Own: (t.look.window.Own + 1) % len(own)}
	}
	d.touch()
}

func (d *Desk) stepWindow(level, wide int) {
	if t, im, ok := d.windowed(); ok {
		c, w := t.look.window.Straight(im)
		by := picture.Fine(im)
		c, w = tool.WindowStep(c*by, w*by, level, wide)
		d.setTo(t, c/by, w/by, "")
	}
}

// setWindow takes width and level, as readers say them (N16).
func (d *Desk) setWindow(v []float64) {
	if len(v) != 2 || !(v[0] > 0) {
		d.notice("A window is width and level, the width above 0: 400 40.")
		return
	}
	if t, _, ok := d.windowed(); ok {
		d.setTo(t, v[1], v[0], "")
	}
}
