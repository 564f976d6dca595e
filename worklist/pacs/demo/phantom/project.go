package phantom

import "github.com/nocturne/nocturne/cache/dicom"

// lineIntegral sums a scene through depth mm in front of and behind the plane:
// attenuation in units of water, mm. The scene is sampled every step mm.
func lineIntegral(p plane, depth, step float32, values *palette, draw func(*canvas)) *canvas {
	var sum *canvas
	n := int(2 * depth / step)
	for k := range n {
		c := newCanvas(p.moved(-depth+(float32(k)+0.5)*step), step, values)
		draw(c)
		if sum == nil {
			sum = &canvas{plane: p, px: make([]float32, len(c.px))}
		}
		for i, v := range c.px {
			sum.px[i] += max(v+1000, 0) / 1000 * step
		}
	}
	return sum
}

// scout appends a localiser of the trunk: a coronal projection, its middle line
// at x 0 and its first row at top.
func scout(m *maker, number int, bodyPart string, top float32) {
	p := plane{org: vec{-204.8, 0, top}, du: vec{1.6, 0, 0}, dv: vec{0, 0, -1.6}, w: 256, h: 256}
	topogram(m, number, bodyPart, p, vec{}, 130, func(c *canvas) { theTorso().draw(c) })
}

// scoutHead appends a lateral localiser of the head.
func scoutHead(m *maker, number int) {
	p := plane{org: vec{0, -128, 110}, du: vec{0, 1, 0}, dv: vec{0, 0, -1}, w: 256, h: 256}
	topogram(m, number, "HEAD", p, vec{1.5, -204, -1187.5}, 85, func(c *canvas) { theHead().draw(c) })
}

func topogram(m *maker, number int, bodyPart string, p plane, shift vec, depth float32, draw func(*canvas)) {
	a := attrs{
		dicom.ImageType: "ORIGINAL\\PRIMARY\\LOCALIZER", dicom.BodyPartExamined: bodyPart, dicom.PatientPosition: "HFS",
		dicom.FrameOfReferenceUID: uid(m.key, "frame"), dicom.PositionReferenceIndicator: nil,
		dicom.ImageOrientationPatient: append(floats(p.du.unit()), floats(p.dv.unit())...), dicom.ImagePositionPatient: p.org.plus(shift),
		dicom.PixelSpacing: []float64{spacing(p.dv.length()), spacing(p.du.length())}, dicom.SliceThickness: 1, dicom.KVP: 120, dicom.ConvolutionKernel: "Tr20",
		dicom.RescaleIntercept: -1024, dicom.RescaleSlope: 1, dicom.RescaleType: "US", dicom.ProtocolName: m.description,
	}
	a = mono(p.h, p.w, 12, false).with(a, voi([][2]int{{100, 1000}}))
	m.series("scout", number, dicom.CTImageStorage, "CT", "Topogram", a).add(0, nil, func() ([]byte, error) {
		c := lineIntegral(p, depth, 5, &hounsfield, draw)
		for i, v := range c.px {
			c.px[i] = 5*v - 700
		}
		c.fluctuate(softGrain(), 12, uint64(number))
		return words(c.px, 1, -1024, false, 12), nil
	})
}
