package pixel

import (
	"github.com/nocturne/nocturne/cache/dicom"
)

// Under is the image as a presentation state shows it (PS3.4 N.2): through the state's
// modality LUT, window or VOI LUT and presentation LUT, behind its shutter, under the
// overlays that it activates; what the image brings of these counts no more. voi is
// the item of the state's Softcopy VOI LUT Sequence that is for the frame; without a
// window in it all values are shown. The stored values are shared: the image itself is
// what is to be measured. A color image takes shutter and overlays only.
func (im *Image) Under(state, voi *dicom.Dataset, frame int) (*Image, error) {
	out := *im
	out.Layers, out.Unread = nil, 0
	for _, l := range im.Layers {
		if l.Kind == Coloured || l.Kind == Overlay && activates(state) {
			out.Layers = append(out.Layers, l)
		}
	}
	if im.Stored != nil {
		if err := out.toned(state, voi); err != nil {
			return nil, err
		}
	}
	own := im.planesOf(state)
	layered := &Image{Aspect: im.Aspect}
	layered.layers(own, frame, nil, Header{})
	out.Layers, out.Unread = append(out.Layers, layered.Layers...), layered.Unread
	return &out, nil
}

// toned replaces the grayscale chain.
func (im *Image) toned(state, voi *dicom.Dataset) error {
	im.Slope, im.Intercept, im.ModalityLUT = 1, 0, nil
	if err := im.modality(state, 0); err != nil {
		return err
	}
	im.Inverse = state.Str(dicom.PresentationLUTShape) == "INVERSE"
	var err error
	if im.presentation, err = presentationOf(state); err != nil {
		return err
	}
	if im.windows, err = windowsOf(voi, 0, im.lowest() < 0); err != nil {
		return err
	}
	if len(im.windows) == 0 {
		lo, hi := im.span()
		im.windows = []Window{{Center: (lo + hi) / 2, Width: hi - lo, Function: LinearExact, Explanation: "all values"}}
	}
	return nil
}

// span is the range of modality values that the cells could have.
func (im *Image) span() (lo, hi float64) {
	if l := im.ModalityLUT; l != nil {
		return 0, float64(int(1)<<l.Bits - 1)
	}
	steps := float64(int(1)<<min(im.Bits, 16) - 1)
	lo = im.lowest()
	return lo, lo + max(im.Slope, -im.Slope)*steps
}

// activates reports whether a state shows overlays of the image: it names a layer for
// a group of which it has no bitmap itself (PS3.3 C.11.7).
func activates(state *dicom.Dataset) bool {
	for g := range dicom.Tag(maxOverlays) {
		if state.Has(dicom.OverlayActivationLayer+g<<17) && !state.Has(dicom.OverlayData+g<<17) {
			return true
		}
	}
	return false
}

// planesOf is what package pixel reads shutters and overlays from: the state's, on the
// frame's pixels. A bitmap that no layer activates is not shown, a shutter's is.
func (im *Image) planesOf(state *dicom.Dataset) *dicom.Dataset {
	d := &dicom.Dataset{}
	for e := range state.All() {
		group := int(e.Tag.Group())
		overlay := group>>8 == 0x60
		shutter := e.Tag.Group() == 0x0018 && e.Tag.Element()>>8 == 0x16
		at := dicom.Tag(group-0x6000) << 16
		active := overlay && state.Has(dicom.OverlayData+at) && (state.Str(dicom.OverlayActivationLayer+at) != "" || shutterGroup(state) == group)
		if shutter || active {
			d.Set(e)
		}
	}
	rows, cols := im.frameSize()
	d.SetInt(dicom.Rows, rows)
	d.SetInt(dicom.Columns, cols)
	return d
}
