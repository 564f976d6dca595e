package jpeg

// Colour is what a stream of three components says they are.
type Colour uint8

// What streams say. Nothing is the rule in DICOM: then the object's Photometric
// Interpretation stands (PS3.5 8.2.1).
const (
	ColourUnsaid Colour = iota
	ColourYBR           // JFIF, or Adobe with transform 1
	ColourRGB           // Adobe with transform 0, or components called R, G and B
)

// Head is what the markers of a stream say of its image.
type Head struct {
	Width, Height int
	Components    int // 1 to 4
	Precision     int // bits of a sample: 2 to 16
	// Signed is always false: JPEG shifts levels, and gives samples from 0 up.
	Signed bool
	// SOF is the second byte of the frame's marker, 0xC0 for SOF0 to 0xCF for
	// SOF15 (ISO/IEC 10918-1 table B.1).
	SOF    byte
	Colour Colour
}

// Lossless reports whether the stream predicts samples instead of transforming
// them (processes 14 and their like).
func (h Head) Lossless() bool { return h.SOF == 0xC3 || h.SOF == 0xCB }

func (h Head) arithmetic() bool  { return h.SOF >= 0xC9 && h.SOF <= 0xCB }
func (h Head) progressive() bool { return h.SOF == 0xC2 || h.SOF == 0xCA }

// unfollowed names what is not decoded; empty where it is.
func (h Head) unfollowed() string {
	switch h.SOF {
	case 0xC0, 0xC1, 0xC2, 0xC3, 0xC9, 0xCA:
		return ""
	case 0xCB:
		return "JPEG lossless with arithmetic coding"
	}
	return "hierarchical JPEG"
}

// Size is the number of samples.
func (h Head) Size() int64 { return int64(h.Width) * int64(h.Height) * int64(h.Components) }

// ReadHead reads the markers up to the first scan, and beyond it only where the
// height stands behind it (DNL). Errors: *dicom.InvalidError, also where the
// stream ends before a scan, and *dicom.UnsupportedError for a frame that is not
// one of the above.
func ReadHead(src []byte) (Head, error) {
	p := parser{src: src, headOnly: true}
	if err := p.parse(); err != nil {
		return Head{}, err
	}
	return p.Head, nil
}
