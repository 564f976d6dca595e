package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/ko"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/evidence"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/paper"
)

var signedAt = time.Date(2026, 3, 1, 3, 10, 5, 0, time.FixedZone("", 3600))

// scanned are the headers of a small CT, and its facts at a sign sheet.
func scanned() (evidence.Images, report.Facts) {
	scan, images := vt.Series{}, evidence.Images{}
	f := report.Facts{
		Patient:   report.Patient{Name: vt.Order.PatientName, ID: vt.Order.PatientID, Birth: vt.Order.BirthDate, Sex: vt.Order.Sex},
		Accession: vt.Order.Accession, Exam: vt.Order.Exam, Modality: "CT", Lossy: []string{"JPEG 10:1"},
		Reader:  report.Reader{Name: "NIGHT^Rita", ID: "rita", Organization: "Night Hospital"},
		Request: sr.Request{Accession: vt.Order.Accession, Description: vt.Order.Exam},
	}
	for i := range 3 {
		h := scan.Dataset(i)
		for t, v := range map[dicom.Tag]string{dicom.StudyTime: "031200", dicom.StudyID: "1", dicom.ReferringPhysicianName: "WARD^Walter", dicom.BodyPartExamined: "CHEST"} {
			h.SetStr(t, v)
		}
		images[h.Str(dicom.SOPInstanceUID)] = h
		f.Instances = append(f.Instances, sr.Reference(h))
		f.Study = h
	}
	prior := f.Instances[0]
	prior.Study, prior.Series, prior.Instance = "1.9", "1.9.1", "1.9.1.1"
	f.Priors = []report.Prior{{StudyUID: "1.9", Date: "20250101", Loaded: true, Instances: []sr.InstanceRef{prior, f.Instances[0]}}}
	f.Critical = []report.Communication{{ID: "c1", Finding: "Bleed", Category: 1, Identified: signedAt, By: "NIGHT^Rita", To: "Dr. Ward", Told: signedAt, Closed: signedAt}}
	return images, f
}

// marked are a length and a key image of the first slice.
func marks(f report.Facts) []viewer.Mark {
	on := f.Instances[0]
	m := viewer.Mark{ID: "2.25.1", Kind: viewer.Length, StudyUID: string(on.Study), SeriesUID: string(on.Series), SOPUID: string(on.Instance),
		Points: [][2]float64{{4.5, 4.5}, {12.5, 4.5}}, Values: []viewer.Value{{Name: "length", Number: 8, Unit: "mm"}}, Modality: "CT"}
	key := viewer.Mark{ID: "2.25.2", Kind: viewer.KeyImageMark, StudyUID: m.StudyUID, SeriesUID: m.SeriesUID, SOPUID: m.SOPUID}
	return []viewer.Mark{m, key}
}

// everyKind signs one report after the other: a preliminary line, the report that
// replaces it, an addendum to that, a correction and a withdrawal.
func everyKind(t *testing.T, f report.Facts) map[report.Kind]report.Release {
	t.Helper()
	out := map[report.Kind]report.Release{}
	at := signedAt
	sign := func(d *report.Draft) report.Document {
		t.Helper()
		at = at.Add(time.Minute)
		s, err := report.Sign(d, f, at)
		if err != nil {
			t.Fatalf("%s: %v", d.What(), err)
		}
		out[d.What()] = d.Release(f, s)
		return report.Document{SeriesUID: s.SeriesUID, SOPUID: s.SOPUID, SOPClass: s.SOPClass}
	}
	d := report.New(string(f.Instances[0].Study), f.Accession, "NORTH", signedAt.Add(-time.Hour))
	f.Critical[0].Identified = signedAt.Add(time.Hour) // told of after each was begun
	d.Authors = []report.Reader{{Name: "YOUNG^Tom", ID: "tom"}}
	for s, text := range map[report.Section]string{report.Indication: "Fall.", report.Technique: "CT of the chest.", report.Comparison: "None.",
		report.Findings: "Größe 8.0 mm, ≥ 6 mm.\nZweite Zeile, 肺.", report.Impression: "Nodule.", report.Recommendation: "CT in 3 months."} {
		d.Set(s, text, signedAt)
	}
	line := sign(d.WetRead("Nodule of 8 mm.", signedAt))
	d.Follows(line, map[report.Section]string{report.Impression: "Nodule of 8 mm."}, signedAt)
	final := sign(d)
	added := d.Addend(final, "asked by telephone", signedAt)
	added.Set(report.Addendum, "No rib fracture.", signedAt)
	sign(added)
	corrected := d.Correct(final, "wrong size", signedAt)
	corrected.Set(report.Impression, "Nodule of 9 mm.", signedAt)
	sign(corrected)
	sign(d.Withdraw(final, "of another patient", signedAt))
	return out
}

