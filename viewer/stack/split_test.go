package stack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// at puts a slice of a series of n places, several passes one after the other, where
// it belongs.
func at(d *dicom.Dataset, place int) {
	d.SetFloat(dicom.ImagePositionPatient, -15.5, -15.5, -2*float64(place))
}

// What tells slices in the same places apart makes stacks of its own, whichever
// attribute it is, in its own order; and each stack goes down through every place once.
func TestSlicesInTheSamePlacesAreStacksOfTheirOwn(t *testing.T) {
	for name, c := range map[string]struct {
		edit func(d *dicom.Dataset, pass int)
		part string // of the last pass
	}{
		"temporal position": {func(d *dicom.Dataset, pass int) { d.SetInt(dicom.TemporalPositionIdentifier, 9+pass) }, "time 3 of 3"},
		"acquisition":       {func(d *dicom.Dataset, pass int) { d.SetInt(dicom.AcquisitionNumber, 9+pass) }, "acquisition 11"},
		"image type": {func(d *dicom.Dataset, pass int) {
			d.SetStr(dicom.ImageType, "DERIVED", "PRIMARY", "DIXON", "FIW"[pass:pass+1])
		}, "W"},
		"first image type": {func(d *dicom.Dataset, pass int) { d.SetStr(dicom.ImageType, "DERIVED", "PRIMARY", "MPR"[pass:pass+1]) }, "R"},
		"inversion time":   {func(d *dicom.Dataset, pass int) { d.SetFloat(dicom.InversionTime, 90+10*float64(pass)) }, "TI 110 ms"},
		"echo time":        {func(d *dicom.Dataset, pass int) { d.SetFloat(dicom.EchoTime, 90+10*float64(pass)) }, "TE 110 ms"},
		"heart": {func(d *dicom.Dataset, pass int) {
			d.SetFloat(dicom.NominalPercentageOfCardiacPhase, 60+5*float64(pass))
		}, "70 % RR"},
		"time":          {func(d *dicom.Dataset, pass int) { d.SetStr(dicom.AcquisitionTime, fmt.Sprintf("10%02d00", pass)) }, "pass 3 of 3"},
		"numbers alone": {func(d *dicom.Dataset, pass int) {}, "pass 3 of 3"},
	} {
		s := vt.Series{Modality: "MR", Slices: 21, Edit: func(d *dicom.Dataset, i int) {
			at(d, i%7)
			c.edit(d, i/7)
			d.SetInt(dicom.InstanceNumber, i+1)
		}}
		stacks := stacked(s)
		if len(stacks) != 3 {
			t.Errorf("%s: %d stacks", name, len(stacks))
			continue
		}
		for k, st := range stacks {
			if len(st.Slots) != 7 || !st.Spatial || st.Spacing != 2 {
				t.Fatalf("%s: stack %d has %d slices %v mm apart", name, k, len(st.Slots), st.Spacing)
			}
			for i, sl := range st.Slots {
				if want := s.SOP(7*k + i); sl.SOP() != want {
					t.Errorf("%s: slice %d of stack %d is %s, not %s", name, i, k, sl.SOP(), want)
				}
			}
		}
		if stacks[2].Part != c.part {
			t.Errorf("%s: the last is called %q, not %q", name, stacks[2].Part, c.part)
		}
	}
}

