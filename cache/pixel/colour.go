package pixel

import "image/color"

// colour turns a frame of three samples into RGB of 8 bits each; wider samples
// lose their lower bits, since a screen shows no more.
func colour(b []byte, h Header) ([]uint8, error) {
	switch {
	case h.Float || h.Allocated == 64:
		return nil, unsupported("colour of %d bits allocated", h.Allocated)
	case h.Photometric == "YBR_FULL_422":
		return from422(b, h)
	}
	if h.Planar {
		b = interleaved(b, h.Allocated/8)
	}
	out := make([]uint8, h.Rows*h.Cols*3)
	bytesOf(out, b, h)
	switch h.Photometric {
	case "RGB", "":
		return out, nil
	case "YBR_FULL":
		for i := 0; i < len(out); i += 3 {
			out[i], out[i+1], out[i+2] = color.YCbCrToRGB(out[i], out[i+1], out[i+2])
		}
		return out, nil
	}
	return nil, unsupported("photometric interpretation %s", h.Photometric)
}

// bytesOf takes the upper 8 bits of each sample's value.
func bytesOf(out []uint8, b []byte, h Header) {
	if h.Allocated == 8 && h.Stored == 8 {
		copy(out, b)
		return
	}
	for i := range out {
		var v uint32
		switch h.Allocated {
		case 8:
			v = uint32(b[i])
		case 16:
			v = uint32(b[2*i]) | uint32(b[2*i+1])<<8
		default:
			v = uint32(b[4*i]) | uint32(b[4*i+1])<<8 | uint32(b[4*i+2])<<16 | uint32(b[4*i+3])<<24
		}
		v = v >> uint(h.HighBit+1-h.Stored) << uint(32-h.Stored)
		out[i] = uint8(v >> 24)
	}
}

// from422 spreads the chroma of each two pixels (Y Y Cb Cr) over both (PS3.3
// C.7.6.3.1.2).
func from422(b []byte, h Header) ([]uint8, error) {
	if h.Allocated != 8 || h.Cols%2 != 0 {
		return nil, unsupported("YBR_FULL_422 of odd columns or more than 8 bits")
	}
	out := make([]uint8, h.Rows*h.Cols*3)
	for i, at := 0, 0; i+4 <= len(b) && at < len(out); i, at = i+4, at+6 {
		out[at], out[at+1], out[at+2] = color.YCbCrToRGB(b[i], b[i+2], b[i+3])
		out[at+3], out[at+4], out[at+5] = color.YCbCrToRGB(b[i+1], b[i+2], b[i+3])
	}
	return out, nil
}