// PS3.16 CID 7009, PS3.3 C.17.2, workflow.md E2.
func TestEveryKindOfReportSaysWhatItIs(t *testing.T) {
	_, f := scanned()
	all := everyKind(t, f)
	for kind, want := range map[report.Kind]struct{ flag, verified, purpose, says, not string }{
		report.Preliminary: {"PRELIMINARY", "UNVERIFIED", "", "Nodule of 8 mm.", "CT in 3 months."},
		report.Final:       {"FINAL", "VERIFIED", "121362", "CT in 3 months.", "WITHDRAWN"},
		report.Added:       {"FINAL", "VERIFIED", "121361", "Reason for the addendum: asked by telephone\nNo rib fracture.", "WITHDRAWN"},
		report.Corrected:   {"FINAL", "VERIFIED", "121360", "Reason: wrong size", "8 mm."},
		report.Withdrawn:   {"FINAL", "VERIFIED", "121360", "REPORT WITHDRAWN. It must not be used. Reason: of another patient", "odule"},
	} {
		r := all[kind]
		file, err := dicom.Parse(r.Signed.Bytes)
		if err != nil {
			t.Fatal(kind, err)
		}
		d := file.Dataset
		doc, err := sr.Read(d)
		if err != nil {
			t.Fatal(kind, err)
		}
		text, page := sr.Text(d), paper.Text(r)
		if d.Str(dicom.CompletionFlag) != "COMPLETE" || d.Str(dicom.PreliminaryFlag) != want.flag || d.Str(dicom.VerificationFlag) != want.verified || doc.PredecessorPurpose.Value != want.purpose {
			t.Errorf("%s: %s %s, purpose %s", kind, d.Str(dicom.PreliminaryFlag), d.Str(dicom.VerificationFlag), doc.PredecessorPurpose.Value)
		}
		for _, s := range []string{text, page} {
			if !strings.Contains(s, want.says) || strings.Contains(s, want.not) {
				t.Errorf("%s: it says\n%s", kind, s)
			}
		}
		current := map[dicom.UID]bool{}
		for _, e := range doc.Current {
			current[e.Instance] = true
		}
		for _, e := range doc.Priors {
			if current[e.Instance] || kind == report.Withdrawn {
				t.Errorf("%s: %s is other evidence", kind, e.Instance)
			}
		}
		if len(current) != len(f.Instances) {
			t.Errorf("%s: %d instances are current", kind, len(current))
		}
	}
}

