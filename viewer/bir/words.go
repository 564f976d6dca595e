package bir

import (
	"fmt"
	"math"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

// wordItems are about what is written on an image.
func wordItems(o Options) []item {
	return []item{
		{"BIR_ANNOTATION", "Patient, study, series, image and technique are written", annotated},
		{"BIR_ORIENTATION", "Orientation letters, from the planes or from the image; unknown where nothing is said", oriented},
		{"BIR_LATERALITY", "The side, and a side that disagrees with the order", laterality},
		{"BIR_POSITION", "Where a slice lies, and how the patient lay", position},
		{"BIR_SCALE", "A scale bar of true length", scaleBar},
		{"BIR_LOSSY", "Lossy compression is said of images that have it, and of no others", lossy},
		{"BIR_NO_BLANKET", "\"Not for diagnosis\" is no blanket over every image", func(s *session, t *trial) { blanket(o, s, t) }},
		{"BIR_IDENTITY", "An image of another patient than the order's is said", identity},
	}
}

func annotated(s *session, t *trial) {
	k := stack{n: 4, number: 3, description: "thin axial", edit: func(d *dataset, _ int) { d.SetStr(dicom.ConvolutionKernel, "Br40") }}
	s.show(k)
	s.press("j")
	for _, words := range []string{
		"PHANTOM, BASIC", "BIR-1", "2026-03-01", "Basic review", "Se 3: thin axial", "Im 2/4", "120 kV", "5 mm", "Br40", "W 400 L 40", "zoom",
	} {
		t.want(s.says(words), "%s", words)
	}
}

// edges are the orientation letters as they stand around the first tile.
func (s *session) edges() (top, right, bottom, left string) {
	r := s.shown(0).Rect
	mx, my := s.middle(0)
	for _, w := range s.scene().Over.Texts {
		if len(w.S) > 3 || strings.Trim(w.S, "LRAPHF") != "" {
			continue
		}
		switch {
		case math.Abs(w.X-mx) < 20 && w.Y < float64(r.Min.Y+60):
			top = w.S
		case math.Abs(w.X-mx) < 20:
			bottom = w.S
		case math.Abs(w.Y-my) < 20 && w.X < mx:
			left = w.S
		case math.Abs(w.Y-my) < 20:
			right = w.S
		}
	}
	return
}

func oriented(s *session, t *trial) {
	letters := func(want, what string) {
		a, b, c, d := s.edges()
		got := strings.Join([]string{a, b, c, d}, " ")
		t.want(got == want, "%s: %s (top right bottom left)", what, got)
	}
	s.show(stack{})
	letters("A L P R", "axial")
	s.press("h")
	letters("A R P L", "flipped")
	s.press("h", "o")
	letters("R A L P", "turned right")
	s.show(stack{number: 2, edit: func(d *dataset, _ int) { d.SetFloat(dicom.ImageOrientationPatient, 0, 1, 0, 0, 0, -1) }})
	letters("H P F A", "sagittal")
	film := stack{number: 3, n: 1, modality: "CR", edit: func(d *dataset, _ int) {
		projection(d)
		d.SetStr(dicom.PatientOrientation, "L", "F")
	}}
	s.show(film)
	letters("H L F R", "radiograph, Patient Orientation L\\F")
	film.number, film.edit = 4, func(d *dataset, _ int) { projection(d) }
	s.show(film)
	t.want(s.says("orientation unknown"), "a radiograph that does not say: orientation unknown")
}

func laterality(s *session, t *trial) {
	o := order
	o.Laterality = "L"
	k := stack{n: 1, modality: "CR", edit: func(d *dataset, _ int) {
		projection(d)
		d.SetStr(dicom.ImageLaterality, "R")
	}}
	s.open(o, []viewer.Study{current}, k.write(s.dir)...)
	t.want(s.says("RIGHT"), "RIGHT on the image")
	t.want(s.says("LATERALITY: image R, order L"), "and the order's L against it")
	o.Laterality = "R"
	s.open(o, []viewer.Study{current}, k.write(s.dir)...)
	t.want(s.says("RIGHT") && !s.says("LATERALITY"), "nothing where they agree")
}

func position(s *session, t *trial) {
	s.show(stack{n: 5}) // 100 mm, then 5 mm further down each
	s.press("j", "j")
	t.want(s.says("+90.0 mm"), "slice 3 of a stack from +100 mm in steps of 5: +90.0 mm")
	s.show(stack{number: 2, edit: func(d *dataset, _ int) { d.SetStr(dicom.PatientPosition, "FFP") }})
	t.want(s.says("prone"), "FFP: prone, feet first")
}

func scaleBar(s *session, t *trial) {
	k := blocks()
	k.rowMM, k.colMM = 0.5, 0.5
	s.show(k)
	length, px := 0.0, 0.0
	for _, w := range s.scene().Over.Texts {
		var n float64
		var unit string
		if got, _ := fmt.Sscanf(w.S, "%f %s", &n, &unit); got == 2 && (unit == "mm" || unit == "cm") && w.S == fmt.Sprintf("%g %s", n, unit) {
			length = n * map[string]float64{"mm": 1, "cm": 10}[unit]
		}
	}
	for _, l := range s.scene().Over.Lines {
		if l.Y0 == l.Y1 {
			px = math.Max(px, math.Abs(l.X1-l.X0))
		}
	}
	t.want(length > 0, "a bar of %g mm", length)
	t.near("its length at zoom, mm", px/s.zoom()*0.5, length, 0.01*length)
}

func lossy(s *session, t *trial) {
	k := blocks()
	k.edit = func(d *dataset, _ int) {
		d.SetStr(dicom.LossyImageCompression, "01")
		d.SetFloat(dicom.LossyImageCompressionRatio, 10)
	}
	s.show(k)
	t.want(s.says("lossy"), "an image compressed 10:1 once says lossy")
	k = blocks()
	k.number = 2
	s.show(k)
	t.want(!s.says("lossy"), "one that never was says nothing")
}

func blanket(o Options, s *session, t *trial) {
	for _, st := range o.Studies {
		s.open(st.Order, st.Studies, st.Objects...)
		said := s.says("NOT FOR") || s.says("not for diagnosis")
		t.want(said == (st.Modality == "MG"), "%s %s", st.Modality, map[bool]string{true: "carries a warning: no check of the display is known", false: "without"}[said])
	}
	if len(o.Studies) == 0 {
		t.skip("no studies were given")
	}
}

func identity(s *session, t *trial) {
	k := stack{n: 4, edit: func(d *dataset, slice int) {
		if slice == 2 {
			d.SetStr(dicom.PatientID, "BIR-2")
		}
	}}
	s.show(k)
	t.want(s.says("NOT THE ORDERED PATIENT"), "one of four images with another ID: a red bar")
	t.want(len(s.d.State().Mismatch) == 1, "%q to the signing check", strings.Join(s.d.State().Mismatch, ", "))
}
