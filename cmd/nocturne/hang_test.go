package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/worklist/pacs/demo/phantom"
)

// headers is a desk's loader of studies whose pixels are never made: what hangs is
// decided by headers.
type headers struct {
	*load.FileLoader
	of    map[string]*dicom.Dataset // by SOP Instance UID
	asked []viewer.Object
	flat  map[[2]int]*pixel.Image
}

func (h *headers) Read(o []viewer.Object) { h.asked = append(h.asked, o...) }
func (h *headers) Want(_, _ []load.Frame) {}

// Image is a flat picture of the frame's size.
func (h *headers) Image(f load.Frame) (*pixel.Image, error) {
	d := h.of[f.Object.SOPUID]
	rows, cols := d.IntOr(dicom.Rows, 0), d.IntOr(dicom.Columns, 0)
	at := [2]int{rows, cols}
	if h.flat[at] == nil {
		if h.flat == nil {
			h.flat = map[[2]int]*pixel.Image{}
		}
		h.flat[at] = &pixel.Image{Rows: rows, Cols: cols, Aspect: 1, Stored: make([]uint16, rows*cols)}
	}
	return h.flat[at], nil
}

func (h *headers) Reading() int { return len(h.asked) }

func (h *headers) Arrived() (out []load.Header, pixels bool) {
	for _, o := range h.asked {
		f := &dicom.File{Dataset: h.of[o.SOPUID], Pixel: dicom.PixelData{Tag: 0x7FE00010}}
		out = append(out, load.Header{Object: o, File: f})
	}
	h.asked = nil
	return out, false
}

// hung is a phantom case on a desk with the protocols that come with the program.
type hung struct {
	d    *desk.Desk
	now  time.Time
	said string
	load *headers
}

// hangCase opens the study of an order's label with all other studies of its patient.
func hangCase(t *testing.T, studies []phantom.Study, label, trap string) *hung {
	t.Helper()
	at := slices.IndexFunc(studies, func(s phantom.Study) bool { return s.Order != nil && s.Order.Label == label && s.Trap == trap })
	if at < 0 {
		t.Fatalf("no order %q", label)
	}
	first := studies[at]
	who := first.Header.Str(dicom.PatientID)
	h := &hung{now: night(), load: &headers{FileLoader: load.NewFileLoader(0, 1<<20, nil), of: map[string]*dicom.Dataset{}}}
	h.d = desk.New(desk.Options{Now: func() time.Time { return h.now }, Load: h.load, Emit: func(e viewer.Event) {
		if e.Kind == viewer.Noticed {
			h.said = e.Text
		}
	}})
	t.Cleanup(h.d.Close)
	h.d.Resize(1280, 960, 1)
	in := first.Instances[0].Header
	c := viewer.Case{Epoch: 1, StudyUID: string(first.UID), Order: viewer.Order{
		PatientName: in.Str(dicom.PatientName), PatientID: who, BirthDate: in.Str(dicom.PatientBirthDate), Sex: in.Str(dicom.PatientSex),
		Accession: first.Accession, Exam: label, Laterality: first.Order.Laterality,
	}}
	var objects []viewer.Object
	for _, s := range append([]phantom.Study{first}, studies...) {
		if s.Header.Str(dicom.PatientID) != who || s.Trap != first.Trap || slices.ContainsFunc(c.Studies, func(o viewer.Study) bool { return o.UID == string(s.UID) }) {
			continue
		}
		modality := s.Instances[len(s.Instances)-1].Header.Str(dicom.Modality)
		if modality == "SR" {
			modality = s.Instances[0].Header.Str(dicom.Modality)
		}
		c.Studies = append(c.Studies, viewer.Study{UID: string(s.UID), Date: s.Header.Str(dicom.StudyDate), Modality: modality,
			Description: s.Header.Str(dicom.StudyDescription), Prior: s.UID != first.UID})
		for _, i := range s.Instances {
			if i.Render == nil {
				continue
			}
			sop := i.Header.Str(dicom.SOPInstanceUID)
			h.load.of[sop] = i.Header
			objects = append(objects, viewer.Object{StudyUID: string(s.UID), SeriesUID: i.Header.Str(dicom.SeriesInstanceUID), SOPUID: sop, Path: sop})
		}
	}
	h.d.Open(c)
	h.d.Add(1, objects)
	for range 60 {
		h.now = h.now.Add(10 * time.Millisecond)
		h.d.Tick(h.now)
	}
	return h
}

// words are what stands in the tiles: series description, "view of side" of a
// projection, "(prior)", window where the protocol set one.
func (h *hung) words() string {
	s := h.d.State()
	var out []string
	for _, t := range s.Tiles {
		d := h.load.of[t.SOPUID]
		if d == nil {
			for _, o := range h.load.of {
				if o.Str(dicom.SeriesInstanceUID) == t.SeriesUID && t.SeriesUID != "" {
					d = o
				}
			}
		}
		if d == nil {
			out = append(out, "-")
			continue
		}
		words := d.Str(dicom.SeriesDescription)
		if side := d.Str(dicom.ImageLaterality); side != "" {
			words += " " + side + " " + d.Str(dicom.ViewPosition)
		}
		if b, ok := d.Float(dicom.DiffusionBValue); ok {
			words += fmt.Sprintf(" b %g", b)
		}
		if t.Reformat != "" {
			words = t.Reformat + " " + words
		}
		if t.Width > 1 { // not of a flat picture
			words += fmt.Sprintf(" %g/%g", t.Width, t.Center)
		}
		if t.Fused > 0 {
			words += " fused"
		}
		if t.StudyUID != h.study() {
			words += " (prior)"
		}
		out = append(out, words)
	}
	if s.OneUp {
		return "one of " + s.Layout + ": " + out[s.Active]
	}
	return s.Layout + ": " + strings.Join(out, " | ")
}

