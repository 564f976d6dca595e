// Package ecg reads electrocardiograms and other waveforms (PS3.3 A.34, C.10.9).
//
//	read      every multiplex group of 8- or 16-bit linear samples, signed or not: leads,
//	          millivolts where the channel states its sensitivity, padding; annotations
//	not yet   µ-law and A-law samples, 32 and 64 bits, sample skew, filters
package ecg

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Tags of PS3.3 C.10.9 and C.10.10.
const (
	waveformSequence     dicom.Tag = 0x54000100
	waveformData         dicom.Tag = 0x54001010
	bitsAllocated        dicom.Tag = 0x54001004
	interpretation       dicom.Tag = 0x54001006
	paddingValue         dicom.Tag = 0x5400100A
	originality          dicom.Tag = 0x003A0004
	channels             dicom.Tag = 0x003A0005
	samples              dicom.Tag = 0x003A0010
	samplingFrequency    dicom.Tag = 0x003A001A
	groupLabel           dicom.Tag = 0x003A0020
	channelDefinition    dicom.Tag = 0x003A0200
	channelLabel         dicom.Tag = 0x003A0203
	channelSource        dicom.Tag = 0x003A0208
	sensitivity          dicom.Tag = 0x003A0210
	sensitivityUnits     dicom.Tag = 0x003A0211
	sensitivityCorrected dicom.Tag = 0x003A0212
	baseline             dicom.Tag = 0x003A0213
	annotations          dicom.Tag = 0x0040B020
	unformattedText      dicom.Tag = 0x00700006
)

// classes are the SOP classes of waveforms below root (PS3.6 A), sound excepted.
var classes = map[string]string{
	"1.1": "12-lead ECG", "1.2": "General ECG", "1.3": "Ambulatory ECG", "1.4": "General 32-bit ECG",
	"2.1": "Hemodynamic waveform", "3.1": "Cardiac electrophysiology", "5.1": "Arterial pulse waveform", "6.1": "Respiratory waveform",
}

const root = "1.2.840.10008.5.1.4.1.1.9."

// Name is what a waveform of a SOP class is, in words; "" where it is none.
func Name(class dicom.UID) string {
	rest, ok := strings.CutPrefix(string(class), root)
	if !ok {
		return ""
	}
	return classes[rest]
}

// Channel is one lead.
type Channel struct {
	Lead string // "Lead II (Einthoven)"; foreign text, may be empty
	// Calibrated: Samples are millivolts; else the numbers as they were stored, not for
	// measurement.
	Calibrated bool
	Samples    []float64 // NaN where the recorder had none
}

// Group is channels recorded together.
type Group struct {
	Label     string  // foreign text, may be empty
	Derived   bool    // a median beat, a filtered copy
	Frequency float64 // samples a second; 0 when it is not stated
	Channels  []Channel
}

// Seconds is how long the group is; 0 when nothing says.
func (g Group) Seconds() float64 {
	if g.Frequency <= 0 || len(g.Channels) == 0 {
		return 0
	}
	return float64(len(g.Channels[0].Samples)) / g.Frequency
}

// Read reads all groups. What is no waveform, or claims more samples than it holds, is a
// *dicom.InvalidError; a coding that is not read here is a *dicom.UnsupportedError.
func Read(d *dicom.Dataset) ([]Group, error) {
	var out []Group
	for _, item := range d.Seq(waveformSequence) {
		g, err := readGroup(item)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	if len(out) == 0 {
		return nil, &dicom.InvalidError{Offset: -1, Reason: "no waveform in it"}
	}
	return out, nil
}

func readGroup(d *dicom.Dataset) (Group, error) {
	g := Group{Label: d.Str(groupLabel), Derived: d.Str(originality) == "DERIVED"}
	if hz, ok := d.Float(samplingFrequency); ok && hz > 0 && !math.IsInf(hz, 0) {
		g.Frequency = hz
	}
	c, err := codingOf(d)
	if err != nil {
		return g, err
	}
	data, _ := d.Get(waveformData)
	nc, ns := d.IntOr(channels, 0), d.IntOr(samples, 0)
	if nc < 1 || ns < 1 || ns > len(data.Bytes)/c.bytes/nc {
		return g, &dicom.InvalidError{Offset: -1, Reason: fmt.Sprintf("a waveform of %d channels, %d samples in %d bytes", nc, ns, len(data.Bytes))}
	}
	defs := d.Seq(channelDefinition)
	for k := range nc {
		ch, def := Channel{Samples: make([]float64, ns)}, &dicom.Dataset{}
		if k < len(defs) {
			def = defs[k]
		}
		factor, offset, ok := scale(def)
		ch.Lead, ch.Calibrated = lead(def), ok
		for i := range ns {
			raw := c.value(data.Bytes[(i*nc+k)*c.bytes:])
			ch.Samples[i] = float64(raw)*factor + offset
			if c.padded && raw == c.padding {
				ch.Samples[i] = math.NaN()
			}
		}
		g.Channels = append(g.Channels, ch)
	}
	return g, nil
}

// coding is how samples stand in the bytes, words in little endian as in every data set.
type coding struct {
	bytes   int
	signed  bool
	padding int
	padded  bool
}

func codingOf(d *dicom.Dataset) (coding, error) {
	bits, kind := d.IntOr(bitsAllocated, 0), d.Str(interpretation)
	c := coding{bytes: bits / 8}
	switch fmt.Sprint(kind, bits) {
	case "SS16", "SB8":
		c.signed = true
	case "US16", "UB8":
	default:
		return c, &dicom.UnsupportedError{What: fmt.Sprintf("waveform samples of %d bits", bits)}
	}
	if e, ok := d.Get(paddingValue); ok && len(e.Bytes) >= c.bytes {
		c.padding, c.padded = c.value(e.Bytes), true
	}
	return c, nil
}

func (c coding) value(b []byte) int {
	switch {
	case c.bytes == 1 && c.signed:
		return int(int8(b[0]))
	case c.bytes == 1:
		return int(b[0])
	case c.signed:
		return int(int16(binary.LittleEndian.Uint16(b)))
	}
	return int(binary.LittleEndian.Uint16(b))
}

// scale takes a stored value to millivolts: value × sensitivity × correction + baseline,
// in the sensitivity's units (PS3.3 C.10.9.1.4). ok is false, and the scale 1, where the
// channel does not say so.
func scale(def *dicom.Dataset) (factor, offset float64, ok bool) {
	units, known := map[string]float64{"uV": 1e-3, "mV": 1, "V": 1e3}[def.Item(sensitivityUnits).Str(dicom.CodeValue)]
	s, stated := def.Float(sensitivity)
	if !known || !stated || s == 0 {
		return 1, 0, false
	}
	corrected, has := def.Float(sensitivityCorrected)
	if !has || corrected == 0 {
		corrected = 1
	}
	b, _ := def.Float(baseline)
	factor, offset = s*corrected*units, b*units
	if math.IsInf(factor, 0) || math.IsNaN(factor) || math.IsInf(offset, 0) || math.IsNaN(offset) {
		return 1, 0, false
	}
	return factor, offset, true
}

func lead(def *dicom.Dataset) string {
	if s := def.Item(channelSource).Str(dicom.CodeMeaning); s != "" {
		return s
	}
	return def.Str(channelLabel)
}