func TestTheObjectsOfASigningBelongTogether(t *testing.T) {
	images, f := scanned()
	rel := everyKind(t, f)[report.Final]
	objects := evidenceObjects(t, rel, f, images)
	for i, o := range evidenceObjects(t, rel, f, images) {
		if i >= len(objects) || !bytes.Equal(o.Bytes, objects[i].Bytes) {
			t.Errorf("making the %s object twice makes another", o.Kind)
		}
	}
	seen, kinds := map[string]bool{}, map[report.ObjectKind]int{}
	for _, o := range objects {
		if seen[o.SOPInstanceUID] || o.SOPInstanceUID == rel.Signed.SOPUID {
			t.Errorf("%s: its UID is another's", o.Kind)
		}
		seen[o.SOPInstanceUID] = true
		kinds[o.Kind]++
		file, err := dicom.Parse(o.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		d := file.Dataset
		if d.Str(dicom.PatientID) != f.Patient.ID || d.Str(dicom.StudyInstanceUID) != rel.Signed.StudyUID || d.Str(dicom.AccessionNumber) != f.Accession {
			t.Errorf("%s is of another patient, study or order", o.Kind)
		}
		at := d.Str(dicom.ContentDate) + d.Str(dicom.ContentTime)
		if o.Kind == report.Presentation {
			at = d.Str(dicom.PresentationCreationDate) + d.Str(dicom.PresentationCreationTime)
		}
		if at[:14] != "20260301031205" { // the second signing, in the reader's zone
			t.Errorf("%s is of %s", o.Kind, at)
		}
		switch o.Kind {
		case report.Measured:
			if d.Str(dicom.VerificationFlag) != "VERIFIED" || d.Str(dicom.PreliminaryFlag) != "FINAL" {
				t.Error("measurements that nobody verified")
			}
		case report.KeyImages:
			if s, err := ko.Read(d); err != nil || s.Title.Value != "113020" {
				t.Errorf("key images: %v %s", err, s.Title.Value)
			}
		}
	}
	if kinds[report.Measured] != 1 || kinds[report.KeyImages] != 1 || kinds[report.Presentation] != 1 || kinds[report.Paper] != 1 {
		t.Errorf("%v", kinds)
	}
}

func evidenceObjects(t *testing.T, rel report.Release, f report.Facts, images evidence.Images) []report.Object {
	t.Helper()
	made, wrong := objectsOn(rel, proof{marks: marks(f), images: images}, func(report.ObjectKind) bool { return true })
	if len(wrong) > 0 {
		t.Fatalf("%v", wrong)
	}
	return made
}

// The templates of measurements and key images are asked for where they are written
// (viewer/evidence, cache/dicom/ko): a run of that validator takes half a minute. The
// report's own are asked for with NOCTURNE_LONG=1 NOCTURNE_PEERS=require.
func TestForeignValidatorsAcceptEverySignedObject(t *testing.T) {
	t.Parallel()
	images, f := scanned()
	iods := map[report.ObjectKind]string{report.Measured: "ComprehensiveSR", report.KeyImages: "KeyObjectSelectionDocument",
		report.Presentation: "GrayscaleSoftcopyPresentationState", report.Paper: "EncapsulatedPDF"}
	for kind, rel := range everyKind(t, f) {
		dump := oracle.Accept(t, "BasicTextSR", rel.Signed.Bytes)
		for _, p := range rel.Body() {
			if first, _, _ := strings.Cut(p.Text, "\n"); !strings.Contains(dump, first) {
				t.Errorf("%s: dsrdump does not show %q", kind, first)
			}
		}
		if kind == report.Corrected && os.Getenv("NOCTURNE_LONG") != "" { // it has every section, the last of them without an older code; 45 s
			oracle.AcceptTemplates(t, older(t, rel.Signed.Bytes), `73568-8`, `(11329-0,LN,"History"): Content Item not in template`)
		}
		together := [][]byte{rel.Signed.Bytes}
		for _, o := range evidenceObjects(t, rel, f, images) {
			oracle.Accept(t, iods[o.Kind], o.Bytes)
			together = append(together, o.Bytes)
		}
		oracle.Consistent(t, together...)
	}
}

// A mark whose image is gone is in no object: that is counted, so that it is said.
func TestAMarkOnAnImageThatIsGoneIsCounted(t *testing.T) {
	images, f := scanned()
	all := marks(f)
	prior := all[0]
	prior.Prior, prior.SOPUID = true, "1.9.1.1"
	gone := all[0]
	gone.SOPUID = "1.2.99"
	if n := unheld(all[0].StudyUID, append(all, prior, gone), images); n != 1 {
		t.Errorf("%d are said to be gone", n)
	}
}

// older is a report with the title and headings of the editions of CID 7000 and 7001 that
// the validator of templates knows: a heading it does not know would keep it from looking
// below.
func older(t *testing.T, object []byte) []byte {
	t.Helper()
	file, err := dicom.Parse(object)
	if err != nil {
		t.Fatal(err)
	}
	former := map[string]string{"18785-6": "121109", "55111-9": "121064", "55114-3": "121066", "59776-5": "121070", "19005-8": "121072",
		"18783-1": "121074", "55107-7": "121078"}
	root := sr.Tree(file.Dataset)
	root.Concept.Value, root.Concept.Meaning = "18748-4", "Diagnostic Imaging Report"
	for i := range root.Children {
		if c := &root.Children[i].Concept; former[c.Value] != "" {
			c.Value, c.Scheme = former[c.Value], "DCM"
		}
	}
	for e := range root.Dataset().All() {
		file.Dataset.Set(e)
	}
	b, err := dicom.Bytes(file.Dataset, nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
