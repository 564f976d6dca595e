package pixel

import (
	"encoding/binary"

	"github.com/nocturne/nocturne/cache/dicom"
)

// LUT is a look-up table (PS3.3 C.11.1.1): input First gives Values[0]; inputs
// below and above the table give its ends.
type LUT struct {
	First       int
	Step        float64 // inputs from one entry to the next; 0 is 1, as in every file
	Bits        int     // of an output value: full light is 1<<Bits − 1
	Values      []uint16
	Explanation string
}

// At is the output for a whole input.
func (l *LUT) At(v int) uint16 {
	return l.Values[min(max(v-l.First, 0), len(l.Values)-1)]
}

// Light is the output for any input as light in 0…1, linear between entries.
func (l *LUT) Light(x float64) float64 {
	at := min(max((x-float64(l.First))/l.step(), 0), float64(len(l.Values)-1))
	i := int(at)
	y := float64(l.Values[i])
	if rest := at - float64(i); rest > 0 {
		y += rest * (float64(l.Values[i+1]) - y)
	}
	return min(y/float64(int(1)<<l.Bits-1), 1)
}

func (l *LUT) step() float64 {
	if l.Step > 0 {
		return l.Step
	}
	return 1
}

// lutOf reads the LUT Descriptor and LUT Data of a sequence item.
func lutOf(it *dicom.Dataset, signed bool) (*LUT, error) {
	l, err := describedLUT(it, dicom.LUTDescriptor, dicom.LUTData, signed)
	if err == nil {
		l.Explanation = dicom.Clean(it.Str(dicom.LUTExplanation))
	}
	return l, err
}

func describedLUT(d *dicom.Dataset, descriptor, data dicom.Tag, signed bool) (*LUT, error) {
	n, l, err := descriptorOf(d, descriptor, signed)
	if err != nil {
		return nil, err
	}
	e, _ := d.Get(data)
	if l.Values = lutValues(e, n, l.Bits); l.Values == nil {
		return nil, invalid("look-up table shorter than its descriptor says")
	}
	return l, nil
}

// descriptorOf reads number of entries (0 stands for 65,536), first input and
// bits of an output.
func descriptorOf(d *dicom.Dataset, t dicom.Tag, signed bool) (entries int, l *LUT, err error) {
	v := d.Floats(t)
	if len(v) != 3 {
		return 0, nil, invalid("look-up table without a descriptor")
	}
	entries = int(v[0]) & 0xFFFF
	if entries == 0 {
		entries = 1 << 16
	}
	l = &LUT{First: int(v[1]), Bits: int(v[2])}
	if signed && l.First > 0x7FFF {
		l.First -= 1 << 16 // written as US
	}
	if l.Bits < 1 || l.Bits > 16 {
		return 0, nil, invalid("look-up table of %d bits", l.Bits)
	}
	return entries, l, nil
}

// lutValues reads n entries: words, or bytes packed by two where an output has
// 8 bits. Nil when there are fewer.
func lutValues(e dicom.Element, n, bits int) []uint16 {
	out := make([]uint16, 0, min(n, len(e.Bytes)+2*len(e.Ints)))
	switch {
	case len(e.Ints) >= n:
		for _, v := range e.Ints[:n] {
			out = append(out, uint16(v))
		}
	case bits <= 8 && 2*len(e.Ints) >= n:
		for _, v := range e.Ints {
			out = append(out, uint16(v)&0xFF, uint16(v)>>8&0xFF)
		}
	case len(e.Bytes) >= 2*n:
		for i := range n {
			out = append(out, binary.LittleEndian.Uint16(e.Bytes[2*i:]))
		}
	case bits <= 8 && len(e.Bytes) >= n:
		for _, v := range e.Bytes[:n] {
			out = append(out, uint16(v))
		}
	}
	if len(out) < n {
		return nil
	}
	return out[:n]
}