// What differs from slice to slice without slices lying in one place cuts nothing.
func TestOneStackIsNotCutByWhatDiffersFromSliceToSlice(t *testing.T) {
	for name, edit := range map[string]func(d *dicom.Dataset, i int){
		"times":          func(d *dicom.Dataset, i int) { d.SetStr(dicom.AcquisitionTime, fmt.Sprintf("10%02d00", i)) },
		"triggers":       func(d *dicom.Dataset, i int) { d.SetFloat(dicom.TriggerTime, float64(i)) },
		"two breaths":    func(d *dicom.Dataset, i int) { d.SetInt(dicom.AcquisitionNumber, 1+i/6) },
		"temporal, each": func(d *dicom.Dataset, i int) { d.SetInt(dicom.TemporalPositionIdentifier, i+1) },
		"one repeated": func(d *dicom.Dataset, i int) {
			if i == 11 {
				at(d, 3)
				d.SetStr(dicom.AcquisitionTime, "235959")
			}
		},
	} {
		if stacks := stacked(vt.Series{Slices: 12, Edit: edit}); len(stacks) != 1 || len(stacks[0].Slots) != 12 {
			t.Errorf("%s: %d stacks", name, len(stacks))
		}
	}
	oneplace := vt.Series{Slices: 25, Modality: "MR", Edit: func(d *dicom.Dataset, i int) {
		at(d, 0)
		d.SetFloat(dicom.TriggerTime, float64(30*i))
		d.SetInt(dicom.InstanceNumber, i+1)
	}}
	stacks := stacked(oneplace)
	if len(stacks) != 1 || len(stacks[0].Slots) != 25 || stacks[0].Slots[24].SOP() != oneplace.SOP(24) {
		t.Errorf("a beating heart in one place: %d stacks", len(stacks))
	}
}

// However a series was taken and numbered, down is to the feet, left or back.
func TestDownIsCaudalLeftOrPosteriorWhateverTheAcquisition(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 1))
	for range 200 {
		n := space.Vec3{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}.Unit()
		row := n.Cross(space.Vec3{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}).Unit()
		col := row.Cross(n).Scale(float64(1 - 2*rng.IntN(2)))
		order := rng.Perm(9)
		s := vt.Series{Slices: 9, Edit: func(d *dicom.Dataset, i int) {
			p := n.Scale(3 * float64(i))
			d.SetFloat(dicom.ImageOrientationPatient, row[0], row[1], row[2], col[0], col[1], col[2])
			d.SetFloat(dicom.ImagePositionPatient, p[0], p[1], p[2])
			d.SetInt(dicom.InstanceNumber, order[i])
		}}
		stacks := stacked(s)
		if len(stacks) != 1 {
			t.Fatalf("normal %v: %d stacks", n, len(stacks))
		}
		first, _ := stacks[0].Slots[0].Instance.Plane(0)
		last, _ := stacks[0].Slots[8].Instance.Plane(0)
		down, main := last.Origin.Sub(first.Origin), 0
		for a := range 3 {
			if math.Abs(down[a]) > math.Abs(down[main]) {
				main = a
			}
		}
		if down[main] > 0 == (main == 2) { // LPS: left and back are plus, the feet minus
			t.Errorf("normal %v: down goes along %v", n, down)
		}
	}
}

// Planes that turn about a line are one set in the order of their numbers.
func TestRadialPlanesAreOneSetByNumber(t *testing.T) {
	s := vt.Series{Modality: "MR", Slices: 12, Edit: func(d *dicom.Dataset, i int) {
		a := float64(i) / 12
		v := space.Vec3{1 - a, a, 0}.Unit()
		d.SetFloat(dicom.ImageOrientationPatient, v[0], v[1], 0, 0, 0, -1)
		d.SetInt(dicom.InstanceNumber, i+1)
	}}
	stacks := stacked(s)
	if len(stacks) != 1 || stacks[0].Spatial || stacks[0].Slots[11].SOP() != s.SOP(11) {
		t.Errorf("%d stacks", len(stacks))
	}
}

// enhanced is a multi-frame object of stacks of six frames: as many as there are edits.
func enhanced(edits ...func(group *dicom.Dataset)) vt.Series {
	return vt.Series{Modality: "MR", Slices: 1, Edit: func(d *dicom.Dataset, _ int) {
		var per []*dicom.Dataset
		for place := range 6 {
			for _, edit := range edits {
				g, pos, ori := &dicom.Dataset{}, &dicom.Dataset{}, &dicom.Dataset{}
				pos.SetFloat(dicom.ImagePositionPatient, 0, 0, -4*float64(place))
				ori.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
				g.SetSeq(dicom.PlanePositionSequence, pos)
				g.SetSeq(dicom.PlaneOrientationSequence, ori)
				edit(g)
				per = append(per, g)
			}
		}
		d.SetInt(dicom.NumberOfFrames, len(per))
		d.SetSeq(dicom.PerFrameFunctionalGroupsSequence, per...)
	}}
}