func (h *hung) study() string { return h.d.State().Counts[0].StudyUID }

// phantomHangs are what a case opens with, and what each stage of its protocol shows
// that has something to show; of a trap behind its name.
var phantomHangs = map[string][]string{
	"CT head without contrast": {
		"1x2: Brain 1.25 H30 80/40 | Bone 1.25 H60 2000/400", "1x1: Brain 1.25 H30 200/75", "1x1: Brain 1.25 H30 40/40", "1x1: Bone 1.25 H60 2000/400",
	},
	"CT chest with contrast": {
		"1x1: Lung 2.0 Br64", "1x2: Mediastinum 5.0 Br40 400/40 | Lung 2.0 Br64 1500/-600", "1x1: Lung 2.0 Br64 2000/400",
		"one of 2x2: sagittal Lung 2.0 Br64 2000/400", "1x2: Lung 2.0 Br64 | Lung 2.0 Br64 (prior)",
	},
	"CT abdomen with contrast, three phases": {
		"1x3: Arterial 3.0 B30 400/40 | Portal venous 3.0 B30 400/40 | Delayed 6.0 B30 400/40",
		"1x3: Arterial 3.0 B30 150/90 | Portal venous 3.0 B30 150/90 | Delayed 6.0 B30 150/90",
		"1x1: Arterial 3.0 B30", "1x1: Arterial 3.0 B30 1500/-600", "one of 2x2: sagittal Arterial 3.0 B30 2000/400",
	},
	"CT abdomen with contrast, three phases: one series with three phases": {
		"1x3: Abdomen 12.0 B30 400/40 | Abdomen 12.0 B30 400/40 | Abdomen 12.0 B30 400/40",
		"1x3: Abdomen 12.0 B30 150/90 | Abdomen 12.0 B30 150/90 | Abdomen 12.0 B30 150/90",
		"1x1: Abdomen 12.0 B30", "1x1: Abdomen 12.0 B30 1500/-600", "one of 2x2: sagittal Abdomen 12.0 B30 2000/400",
	},
	"CT paranasal sinuses without contrast": {
		"1x1: Sinuses 2.0 bone 2000/400", "one of 2x2: coronal Sinuses 2.0 bone 2000/400", "1x2: Sinuses 2.0 bone 2000/400 | Sinuses 4.0 soft 400/40",
	},
	"MR brain without contrast": {
		"2x2: DWI b0 b1000 axial b 1000 | ADC map | FLAIR axial | T2 TSE axial",
		"1x3: DWI b0 b1000 axial b 0 | DWI b0 b1000 axial b 1000 | ADC map", "1x2: FLAIR axial | FLAIR axial (prior)",
	},
	"MR left knee without contrast": {
		"2x2: PD TSE FS coronal | PD TSE FS sagittal | T2 TSE FS axial | T1 TSE coronal", "1x1: PD TSE FS sagittal",
	},
	"Chest radiograph PA and lateral": {"1x1: Chest PA", "1x1: Chest Lateral"},
	"Radiograph right hand":           {"1x1: Hand PA"},
	"Mammography both breasts, two planes": {
		"2x2: R CC R CC | L CC L CC | R MLO R MLO | L MLO L MLO", "1x2: R CC R CC | L CC L CC", "1x2: R MLO R MLO | L MLO L MLO",
	},
	"Ultrasound upper abdomen":                   {"2x2: Upper abdomen | Upper abdomen | Upper abdomen | Upper abdomen"},
	"Coronary angiography, left coronary artery": {"1x1: LCA RAO 25 CAU 18"},
	"FDG PET/CT, skull base to thigh": {
		"1x3: CT low dose 4.0 400/40 | PET AC whole body | CT low dose 4.0 400/40 fused", "one of 2x2: coronal PET AC whole body", "1x1: CT low dose 4.0 1500/-600",
	},
}

// What every kind of case opens with, and what each stage shows.
func TestPhantomCasesHangAsTheirProtocolsSay(t *testing.T) {
	studies := phantom.Studies(true, night())
	for label, want := range phantomHangs {
		label, trap, _ := strings.Cut(label, ": ")
		h := hangCase(t, studies, label, trap)
		if got := h.words(); got != want[0] {
			t.Errorf("%s opens with\n  %s, not\n  %s", label, got, want[0])
		}
		for _, stage := range want[1:] {
			h.d.Do(viewer.StageNext)
			if got := h.words(); got != stage {
				t.Errorf("%s, %s:\n  %s, not\n  %s", label, h.said, got, stage)
			}
		}
		if h.d.Do(viewer.StageNext); h.words() != want[0] {
			t.Errorf("%s ends with %s: %s", label, h.said, h.words())
		}
	}
}
