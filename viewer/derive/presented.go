package derive

import (
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/pr"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/picture"
)

// Presented is a presentation state on a tile, made with its State. What is measured
// stays the picture: the one under the state is made of it to be seen.
type Presented struct {
	State   *pr.State
	of      *pixel.Image // what picture is made of
	picture *pixel.Image
	Failed  string       // why the picture could not be made, in words
	asked   pixel.Window // the window that shown is of
	shown   pixel.Window // through the state's presentation LUT
	torn    bool         // neighbouring values may be far apart in light
}

// Window is a window through the state's presentation LUT. Where tables scramble the
// values there is nothing between two pixels, and none is made up.
func (u *Presented) Window(w pixel.Window, how pixel.Interpolation) (pixel.Window, pixel.Interpolation) {
	if u.asked != w || u.shown == (pixel.Window{}) {
		u.asked, u.shown = w, u.picture.Presented(w)
		u.torn = !monotonic(u.picture.ModalityLUT) || u.shown.Function == pixel.VOILUT && !monotonic(u.shown.LUT)
	}
	if u.torn {
		how = pixel.Nearest
	}
	return u.shown, how
}

// Under is a picture under the state, and what tells it from others of that picture; no
// key where the state is not about it, no image where it could not be made, of which
// Failed says why.
func (u *Presented) Under(p picture.Picture) (im *pixel.Image, key string) {
	sop, frame := dicom.UID(p.Slot.SOP()), p.Slot.Frame
	if !u.State.Of(sop, frame) {
		return nil, ""
	}
	if u.of != p.Image {
		var err error
		u.of, u.Failed, u.shown = p.Image, "", pixel.Window{}
		if u.picture, err = p.Image.Under(u.State.Source, u.State.VOI(sop, frame), frame); err != nil {
			u.Failed = load.Why(err)
		}
	}
	return u.picture, "under " + string(u.State.SOPUID)
}

// monotonic reports whether a table only rises or only falls; none does both.
func monotonic(l *pixel.LUT) bool {
	if l == nil {
		return true
	}
	up, down := true, true
	for i := 1; i < len(l.Values); i++ {
		up, down = up && l.Values[i] >= l.Values[i-1], down && l.Values[i] <= l.Values[i-1]
	}
	return up || down
}