// item puts a value into a functional group.
func item(macro, t dicom.Tag, v ...string) func(g *dicom.Dataset) {
	return func(g *dicom.Dataset) {
		d := &dicom.Dataset{}
		if len(v) == 1 {
			d.SetStr(t, v[0])
		} else {
			d.SetStr(t, v...)
		}
		g.SetSeq(macro, d)
	}
}

func number(macro, t dicom.Tag, v float64) func(g *dicom.Dataset) {
	return func(g *dicom.Dataset) {
		d := &dicom.Dataset{}
		d.SetFloat(t, v)
		g.SetSeq(macro, d)
	}
}

func TestFramesOfOneObjectAreCutAsSlicesAre(t *testing.T) {
	for name, edits := range map[string][]func(g *dicom.Dataset){
		"stacks":   {item(dicom.FrameContentSequence, dicom.StackID, "1"), item(dicom.FrameContentSequence, dicom.StackID, "2")},
		"b-values": {number(dicom.MRDiffusionSequence, dicom.DiffusionBValue, 0), number(dicom.MRDiffusionSequence, dicom.DiffusionBValue, 1000)},
		"echoes":   {number(dicom.MREchoSequence, dicom.EffectiveEchoTime, 20), number(dicom.MREchoSequence, dicom.EffectiveEchoTime, 80)},
		"times":    {number(dicom.FrameContentSequence, dicom.TemporalPositionIndex, 1), number(dicom.FrameContentSequence, dicom.TemporalPositionIndex, 2)},
		"types": {item(dicom.MRImageFrameTypeSequence, dicom.FrameType, "ORIGINAL", "PRIMARY", "M", "NONE"),
			item(dicom.MRImageFrameTypeSequence, dicom.FrameType, "ORIGINAL", "PRIMARY", "FIELD_MAP", "NONE")},
		"heart": {number(dicom.CardiacSynchronizationSequence, dicom.NominalPercentageOfCardiacPhase, 40),
			number(dicom.CardiacSynchronizationSequence, dicom.NominalPercentageOfCardiacPhase, 75)},
	} {
		stacks := stacked(enhanced(edits...))
		if len(stacks) != 2 {
			t.Errorf("%s: %d stacks", name, len(stacks))
			continue
		}
		for k, st := range stacks {
			for i, sl := range st.Slots {
				if len(st.Slots) != 6 || !st.Spatial || sl.Frame != 2*i+k {
					t.Errorf("%s: slice %d of stack %d is frame %d of %d", name, i, k, sl.Frame, len(st.Slots))
				}
			}
		}
	}
	if stacks := stacked(enhanced(func(*dicom.Dataset) {})); len(stacks) != 1 || len(stacks[0].Slots) != 6 {
		t.Errorf("one stack: %d", len(stacks))
	}
}

