package pixel

// In is the image with modality values of another unit, factor times its own. The
// stored values are shared. Its windows are first, then the image's own: those by a
// table are left out, and LINEAR becomes the LINEAR_EXACT that gives the same light.
// An image without stored values, or with a modality table, is given back as it is.
func (im *Image) In(unit string, factor float64, first ...Window) *Image {
	if im.Stored == nil || im.ModalityLUT != nil {
		return im
	}
	out := *im
	out.unit, out.Slope, out.Intercept = unit, im.Slope*factor, im.Intercept*factor
	out.windows = append([]Window(nil), first...)
	for _, w := range im.windows {
		switch {
		case w.Function == VOILUT:
			continue
		case w.Function == Linear || w.Function == "":
			if w.Width <= 1 {
				continue
			}
			w.Center, w.Width, w.Function = w.Center-0.5, w.Width-1, LinearExact
		}
		w.Center, w.Width = w.Center*factor, w.Width*factor
		out.windows = append(out.windows, w)
	}
	return &out
}
