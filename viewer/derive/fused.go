package derive

import (
	"fmt"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/volume"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// Tracer is an emission series (PET, SPECT) that lies over anatomy: its voxels, and
// how much of it is seen. All tiles it lies on share it.
type Tracer struct {
	Stack   *stack.Stack
	Volume  *volume.Volume
	Frames  []load.Frame // of the volume's slices
	Missing []int        // slices that are not in it yet
	Version int          // rises with every slice that is filled in
	Share   float64      // of its colours in the picture, 0…1
}

// Fused is a layer on a tile. What is measured stays the tile's own picture: the
// fused one is made from it to be seen.
type Fused struct {
	*Tracer
	Loose   bool // the two series share no frame of reference
	on      string
	Over    *pixel.Image // the layer at the pixels of the picture
	values  []int16
	key     string
	picture *pixel.Image
}

// UsualShare is what a layer begins with.
const UsualShare = 0.5

var hotIron = pixel.HotIron()

// Of makes the layer's volume of a stack, empty.
func (l *Tracer) Of(s *stack.Stack) error {
	v, frames, err := stack.VolumeOf(s)
	if err != nil {
		return err
	}
	l.Stack, l.Volume, l.Frames, l.Missing = s, v, frames, nil
	l.Version++
	for k := range frames {
		l.Missing = append(l.Missing, k)
	}
	return nil
}

// Lay brings the layer to the pixels of a picture, so that both are read at once; it
// reports whether it was made anew. Previews, colours and pictures without a place have
// none.
func (f *Fused) Lay(p *picture.Picture) (anew bool) {
	if p.Over = nil; p.Image == nil || p.Preview() || p.Image.Stored == nil {
		return false
	}
	plane, ok := p.Slot.Instance.Plane(p.Slot.Frame)
	if !ok || plane.Rows != p.Image.Rows || plane.Cols != p.Image.Cols {
		return false
	}
	frame, _ := p.Slot.Wanted()
	if on := fmt.Sprintf("%s#%s#%s.%d", frame.Key(), p.Key, f.Stack.Key(), f.Version); f.on != on {
		cut := volume.CutOf(plane)
		if made := p.Slot.Instance.Made; made != nil && !p.Rough {
			cut.Mode, cut.Thickness = made.Thickness()
		}
		f.values = f.Volume.Resample(f.values, cut)
		f.Over, f.on, anew = f.Volume.Image(f.values, cut.Cols, cut.Rows), on, true
	}
	p.Over = f.Over
	return anew
}

// Blend is the picture that the layer was laid over with the layer in its colours, and
// what tells it from others of that picture.
func (f *Fused) Blend(base pixel.Lit, window pixel.Window) (im *pixel.Image, key string) {
	over := pixel.Lit{Image: f.Over, Window: window}
	key = fmt.Sprintf("%s#fused %g %v %v %t", f.on, f.Share, base.Window, over.Window, base.Invert)
	if f.key != key {
		f.picture, f.key = pixel.Fuse(base, over, hotIron, f.Share), key
	}
	return f.picture, key
}
