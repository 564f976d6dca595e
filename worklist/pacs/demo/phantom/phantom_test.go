package phantom

import (
	"crypto/sha256"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

var night = time.Date(2026, 11, 22, 3, 10, 0, 0, time.UTC)

func TestTheListIsFifteenStudiesOfThirteenPatients(t *testing.T) {
	studies := Studies(false, night)
	patients, orders := map[string]bool{}, map[dicom.UID]bool{}
	for _, s := range studies {
		patients[s.Header.Str(dicom.PatientID)] = true
		if s.Order != nil {
			orders[s.Order.WorkitemUID] = true
			if s.Order.Accession != s.Accession {
				t.Errorf("order %s of study %s", s.Order.Accession, s.Accession)
			}
		}
		if s.Trap != "" || s.LateInstances != 0 {
			t.Errorf("%s: a trap in the ordinary list", s.Accession)
		}
	}
	if len(studies) != 15 || len(patients) != 13 || len(orders) != 13 {
		t.Errorf("%d studies, %d patients, %d orders; want 15, 13, 13", len(studies), len(patients), len(orders))
	}
}

func TestOneOrderIsAmberOneRedOneStat(t *testing.T) {
	var amber, red, stat, unstated int
	for _, s := range Studies(false, night) {
		o := s.Order
		if o == nil {
			continue
		}
		switch whole := o.ArrivedAgo + o.DueAfter; {
		case o.DueAfter < 0:
			red++
		case float64(o.ArrivedAgo) > 0.8*float64(whole):
			amber++
		}
		if o.Stat {
			stat++
			if o.Priority != "HIGH" {
				t.Errorf("STAT with priority %q", o.Priority)
			}
		}
		if o.Priority == "" {
			unstated++
		}
		if o.Indication == "" || o.Requester == "" || o.Callback == "" || o.Label == "" || o.Bed == "" {
			t.Errorf("%s: the order lacks a line", o.Accession)
		}
	}
	if amber != 1 || red != 1 || stat != 1 || unstated != 1 {
		t.Errorf("amber %d, red %d, stat %d, not stated %d; want one each", amber, red, stat, unstated)
	}
}

func TestTheSameUIDsAndPixelsEachTime(t *testing.T) {
	a, b := Studies(true, night), Studies(true, night.Add(31*time.Hour))
	if len(a) != len(b) {
		t.Fatalf("%d studies, then %d", len(a), len(b))
	}
	for i := range a {
		if a[i].UID != b[i].UID || len(a[i].Instances) != len(b[i].Instances) {
			t.Fatalf("study %s is not itself", a[i].Accession)
		}
		for k, in := range a[i].Instances {
			if u, v := in.Header.Str(dicom.SOPInstanceUID), b[i].Instances[k].Header.Str(dicom.SOPInstanceUID); u != v {
				t.Fatalf("study %s instance %d: %s, then %s", a[i].Accession, k, u, v)
			}
		}
	}
	for _, accession := range []string{"N26-0411", "N26-0412", "N26-0413", "N26-0415", "N26-0418", "N26-0422"} {
		one, two := middle(find(t, a, accession)), middle(find(t, b, accession))
		if sha256.Sum256(pixels(t, one)) != sha256.Sum256(pixels(t, two)) {
			t.Errorf("%s: other pixels the second time", accession)
		}
	}
}

func TestSlicesCanBeRenderedAtOnce(t *testing.T) {
	studies := Studies(false, night)
	var wg sync.WaitGroup
	for _, accession := range []string{"N26-0411", "N26-0412", "N26-0413", "N26-0416"} {
		in := middle(find(t, studies, accession))
		want := sha256.Sum256(pixels(t, in))
		for range 2 {
			wg.Go(func() {
				if b, err := in.Render(); err != nil || sha256.Sum256(b) != want {
					t.Errorf("%s: other pixels beside another (%v)", accession, err)
				}
			})
		}
	}
	wg.Wait()
}

func middle(s Study) Instance { return s.Instances[len(s.Instances)/2] }

func find(t *testing.T, studies []Study, accession string) Study {
	t.Helper()
	for _, s := range studies {
		if s.Accession == accession {
			return s
		}
	}
	t.Fatalf("no study %s", accession)
	return Study{}
}

func pixels(t *testing.T, in Instance) []byte {
	t.Helper()
	b, err := in.Render()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestNoUIDStandsTwice(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range Studies(true, night) {
		if seen[string(s.UID)] {
			t.Errorf("study %s: UID used before", s.Accession)
		}
		seen[string(s.UID)] = true
		series := map[string]bool{}
		for _, in := range s.Instances {
			u := in.Header.Str(dicom.SOPInstanceUID)
			if seen[u] || !dicom.ValidUID(u) {
				t.Fatalf("study %s: SOP Instance UID %q invalid or used before", s.Accession, u)
			}
			seen[u] = true
			series[in.Header.Str(dicom.SeriesInstanceUID)] = true
			if in.Header.Str(dicom.StudyInstanceUID) != string(s.UID) {
				t.Fatalf("study %s: instance of another study", s.Accession)
			}
		}
		for u := range series {
			if seen[u] {
				t.Errorf("study %s: series UID used before", s.Accession)
			}
			seen[u] = true
		}
	}
}

func TestEveryImageSaysThatItIsAPhantom(t *testing.T) {
	for _, s := range Studies(true, night) {
		for _, in := range s.Instances {
			if !strings.HasPrefix(in.Header.Str(dicom.PatientName), "PHANTOM^") {
				t.Fatalf("study %s: a patient who is no phantom", s.Accession)
			}
			if in.Render != nil && !strings.HasPrefix(in.Header.Str(dicom.ImageComments), "PHANTOM") {
				t.Fatalf("study %s: an image that does not say so", s.Accession)
			}
			if at := in.Header.Str(dicom.StudyDate) + in.Header.Str(dicom.StudyTime); at > night.Format("20060102150405") {
				t.Fatalf("study %s of the future: %s", s.Accession, at)
			}
		}
	}
}

// TestPixelsFillTheImage renders the first instance of every series; of large
// images, projections and traps only the first of their kind.
func TestPixelsFillTheImage(t *testing.T) {
	large := map[string]bool{}
	for _, s := range Studies(true, night) {
		seen := map[string]bool{}
		for _, in := range s.Instances {
			h := in.Header
			key := h.Str(dicom.SeriesInstanceUID) + h.Str(dicom.SOPClassUID)
			if in.Render == nil || seen[key] {
				continue
			}
			seen[key] = true
			n := h.IntOr(dicom.Rows, 0) * h.IntOr(dicom.Columns, 0) * h.IntOr(dicom.SamplesPerPixel, 0) *
				h.IntOr(dicom.NumberOfFrames, 1) * h.IntOr(dicom.BitsAllocated, 0) / 8
			if kind := h.Str(dicom.SOPClassUID) + h.Str(dicom.ConvolutionKernel); n > 1e6 || s.Trap != "" || n < 2e5 {
				if large[kind] {
					continue
				}
				large[kind] = true
			}
			if b := pixels(t, in); len(b) != n || n == 0 {
				t.Errorf("study %s series %s: %d bytes, the header says %d", s.Accession, h.Str(dicom.SeriesNumber), len(b), n)
			}
		}
	}
}

// TestSlicesStandInLine holds for every cross-sectional series but the traps:
// unit vectors at right angles, equal steps, one frame of reference a study.
func TestSlicesStandInLine(t *testing.T) {
	for _, s := range Studies(false, night) {
		frames := map[string]bool{}
		last := map[string][][]float64{}
		for _, in := range s.Instances {
			o := in.Header.Floats(dicom.ImageOrientationPatient)
			if o == nil {
				continue
			}
			frames[in.Header.Str(dicom.FrameOfReferenceUID)] = true
			if dot(o[:3], o[:3]) < 0.999999 || dot(o[3:], o[3:]) < 0.999999 || math.Abs(dot(o[:3], o[3:])) > 1e-6 {
				t.Fatalf("study %s: orientation %v", s.Accession, o)
			}
			key := in.Header.Str(dicom.SeriesInstanceUID) + strings.Join(in.Header.Strs(dicom.ImageOrientationPatient), " ") + in.Header.Str(dicom.DiffusionBValue)
			last[key] = append(last[key], in.Header.Floats(dicom.ImagePositionPatient))
		}
		if len(frames) > 1 {
			t.Errorf("study %s: %d frames of reference", s.Accession, len(frames))
		}
		for _, ps := range last {
			for i := 2; i < len(ps); i++ {
				for k := range 3 {
					if d := ps[i][k] - 2*ps[i-1][k] + ps[i-2][k]; math.Abs(d) > 0.002 {
						t.Fatalf("study %s: steps differ by %.4f mm", s.Accession, d)
					}
				}
			}
		}
	}
}

func TestTheTiltedGantryShearsItsStack(t *testing.T) {
	var a, b *dicom.Dataset
	for _, in := range find(t, Studies(false, night), "N26-0414").Instances {
		if in.Header.Str(dicom.SeriesNumber) == "2" {
			a, b = b, in.Header
		}
	}
	o, p, q := a.Floats(dicom.ImageOrientationPatient), a.Floats(dicom.ImagePositionPatient), b.Floats(dicom.ImagePositionPatient)
	step := []float64{q[0] - p[0], q[1] - p[1], q[2] - p[2]}
	along := dot(step, o[3:]) / math.Sqrt(dot(step, step))
	if got := math.Abs(math.Asin(along)) * 180 / math.Pi; math.Abs(got-18) > 0.05 {
		t.Errorf("stack leans by %.2f°, the header says %s", got, a.Str(dicom.GantryDetectorTilt))
	}
}

func dot(a, b []float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func TestPriorReportsReadAndOneIsWrong(t *testing.T) {
	var texts []string
	for _, s := range Studies(false, night) {
		for _, in := range s.Instances {
			if in.Header.Str(dicom.Modality) != "SR" {
				continue
			}
			if s.Order != nil || in.Render != nil {
				t.Errorf("study %s: a report among what is to be read", s.Accession)
			}
			d, err := sr.Read(in.Header)
			if err != nil {
				t.Fatal(err)
			}
			if !d.Verified || len(d.Current) != len(s.Instances)-1 {
				t.Errorf("study %s: verified %v, %d images of %d in evidence", s.Accession, d.Verified, len(d.Current), len(s.Instances)-1)
			}
			texts = append(texts, d.Section("findings")+"|"+d.Section("impression"))
		}
	}
	if len(texts) != 2 || !strings.Contains(texts[0], "right upper lobe, 5.5 mm") || !strings.Contains(texts[0], "5.5 mm in the left upper lobe") {
		t.Errorf("reports: %q", texts)
	}
}

func TestEveryTrapIsWhatItSays(t *testing.T) {
	by := map[string]Study{}
	for _, s := range Studies(true, night) {
		if s.Trap != "" {
			by[s.Trap] = s
		}
	}
	if len(by) != len(trapCases) {
		t.Fatalf("%d traps of %d", len(by), len(trapCases))
	}
	check := func(what string, ok bool) {
		if !ok {
			t.Errorf("trap %q is none", what)
		}
	}
	head := func(what string, k int) *dicom.Dataset { return by[what].Instances[k].Header }
	check("no window", !head("missing window", 3).Has(dicom.WindowCenter))
	check("orientation", !head("absent Patient Orientation", 0).Has(dicom.PatientOrientation))
	check("stranger", head("a wrong-patient instance", 7).Str(dicom.PatientID) != by["a wrong-patient instance"].Header.Str(dicom.PatientID))
	check("laterality", head("laterality conflict", 0).Str(dicom.Laterality) == "L" && by["laterality conflict"].Order.Laterality == "R")
	check("twin", head("the clean twin of a laterality conflict", 0).Str(dicom.Laterality) == by["the clean twin of a laterality conflict"].Order.Laterality)
	check("regions", len(head("US with two regions", 0).Seq(dicom.SequenceOfUltrasoundRegions)) == 2)
	check("ermf", head("CR with ERMF 1.15", 0).Str(dicom.EstimatedRadiographicMagnificationFactor) == "1.15")
	check("slopes", head("PET slope per slice", 0).Str(dicom.RescaleSlope) != head("PET slope per slice", 1).Str(dicom.RescaleSlope))
	check("prone", head("prone and feet first", 0).Str(dicom.PatientPosition) == "FFP")
	check("neonate", head("a neonate", 0).Str(dicom.PatientAge) == "003D" || head("a neonate", 0).Str(dicom.PatientAge) == "002D")
	check("late", by["late instances"].LateInstances == 7 && len(by["late instances"].Instances) == 120)
	sp := head("anisotropic pixels", 0).Floats(dicom.PixelSpacing)
	check("anisotropic", len(sp) == 2 && sp[0] == 2*sp[1])
	check("gaps", len(by["missing and duplicate slices"].Instances) == 43)
	check("newer", by["a newer study than the one assigned"].Order == nil)
}

// TestAFlipIsVisible compares an image of each kind with its mirror image.
func TestAFlipIsVisible(t *testing.T) {
	studies := Studies(false, night)
	for _, accession := range []string{"N26-0411", "N26-0412", "N26-0413", "N26-0415", "N26-0417", "N26-0418", "N26-0420", "N26-0421"} {
		s := find(t, studies, accession)
		in := middle(s)
		if accession == "N26-0417" || accession == "N26-0420" {
			in = s.Instances[0]
		}
		px, w, h := values(in.Header, pixels(t, in))
		var same, other float64
		for y := range h {
			for x := range w / 2 {
				a, b := px[y*w+x], px[y*w+w-1-x]
				other += math.Abs(a - b)
				same += math.Abs(a) + math.Abs(b)
			}
		}
		if other < 0.01*same {
			t.Errorf("%s: mirrored it looks the same (%.3f)", accession, other/same)
		}
	}
}

func TestTruthsNameTheirCases(t *testing.T) {
	ids := map[string]bool{}
	for _, i := range Truth(true, night) {
		if ids[i.ID] || i.ID == "" || i.Sentence == "" || i.Kind == "" {
			t.Errorf("truth %q: twice, or a field is empty", i.ID)
		}
		ids[i.ID] = true
	}
	for _, i := range Truth(true, night) {
		if i.PriorID != "" && !ids[i.PriorID] {
			t.Errorf("truth %s: no prior %s", i.ID, i.PriorID)
		}
	}
	for _, i := range Truth(false, night) {
		if i.Trap != "" {
			t.Errorf("truth %s of a trap among the ordinary", i.ID)
		}
	}
}
