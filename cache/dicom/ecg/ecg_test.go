package ecg

import (
	"bytes"
	"errors"
	"math"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

// wave is one group of two leads.
func wave(bits int, kind string, data []byte, ns int, units string) *dicom.Dataset {
	var defs []*dicom.Dataset
	for _, name := range []string{"Lead I", "Lead II"} {
		def, source, u := &dicom.Dataset{}, &dicom.Dataset{}, &dicom.Dataset{}
		source.SetStr(dicom.CodeMeaning, name)
		def.SetSeq(channelSource, source)
		if units != "" {
			u.SetStr(dicom.CodeValue, units)
			def.SetSeq(sensitivityUnits, u)
			def.SetFloat(sensitivity, 5)
			def.SetFloat(sensitivityCorrected, 2)
			def.SetFloat(baseline, 100)
		}
		defs = append(defs, def)
	}
	g := &dicom.Dataset{}
	g.SetInt(channels, 2)
	g.SetInt(samples, ns)
	g.SetFloat(samplingFrequency, 500)
	g.SetSeq(channelDefinition, defs...)
	g.SetInt(bitsAllocated, bits)
	g.SetStr(interpretation, kind)
	g.Set(dicom.Element{Tag: waveformData, VR: "OW", Bytes: data})
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, "1.2.840.10008.5.1.4.1.1.9.1.1")
	d.SetStr(dicom.SOPInstanceUID, "1.2.3")
	d.SetSeq(waveformSequence, g)
	return d
}

func TestSamplesBecomeMillivoltsByTheirChannel(t *testing.T) {
	for name, c := range map[string]struct {
		bits  int
		kind  string
		data  []byte
		units string
		want  [2][2]float64 // stored × 5 × 2 + 100, in units
		ok    bool
	}{
		"16 bits signed, µV":  {16, "SS", []byte{1, 0, 0xFF, 0xFF, 0, 1, 0, 0x80}, "uV", [2][2]float64{{0.11, 2.66}, {0.09, -327.58}}, true},
		"16 bits, mV":         {16, "US", []byte{1, 0, 0xFF, 0xFF, 0, 1, 0, 0x80}, "mV", [2][2]float64{{110, 2660}, {655450, 327780}}, true},
		"8 bits signed, µV":   {8, "SB", []byte{1, 0xFF, 2, 0x80}, "uV", [2][2]float64{{0.11, 0.12}, {0.09, -1.18}}, true},
		"8 bits, µV":          {8, "UB", []byte{1, 0xFF, 2, 0x80}, "uV", [2][2]float64{{0.11, 0.12}, {2.65, 1.38}}, true},
		"without calibration": {16, "SS", []byte{1, 0, 0xFF, 0xFF, 0, 1, 0, 0x80}, "", [2][2]float64{{1, 256}, {-1, -32768}}, false},
		"unit of pressure":    {8, "UB", []byte{1, 0xFF, 2, 0x80}, "mm[Hg]", [2][2]float64{{1, 2}, {255, 128}}, false},
	} {
		got, err := Read(wave(c.bits, c.kind, c.data, 2, c.units))
		if err != nil || len(got) != 1 || len(got[0].Channels) != 2 || got[0].Seconds() != 0.004 {
			t.Errorf("%s: %+v, %v", name, got, err)
			continue
		}
		for k, ch := range got[0].Channels {
			for i, v := range ch.Samples {
				if math.Abs(v-c.want[k][i]) > 1e-9 || ch.Calibrated != c.ok {
					t.Errorf("%s: channel %d sample %d is %v (%v), want %v", name, k, i, v, ch.Calibrated, c.want[k][i])
				}
			}
		}
	}
}

