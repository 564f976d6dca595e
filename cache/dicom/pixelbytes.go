package dicom

// PixelBytes is how many bytes an image's pixels take when they are not compressed
// (PS3.5 8.1.1), by what its attributes claim; 0 for what is no image or claims more
// than an object can hold.
func PixelBytes(d *Dataset) int {
	const most = 1 << 40 // bits
	bits := 1
	for _, t := range []Tag{Rows, Columns, SamplesPerPixel, BitsAllocated} {
		v := d.IntOr(t, 0)
		if v <= 0 || bits > most/v {
			return 0
		}
		bits *= v
	}
	frames := max(1, d.IntOr(NumberOfFrames, 1))
	if bits > most/frames {
		return 0
	}
	return (bits*frames + 7) / 8
}