func TestABValueIsReadWhereScannersPutIt(t *testing.T) {
	text := func(v string) func(tag dicom.Tag) dicom.Element {
		return func(tag dicom.Tag) dicom.Element { return dicom.Element{Tag: tag, VR: "IS", Text: []string{v}} }
	}
	raw := func(v string) func(tag dicom.Tag) dicom.Element {
		return func(tag dicom.Tag) dicom.Element { return dicom.Element{Tag: tag, VR: "UN", Bytes: []byte(v)} }
	}
	for name, c := range map[string]struct {
		creator        string
		group, element dicom.Tag
		values         [2]func(tag dicom.Tag) dicom.Element // of b 0 and b 800
	}{
		"IS":            {"SIEMENS MR HEADER", 0x00190000, 0x0C, [2]func(dicom.Tag) dicom.Element{text("0"), text("800")}},
		"IS without VR": {"SIEMENS MR HEADER", 0x00190000, 0x0C, [2]func(dicom.Tag) dicom.Element{raw("0 "), raw("800 ")}},
		"with 10⁹":      {"GEMS_PARM_01", 0x00430000, 0x39, [2]func(dicom.Tag) dicom.Element{raw("1000000000\\8\\0\\0"), raw("1000000800\\8\\0\\0 ")}},
		"FL without VR": {"Philips Imaging DD 001", 0x20010000, 0x03, [2]func(dicom.Tag) dicom.Element{raw("\x00\x00\x00\x00"), raw("\x00\x00\x48\x44")}},
	} {
		s := vt.Series{Modality: "MR", Slices: 6, Edit: func(d *dicom.Dataset, i int) {
			at(d, i%3)
			d.Set(dicom.Element{Tag: c.group | 0x0012, VR: "LO", Text: []string{c.creator}})
			d.Set(c.values[i/3](c.group | 0x1200 | c.element))
		}}
		var got []float64
		for _, st := range stacked(s) {
			got = append(got, st.B())
		}
		slices.Sort(got)
		if len(got) != 2 || got[0] != 0 || got[1] != 800 {
			t.Errorf("%s: b-values %v", name, got)
		}
	}
}

func TestThePhaseIsNamedWithItsSource(t *testing.T) {
	for _, c := range []struct{ description, start, acquired, want string }{
		{"Abdomen portal 3.0", "", "", "portal: name"},
		{"Leber art. 1.0", "", "", "arterial: name"},
		{"Abdomen 3.0", "101500", "101610", "portal: +70 s"},
		{"Abdomen 3.0", "101500", "101535", "arterial: +35 s"},
		{"Abdomen 3.0", "235930", "000040", "portal: +70 s"},
		{"Abdomen 3.0", "101500", "101400", "native: −60 s"},
		{"Abdomen portal 3.0", "101500", "101535", "portal: name, +35 s"},
		{"Abdomen 3.0", "101500", "130000", ""},
		{"Abdomen 3.0", "", "101610", ""},
		{"Abdomen portalvenös", "", "", "portal: name"},
		{"portal venous phase", "", "", "portal: name"},
		{"Smart plan", "", "", ""},
	} {
		d := &dicom.Dataset{}
		d.SetStr(dicom.Modality, "CT")
		d.SetStr(dicom.SeriesDescription, c.description)
		d.SetStr(dicom.ContrastBolusStartTime, c.start)
		d.SetStr(dicom.AcquisitionTime, c.acquired)
		if got := phaseOf(&Instance{Header: d}, 0); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

// Every series of the real studies: each stack goes down, through every place once.
func TestRealSeriesGoDownThroughEveryPlaceOnce(t *testing.T) {
	series := map[string][]*Instance{}
	for _, row := range oracle.Rows(t) {
		path := row["file"]
		if !strings.HasPrefix(path, "studies/") && !strings.HasPrefix(path, "modalities/") {
			continue
		}
		f, err := dicom.ReadHeader(oracle.Data(t, path))
		if err != nil {
			continue
		}
		o := viewer.Object{SeriesUID: f.Dataset.Str(dicom.SeriesInstanceUID), SOPUID: f.Dataset.Str(dicom.SOPInstanceUID)}
		series[path[:strings.LastIndex(path, "/")]+o.SeriesUID] = append(series[path[:strings.LastIndex(path, "/")]+o.SeriesUID], NewInstance(o, f))
	}
	n := 0
	for name, instances := range series {
		for _, st := range Of("1", "2", instances) {
			if !st.Spatial || len(st.Slots) < 2 {
				continue
			}
			n++
			for i := 1; i < len(st.Slots); i++ {
				if st.Slots[i].Position <= st.Slots[i-1].Position {
					t.Errorf("%s %q: slice %d is not below slice %d", name, st.Description, i+1, i)
				}
			}
		}
	}
	if n < 8 {
		t.Errorf("%d stacks of real data", n)
	}
}
