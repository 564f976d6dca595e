package gsdf

import (
	"image"
	"image/color"
)

// Pattern is one frame of the 18-patch test: the patch of step k (0…17) in the
// middle, a tenth of the area, on a background of a fifth of full drive (AAPM TG18-LN,
// PS3.14 annex C).
func Pattern(k, size int) *image.Gray {
	im := image.NewGray(image.Rect(0, 0, size, size))
	side := int(float64(size) * 0.3162) // √0.1
	low := (size - side) / 2
	patch, back := color.Gray{uint8(15 * k)}, color.Gray{51}
	for y := range size {
		for x := range size {
			c := back
			if x >= low && x < low+side && y >= low && y < low+side {
				c = patch
			}
			im.SetGray(x, y, c)
		}
	}
	return im
}
