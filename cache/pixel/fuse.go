package pixel

// ColourMap is the colour of each of 256 steps of light.
type ColourMap [256][3]uint8

// HotIron is black to red to yellow to white, each channel a straight line after
// the other (the colours of PS3.6 B.1.1).
func HotIron() *ColourMap {
	m := new(ColourMap)
	for i := range m {
		m[i] = [3]uint8{uint8(min(2*i, 255)), uint8(min(max(2*(i-128), 0), 255)), uint8(min(max(4*(i-191), 0), 255))}
	}
	m[255] = [3]uint8{255, 255, 255}
	return m
}

// Lit is one of two images of the same grid that are laid on each other.
type Lit struct {
	Image  *Image // grey
	Window Window
	Invert bool // the reader's
}

// Fuse lays over in colours on base in grey, with a share of 0…1: each channel is
// (1−share)·grey + share·colour. Where over has padding, base is alone. Both must
// have as many rows and columns; the inversion of over is not heeded: its small
// values are the map's first colours. What comes is a picture, not values.
func Fuse(base, over Lit, colours *ColourMap, share float64) *Image {
	im := base.Image
	out := &Image{
		Rows: im.Rows, Cols: im.Cols, Samples: 3, Bits: 8, Slope: 1, Aspect: im.Aspect, Exact: true,
		Lossy: im.Lossy || over.Image.Lossy, Compression: im.Compression, RGB: make([]uint8, 3*im.Rows*im.Cols),
	}
	grey := im.BuildLUT(base.Window, base.Invert)
	plain := *over.Image
	plain.Inverse = false
	step := plain.BuildLUT(over.Window, false)
	share = min(max(share, 0), 1)
	keep := 256 - uint32(share*256+0.5)
	var painted [256][3]uint32 // colours times their share, and a half to round
	for i, c := range colours {
		for k, v := range c {
			painted[i][k] = uint32(v)*(256-keep) + 128
		}
	}
	bands(im.Rows, im.Cols, func(y int) {
		to := out.RGB[3*y*im.Cols:]
		from := im.Stored[y*im.Cols:][:im.Cols]
		layer := plain.Stored[y*im.Cols:][:im.Cols]
		for x, s := range from {
			g, v := uint32(grey[s]), layer[x]
			if plain.IsPadding(v) {
				to[3*x], to[3*x+1], to[3*x+2] = uint8(g), uint8(g), uint8(g)
				continue
			}
			c := &painted[step[v]]
			g *= keep
			to[3*x], to[3*x+1], to[3*x+2] = uint8((g+c[0])>>8), uint8((g+c[1])>>8), uint8((g+c[2])>>8)
		}
	})
	return out
}
