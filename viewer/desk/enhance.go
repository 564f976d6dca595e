package desk

import (
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/derive"
)

// enhancing are the actions that show a picture made of the acquired one, and the
// way back.
func enhancing() map[viewer.Action]func(*Desk) {
	to := func(e pixel.Enhancement) func(*Desk) { return func(d *Desk) { d.enhance(e) } }
	return map[viewer.Action]func(*Desk){
		viewer.EnhanceSharpen: to(pixel.Sharpened), viewer.EnhanceDenoise: to(pixel.Denoised),
		viewer.EnhanceCLAHE: to(pixel.Equalised), viewer.EnhanceRaw: to(pixel.Raw),
		viewer.EnhanceNext: func(d *Desk) { d.enhance((d.at().look.enhanced + 1) % (pixel.Equalised + 1)) },
	}
}

// enhance changes how the active tile shows its stack. It never leaves the case (N1);
// R undoes it too.
func (d *Desk) enhance(e pixel.Enhancement) {
	t := d.at()
	switch im := t.shown.Image; {
	case e == pixel.Raw:
	case im == nil:
		d.notice("No image is here to enhance.")
		return
	case im.Preview != nil:
		d.notice("The image is still being read: this is a preview.")
		return
	case im.Stored == nil:
		d.notice("A colour image is shown as it is: enhancement is for grey ones.")
		return
	}
	t.look.enhanced = e
	d.touch()
}

// enhanced is what a tile shows in place of its picture, and what tells it from
// others of that picture; nil where it shows the picture itself. Values are measured
// in the picture, never in this; looking at this does not count as having seen the
// slice.
func (d *Desk) enhanced(t *tile) (im *pixel.Image, key string) {
	e, p := t.look.enhanced, t.shown
	if e == pixel.Raw || p.Image == nil || p.Preview() || p.Image.Stored == nil || p.Over != nil {
		return nil, ""
	}
	return d.photons.made.Of(p.Image, e, t.look.window.Window(p.Image))
}

// enhancedWord says so on the tile, with the key that leads back.
func (d *Desk) enhancedWord(t *tile) string {
	if im, _ := d.enhanced(t); im == nil {
		return ""
	}
	key := d.opt.Keymap.KeysFor(viewer.InImages, viewer.EnhanceRaw)
	if key == "" {
		key = ":raw"
	}
	return derive.EnhancedWords(t.look.enhanced) + " – raw: " + key
}
