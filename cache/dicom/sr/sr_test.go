package sr

import (
	"bytes"
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

// header is a CT image's, of a fictitious patient.
func header() *dicom.Dataset {
	d := &dicom.Dataset{}
	for t, v := range map[dicom.Tag]string{
		dicom.PatientName: "PHANTOM^Änne", dicom.PatientID: "P-001", dicom.PatientBirthDate: "19530412",
		dicom.PatientSex: "F", dicom.PatientAge: "072Y", dicom.StudyInstanceUID: "1.2.3.4", dicom.StudyDate: "20251120",
		dicom.StudyTime: "031200", dicom.ReferringPhysicianName: "", dicom.StudyID: "1", dicom.AccessionNumber: "A1",
		dicom.Modality: "CT", dicom.BodyPartExamined: "CHEST", dicom.StudyDescription: "CT chest",
	} {
		d.SetStr(t, v)
	}
	return d
}

func report() Document {
	at := time.Date(2025, 11, 20, 3, 30, 15, 0, time.FixedZone("", 3600))
	ct := dicom.CTImageStorage
	return Document{
		Study: header(), SeriesUID: "1.2.3.4.9", SOPUID: "1.2.3.4.9.1", SeriesNumber: 900,
		Observer: Observer{Name: "READER^DEMO", ID: "reader", Organization: "Demo Hospital"},
		Sections: []Section{
			{Key: "impression", Text: "Nodule, 8.0 mm.\nFollow up."},
			{Key: "findings", Text: "8.0 mm nodule in the right upper lobe.\n\nNo effusion; \\ µ ≥ 5."},
			{Key: "indication", Text: "Cough"}, {Key: "technique", Text: "CT of the chest."},
			{Key: "comparison", Text: "CT, 2024-11-20."}, {Key: "recommendation", Text: ""},
		},
		Verified: true, VerifiedAt: at.Add(time.Minute), Content: at,
		Current: []InstanceRef{{"1.2.3.4", "1.2.3.4.2", "1.2.3.4.2.2", ct}, {"1.2.3.4", "1.2.3.4.1", "1.2.3.4.1.1", ct}, {"1.2.3.4", "1.2.3.4.1", "1.2.3.4.1.2", ct}},
		Priors:  []InstanceRef{{"1.2.3.5", "1.2.3.5.1", "1.2.3.5.1.1", ct}},
		Request: Request{Accession: "A1", ProcedureID: "RP1", Description: "CT chest", PlacerOrder: "PL1", FillerOrder: "FI1"},
	}
}

func bytesOf(t *testing.T, doc Document) []byte {
	t.Helper()
	d, err := BasicText(doc)
	if err != nil {
		t.Fatal(err)
	}
	var w bytes.Buffer
	if err := dicom.Write(&w, d, nil); err != nil {
		t.Fatal(err)
	}
	return w.Bytes()
}

func parsed(t *testing.T, b []byte) *dicom.Dataset {
	t.Helper()
	f, err := dicom.Parse(b)
	if err != nil || len(f.Notes) > 0 || f.Truncated {
		t.Fatalf("%v, %v", err, f)
	}
	return f.Dataset
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	want := report()
	want.Predecessor = &InstanceRef{"1.2.3.4", "1.2.3.4.9", "1.2.3.4.9.0", dicom.BasicTextSRStorage}
	want.PredecessorPurpose = Addended
	want.Sections = append(want.Sections, Section{Key: "addendum", Text: "One more."})
	got, err := Read(parsed(t, bytesOf(t, want)))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range want.Sections {
		if got.Section(s.Key) != s.Text {
			t.Errorf("%s: %q, want %q", s.Key, got.Section(s.Key), s.Text)
		}
	}
	if len(got.Sections) != 6 || got.Sections[0].Key != "indication" {
		t.Errorf("sections %v", got.Sections)
	}
	if !got.VerifiedAt.Equal(want.VerifiedAt) || got.Content.Format(time.DateTime) != want.Content.Format(time.DateTime) {
		t.Errorf("times %v %v", got.VerifiedAt, got.Content)
	}
	if got.Observer != want.Observer || got.Request != want.Request || !reflect.DeepEqual(got.Priors, want.Priors) ||
		!reflect.DeepEqual(got.Predecessor, want.Predecessor) || got.PredecessorPurpose != Addended {
		t.Errorf("read %+v", got)
	}
	if len(got.Current) != 3 || got.Current[0].Instance != "1.2.3.4.1.1" {
		t.Errorf("evidence %v", got.Current)
	}
	if got.Title.Value != "24627-2" || got.Language != "en" || !got.Verified || got.Partial || got.Preliminary {
		t.Errorf("read %+v", got)
	}
}

func TestTheSameDocumentGivesTheSameBytes(t *testing.T) {
	a := report()
	b := report()
	b.Current[0], b.Current[2] = b.Current[2], b.Current[0]
	b.Current = append(b.Current, b.Current[1])
	for range 20 {
		if !bytes.Equal(bytesOf(t, a), bytesOf(t, b)) {
			t.Fatal("bytes differ")
		}
	}
}

func TestIllegalDocumentsAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Document){
		"no study":           func(d *Document) { d.Study = &dicom.Dataset{} },
		"bad UID":            func(d *Document) { d.SOPUID = "1.02" },
		"no observer":        func(d *Document) { d.Observer.Name = "^" },
		"long organization":  func(d *Document) { d.Observer.Organization = strings.Repeat("x", 65) },
		"backslash in name":  func(d *Document) { d.Observer.Name = `A\B` },
		"no time":            func(d *Document) { d.Content = time.Time{} },
		"verified partial":   func(d *Document) { d.Partial = true },
		"no organization":    func(d *Document) { d.Observer.Organization = "" },
		"no text":            func(d *Document) { d.Sections = []Section{{Key: "findings", Text: " \n"}} },
		"unknown section":    func(d *Document) { d.Sections[0].Key = "poem" },
		"current and prior":  func(d *Document) { d.Priors = d.Current[:1] },
		"aimless antecessor": func(d *Document) { d.Predecessor = &d.Current[0] },
	} {
		doc := report()
		spoil(&doc)
		var inv *InvalidError
		if _, err := BasicText(doc); !errors.As(err, &inv) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTextIsFitForTheWire(t *testing.T) {
	doc := report()
	doc.Sections = []Section{{Key: "findings", Text: "a\tb\fc\x1b[2Jd\re\u0085f\n\n"}}
	d := parsed(t, bytesOf(t, doc))
	items := Tree(d).Children
	if got := items[len(items)-1].Children[0].Text; got != "a    b\r\nc[2Jd\r\nef" {
		t.Errorf("%q", got)
	}
}

func TestContentTimeIsInTheZoneThatIsDeclared(t *testing.T) {
	doc := report()
	doc.Study.SetStr(dicom.TimezoneOffsetFromUTC, "-0500")
	d := parsed(t, bytesOf(t, doc))
	if d.Str(dicom.ContentDate)+d.Str(dicom.ContentTime) != "20251119213015" {
		t.Errorf("content %s %s", d.Str(dicom.ContentDate), d.Str(dicom.ContentTime))
	}
	if got, _ := Read(d); !got.Content.Equal(doc.Content) {
		t.Errorf("content %v, want %v", got.Content, doc.Content)
	}
}

func TestTextShowsTheReport(t *testing.T) {
	got := Text(parsed(t, bytesOf(t, report())))
	want := `CT Chest Report
verified, final, 2025-11-20 03:30

INDICATION
Cough

TECHNIQUE
CT of the chest.

COMPARISON
CT, 2024-11-20.

FINDINGS
8.0 mm nodule in the right upper lobe.

No effusion; \ µ ≥ 5.

IMPRESSION
Nodule, 8.0 mm.
Follow up.

Verified by READER, DEMO, Demo Hospital, 2025-11-20 03:31 +0100
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// variants are the kinds of report that this house writes.
func variants() map[string]Document {
	plain, prelim, addendum, bare := report(), report(), report(), report()
	prelim.Verified, prelim.Preliminary = false, true
	addendum.Predecessor = &InstanceRef{"1.2.3.4", "1.2.3.4.9", "1.2.3.4.9.0", dicom.BasicTextSRStorage}
	addendum.PredecessorPurpose = Addended
	addendum.Sections = []Section{{Key: "addendum", Text: "One more."}}
	bare.Study = &dicom.Dataset{}
	bare.Study.SetStr(dicom.StudyInstanceUID, "1.2.3.4")
	bare.Request, bare.Priors, bare.Observer.ID = Request{}, nil, ""
	return map[string]Document{"plain": plain, "preliminary": prelim, "addendum": addendum, "bare": bare}
}

func TestForeignValidatorsAcceptTheReport(t *testing.T) {
	for name, doc := range variants() {
		out := oracle.Accept(t, "BasicTextSR", bytesOf(t, doc))
		for _, s := range doc.Sections {
			first, _, _ := strings.Cut(s.Text, "\n")
			if !strings.Contains(out, first) {
				t.Errorf("%s: dsrdump does not show %q", name, first)
			}
		}
	}
}

func TestMeasurementsOfOthersAreReadable(t *testing.T) {
	dir := oracle.Data(t)
	for file, want := range map[string][]string{
		"objects/sr/sample-sr.dcm":        {"Imaging Measurement Report\nnot verified, final, 2023-08-24 16:01", "Long Axis: 64.45 px\n"},
		"objects/sr/report_dfl":           {"referred by Fukuda, Dr. was also seen by Mason, Dr. at the Redlands Clinic ."},
		"objects/sr-tid1500-petct/sr.dcm": {"Positron Emission Tomography Image Storage (", "Procedure reported: PET whole body"},
	} {
		f, err := dicom.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		got := Text(f.Dataset)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", file, w, got)
			}
		}
	}
}

func TestHostileTextIsHarmlessOnATerminal(t *testing.T) {
	doc := report()
	d := parsed(t, bytesOf(t, doc))
	d.Item(dicom.ContentSequence).SetStr(dicom.ValueType, "TEXT")
	d.Item(dicom.ContentSequence).SetStr(dicom.TextValue, "\x1b]0;x\x07\u202e")
	if got := Text(d); strings.ContainsAny(got, "\x1b\x07\u202e") {
		t.Errorf("%q", got)
	}
}

func TestWhatIsNoReportIsRefused(t *testing.T) {
	var inv *InvalidError
	if _, err := Read(header()); !errors.As(err, &inv) || Text(header()) != "" {
		t.Errorf("%v", err)
	}
}