func TestPaddingIsNoSample(t *testing.T) {
	d := wave(16, "SS", []byte{1, 0, 0, 0x80, 2, 0, 3, 0}, 2, "uV")
	d.Seq(waveformSequence)[0].Set(dicom.Element{Tag: paddingValue, VR: "OW", Bytes: []byte{0, 0x80}})
	got, err := Read(d)
	if err != nil || !math.IsNaN(got[0].Channels[1].Samples[0]) || math.IsNaN(got[0].Channels[1].Samples[1]) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestWhatClaimsMoreThanItHoldsIsRefused(t *testing.T) {
	var invalid *dicom.InvalidError
	var unsupported *dicom.UnsupportedError
	if _, err := Read(wave(16, "SS", make([]byte, 7), 2, "uV")); !errors.As(err, &invalid) {
		t.Errorf("too short: %v", err)
	}
	if _, err := Read(wave(16, "SS", nil, 1<<31-1, "uV")); !errors.As(err, &invalid) {
		t.Errorf("empty: %v", err)
	}
	if _, err := Read(&dicom.Dataset{}); !errors.As(err, &invalid) {
		t.Errorf("nothing: %v", err)
	}
	if _, err := Read(wave(8, "MB", make([]byte, 8), 2, "uV")); !errors.As(err, &unsupported) {
		t.Errorf("µ-law: %v", err)
	}
}

func TestWithoutCalibrationItIsSaidToBeNoMeasurement(t *testing.T) {
	text, err := Text(wave(8, "UB", []byte{1, 2, 3, 4}, 2, ""))
	if err != nil || strings.Count(text, "not for measurement") != 2 {
		t.Errorf("%q, %v", text, err)
	}
	if text, _ = Text(wave(8, "UB", []byte{1, 2, 3, 4}, 2, "uV")); strings.Contains(text, "not for measurement") || !strings.Contains(text, "Lead II: 0.12 to 0.14 mV") {
		t.Errorf("%q", text)
	}
}

// TestRealWaveformsEqualDcmdump compares every sample of the first group with what
// dcmdump prints, and limb leads with Einthoven's law, II = I + III.
func TestRealWaveformsEqualDcmdump(t *testing.T) {
	dump := oracle.Tool(t, "dcmdump")
	for _, row := range oracle.Rows(t) {
		if row["sop_class"] != "12-lead ECG Waveform Storage" {
			continue
		}
		path := oracle.Data(t, row["file"])
		f, err := dicom.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		groups, err := Read(f.Dataset)
		if err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command(dump, "+L", "+P", "5400,1010", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		for k, line := range strings.Split(strings.TrimSpace(string(said)), "\n") {
			compare(t, groups[k], strings.Split(strings.Fields(line)[2], `\`))
		}
		einthoven(t, groups[0])
	}
}

func compare(t *testing.T, g Group, words []string) {
	t.Helper()
	n := len(g.Channels)
	if len(words) != n*len(g.Channels[0].Samples) {
		t.Fatalf("%d words, %d channels of %d samples", len(words), n, len(g.Channels[0].Samples))
	}
	for i, w := range words {
		raw, err := strconv.ParseUint(w, 16, 16)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := g.Channels[i%n].Samples[i/n], float64(int16(raw))*1.25/1000; math.Abs(got-want) > 1e-9 { // 1.25 µV, by dcmdump
			t.Fatalf("word %d: %v mV, want %v", i, got, want)
		}
	}
}

func einthoven(t *testing.T, g Group) {
	t.Helper()
	at := map[string][]float64{}
	for _, c := range g.Channels {
		name, _, _ := strings.Cut(strings.TrimPrefix(c.Lead, "Lead "), " ")
		at[name] = c.Samples
	}
	if at["I"] == nil || at["II"] == nil || at["III"] == nil {
		t.Fatalf("limb leads are missing among %d", len(g.Channels))
	}
	for i := range at["I"] {
		if d := at["I"][i] + at["III"][i] - at["II"][i]; math.Abs(d) > 0.008 { // each is rounded to 5 µV or finer
			t.Fatalf("sample %d: I + III − II is %v mV", i, d)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, d := range []*dicom.Dataset{
		wave(16, "SS", []byte{1, 0, 0xFF, 0xFF, 0, 1, 0, 0x80}, 2, "uV"), wave(8, "UB", []byte{1, 2, 3, 4}, 2, ""), wave(16, "US", make([]byte, 6), 9, "mV"),
	} {
		var b bytes.Buffer
		if err := dicom.Write(&b, d, nil); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		o, err := dicom.Parse(b)
		if err != nil {
			return
		}
		groups, err := Read(o.Dataset)
		for _, g := range groups {
			for _, c := range g.Channels {
				if err == nil && len(c.Samples)*len(g.Channels) > len(b) {
					t.Error("more samples than bytes")
				}
			}
		}
		Text(o.Dataset)
	})
}
