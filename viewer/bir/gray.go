package bir

import (
	"math"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

const (
	rescaleType      = dicom.RescaleType
	rescaleIntercept = dicom.RescaleIntercept
)

// grayItems are about the grey-scale chain (PS3.4 N.2).
func grayItems() []item {
	return []item{
		{"BIR_GREYSCALE", "Stored values become greys as the window says (LINEAR)", linearly},
		{"BIR_VOI_FUNCTIONS", "LINEAR_EXACT and SIGMOID", functions},
		{"BIR_VOI_LUT", "A VOI LUT is applied, and is the first window where it stands alone", voiLUT},
		{"BIR_MODALITY_LUT", "A modality LUT makes the values", modalityLUT},
		{"BIR_MONOCHROME1", "MONOCHROME1: the smallest value is the brightest", monochrome1},
		{"BIR_PALETTE", "PALETTE COLOR takes its colours from the table", palette},
		{"BIR_PADDING", "Padding is black, inverted too, and has no value", padding},
	}
}

func linearly(s *session, t *trial) {
	s.show(blocks())
	s.press("3")
	s.windowed(t, "W 2000 L 400", func(hu float64) float64 { return linear(hu, 400, 2000) })
	s.press("1")
	s.windowed(t, "W 400 L 40", func(hu float64) float64 { return linear(hu, 40, 400) })
}

func functions(s *session, t *trial) {
	for _, f := range []struct {
		name  string
		level func(hu float64) float64
	}{
		{"LINEAR_EXACT", func(hu float64) float64 { return math.Floor(255*math.Max(0, math.Min(1, (hu-40)/400+0.5)) + 0.5) }},
		{"SIGMOID", func(hu float64) float64 { return math.Floor(255/(1+math.Exp(-4*(hu-40)/400)) + 0.5) }},
	} {
		k := blocks()
		k.edit = func(d *dataset, _ int) {
			d.SetFloat(dicom.WindowCenter, 40)
			d.SetFloat(dicom.WindowWidth, 400)
			d.SetStr(dicom.VOILUTFunction, f.name)
		}
		s.show(k)
		s.windowed(t, f.name, f.level)
	}
}

// table is a LUT of 2048 stored values, −1024 to 1023 HU, whose level falls in
// steps of a sixteenth: what no window can do.
func table() (item *dataset, level func(hu float64) float64) {
	values := make([]int, 2048)
	for i := range values {
		values[i] = (15 - i/128) * 17
	}
	item = &dicom.Dataset{}
	item.SetInt(dicom.LUTDescriptor, 2048, 0, 8)
	item.SetInt(dicom.LUTData, values...)
	item.SetStr(dicom.LUTExplanation, "STEPS")
	return item, func(hu float64) float64 {
		i := int(math.Max(0, math.Min(2047, hu+1024)))
		return float64(values[i])
	}
}

func voiLUT(s *session, t *trial) {
	lut, level := table()
	k := blocks()
	k.edit = func(d *dataset, _ int) {
		d.SetSeq(dicom.VOILUTSequence, lut)
		d.SetFloat(dicom.RescaleIntercept, 0)
		d.Delete(dicom.WindowCenter)
		d.Delete(dicom.WindowWidth)
	}
	s.show(k)
	s.windowed(t, "a table of 2048 entries that falls in 16 steps", level)
	t.want(s.says("VOI LUT STEPS"), "its explanation is written")
	s.d.Do(viewer.WindowSet(400, 1064))
	s.wait(second / 20)
	s.windowed(t, "a window over it", func(hu float64) float64 { return linear(hu, 40, 400) })
}

func modalityLUT(s *session, t *trial) {
	k := stack{n: 1, modality: "CR", hu: func(col, _, _ int) int { return col/8 - 1024 }} // stored 0…7
	values := []int{100, 300, 200, 700, 400, 600, 500, 0}
	k.edit = func(d *dataset, _ int) {
		projection(d)
		for _, tag := range []dicom.Tag{dicom.RescaleSlope, dicom.RescaleIntercept, dicom.RescaleType} {
			d.Delete(tag)
		}
		it := &dicom.Dataset{}
		it.SetInt(dicom.LUTDescriptor, len(values), 0, 16)
		it.SetInt(dicom.LUTData, values...)
		it.SetStr(dicom.ModalityLUTType, "OD")
		d.SetSeq(dicom.ModalityLUTSequence, it)
		d.SetFloat(dicom.WindowCenter, 400)
		d.SetFloat(dicom.WindowWidth, 800)
	}
	s.show(k)
	worst := 0.0
	for i, v := range values {
		worst = math.Max(worst, math.Abs(s.grey(0, float64(8*i)+4, 4)-linear(float64(v), 400, 800)))
	}
	t.want(worst <= 1, "8 stored values through a table that goes up and down, within %.0f/255", worst)
}

func monochrome1(s *session, t *trial) {
	k := blocks()
	k.edit = func(d *dataset, _ int) { d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME1") }
	s.show(k)
	s.press("3")
	s.windowed(t, "MONOCHROME1", func(hu float64) float64 { return 255 - linear(hu, 400, 2000) })
}

func palette(s *session, t *trial) {
	red, green, blue := []int{0, 255, 10, 200}, []int{255, 0, 20, 100}, []int{0, 30, 255, 50}
	k := stack{n: 1, modality: "US", hu: func(col, _, _ int) int { return col / 16 }}
	k.edit = func(d *dataset, _ int) {
		d.SetStr(dicom.PhotometricInterpretation, "PALETTE COLOR")
		for tag, v := range map[dicom.Tag]int{dicom.BitsAllocated: 8, dicom.BitsStored: 8, dicom.HighBit: 7} {
			d.SetInt(tag, v)
		}
		for i, tag := range []dicom.Tag{dicom.RedPaletteColorLookupTableDescriptor, dicom.GreenPaletteColorLookupTableDescriptor, dicom.BluePaletteColorLookupTableDescriptor} {
			d.SetInt(tag, 4, 0, 16)
			data := [][]int{red, green, blue}[i]
			var wide []byte // 16 bits: the level in the high byte
			for _, v := range data {
				wide = append(wide, 0, byte(v))
			}
			tag := []dicom.Tag{dicom.RedPaletteColorLookupTableData, dicom.GreenPaletteColorLookupTableData, dicom.BluePaletteColorLookupTableData}[i]
			d.Set(dicom.Element{Tag: tag, VR: "OW", Bytes: wide})
		}
		for _, tag := range []dicom.Tag{dicom.RescaleSlope, dicom.RescaleIntercept, dicom.RescaleType, dicom.WindowCenter, dicom.WindowWidth} {
			d.Delete(tag)
		}
	}
	s.show(k)
	off := 0
	for i := range red {
		r, g, b := s.rgb(0, float64(16*i)+8, 20)
		off = max(off, apart(r, uint8(red[i])), apart(g, uint8(green[i])), apart(b, uint8(blue[i])))
	}
	t.want(off <= 1, "4 entries of 16 bits within %d of 255", off)
}

func padding(s *session, t *trial) {
	k := stack{n: 1, hu: func(col, _, _ int) int {
		if col < 32 {
			return -1024 // stored 0
		}
		return 40
	}}
	k.edit = func(d *dataset, _ int) { d.SetInt(dicom.PixelPaddingValue, 0) }
	s.show(k)
	t.want(s.grey(0, 8, 32) == 0 && s.grey(0, 56, 32) > 100, "padding %.0f, tissue %.0f", s.grey(0, 8, 32), s.grey(0, 56, 32))
	s.press("i")
	t.want(s.grey(0, 8, 32) == 0, "inverted: padding %.0f", s.grey(0, 8, 32))
	s.press("i", "q")
	s.click([2]float64{8.5, 30.5})
	t.want(s.d.State().Probe == "padding", "the probe on it says %q", s.d.State().Probe)
}
