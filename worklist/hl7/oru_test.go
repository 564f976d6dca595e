package hl7

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/report"
)

var signedAt = time.Date(2026, 3, 1, 3, 12, 0, 0, time.FixedZone("CET", 3600))

// release is a report with all that a message tells.
func release(k report.Kind) report.Release {
	r := report.Release{
		Kind: k, Signed: report.Signed{StudyUID: "1.2.3", SeriesUID: "2.25.4", SOPUID: "2.25.5", At: signedAt}, Site: "NORTH", Facility: "Night & Co",
		Patient: report.Patient{Name: "Müller^Anna^B^Dr.^jun.=山田^花子", ID: "P|1", Birth: "19660203", Sex: "F"}, Accession: "A1", Exam: "CT head",
		Priority: "stat", StudyDate: "20260301", StudyTime: "025430.123", Requester: "House^Gregory", Indication: "Fall, GCS 13",
		Request: sr.Request{Accession: "A1", ProcedureID: "RP1", PlacerOrder: "PL1", FillerOrder: "FI1", Procedure: sr.Code{Value: "24725-4", Scheme: "LN", Meaning: "CT Head"}},
		Reader:  report.Reader{Name: "Reader^Rita", ID: "rr7", Organization: "Night & Co"}, Others: []report.Reader{{Name: "Trainee^Tom", ID: "tt1"}},
		Parts: []report.Part{
			{Section: report.Technique, Title: "Technique", Text: "Axial, 1 mm."},
			{Section: report.Findings, Title: "Findings", Text: "Subdural 7 mm | left.\n\n  Midline shift 4 mm ^ & ~ \\.\n"},
			{Section: report.Impression, Title: "Impression", Text: "Acute subdural haematoma."},
			{Section: report.Critical, Title: "Communication of critical results", Text: "Told to Dr. House."},
		},
		Footer:   "Images were lossily compressed.",
		Critical: []report.Communication{{ID: "c1", Finding: "Acute subdural haematoma", Category: 1}},
	}
	if k == report.Added {
		r.Parts = append(r.Parts, report.Part{Section: report.Addendum, Title: "Addendum", Text: "Also a fracture."})
	}
	if k == report.Corrected || k == report.Withdrawn {
		r.Reason = "wrong side"
	}
	return r
}

var kinds = []report.Kind{report.Preliminary, report.Final, report.Added, report.Corrected, report.Withdrawn}

var options = Options{From: Party{"NOCTURNE", "NIGHT"}, To: Party{"HIS", "NORTH"}, Authority: "NORTH", PDF: []byte("%PDF-1.7 x")}

func made(t *testing.T, r report.Release) *Message {
	t.Helper()
	b, id, err := ORU(r, options)
	if err != nil {
		t.Fatal(err)
	}
	m := parse(t, string(b))
	if m.ControlID() != id || len(id) != 20 {
		t.Errorf("control id %q, MSH-10 %q", id, m.ControlID())
	}
	if bytes.ContainsAny(b, "\n\x00\x0B\x1C") || !bytes.HasSuffix(b, []byte("\r")) {
		t.Errorf("line ends or control characters in %q", b)
	}
	return m
}

// What stands where is IHE RAD-128 and HL7 2.5.1 chapters 3, 4 and 7.
func TestTheResultSaysWhatTheReportSays(t *testing.T) {
	m := made(t, release(report.Final))
	for _, c := range []struct {
		segment string
		field   int
		at      []int
		want    string
	}{
		{"MSH", 3, nil, "NOCTURNE"}, {"MSH", 6, nil, "NORTH"}, {"MSH", 7, nil, "20260301031200+0100"}, {"MSH", 9, []int{3}, "ORU_R01"},
		{"MSH", 11, nil, "P"}, {"MSH", 12, nil, "2.5.1"}, {"MSH", 18, nil, "UNICODE UTF-8"},
		{"PID", 3, nil, "P|1"}, {"PID", 3, []int{4}, "NORTH"}, {"PID", 3, []int{5}, "MR"}, {"PID", 5, nil, "Müller"}, {"PID", 5, []int{2}, "Anna"},
		{"PID", 5, []int{4}, "jun."}, {"PID", 5, []int{5}, "Dr."}, {"PID", 7, nil, "19660203"}, {"PID", 8, nil, "F"},
		{"ORC", 1, nil, "RE"}, {"ORC", 2, nil, "PL1"}, {"ORC", 3, nil, "FI1"}, {"ORC", 5, nil, "CM"},
		{"OBR", 2, nil, "PL1"}, {"OBR", 3, nil, "FI1"}, {"OBR", 4, nil, "24725-4"}, {"OBR", 4, []int{3}, "LN"}, {"OBR", 7, nil, "20260301025430"},
		{"OBR", 16, []int{2}, "House"}, {"OBR", 18, nil, "A1"}, {"OBR", 19, nil, "RP1"}, {"OBR", 22, nil, "20260301031200+0100"}, {"OBR", 24, nil, "RAD"},
		{"OBR", 25, nil, "F"}, {"OBR", 31, []int{2}, "Fall, GCS 13"}, {"OBR", 32, []int{1, 1}, "rr7"}, {"OBR", 32, []int{1, 2}, "Reader"},
		{"OBR", 32, []int{1, 3}, "Rita"}, {"OBR", 33, []int{1, 2}, "Trainee"}, {"OBR", 44, nil, "24725-4"}, {"TQ1", 9, nil, "S"},
	} {
		if got := m.Get(c.segment, c.field, c.at...); got != c.want {
			t.Errorf("%s-%d%v = %q, want %q", c.segment, c.field, c.at, got, c.want)
		}
	}
	if forms := m.Segments("PID")[0].Repeat(5, 8); strings.Join(forms, "") != "AI" || m.Segments("PID")[0].Repeat(5)[1] != "山田" {
		t.Errorf("writings of the name %q", forms)
	}
	want := []string{
		"ST 113014//1.2.3/O/", "ST /Series Instance UID//2.25.4/O/", "ST /SR Instance UID//2.25.5/O/",
		"TX 55111-9/1/Axial, 1 mm./F/", "TX 55111-9/2/Images were lossily compressed./F/",
		"TX 59776-5/1/Subdural 7 mm | left./F/", "TX 59776-5/2/  Midline shift 4 mm ^ & ~ \\./F/",
		"TX 19005-8/1/Acute subdural haematoma./F/", "TX 73568-8/1/Told to Dr. House./F/AA", "ED 18748-4///F/",
	}
	all := m.Segments("OBX")
	if len(all) != len(want) {
		t.Fatalf("%d observations, want %d", len(all), len(want))
	}
	for i, x := range all {
		what := x.Get(3)
		if what == "" {
			what = "/" + x.Get(3, 2)
		}
		if got := x.Get(2) + " " + what + "/" + x.Get(4) + "/" + x.Get(5) + "/" + x.Get(11) + "/" + x.Get(8); got != want[i] || x.Get(1) != strconv.Itoa(i+1) {
			t.Errorf("OBX %s: %q, want %q", x.Get(1), got, want[i])
		}
	}
	pdf := all[len(all)-1]
	if b, err := base64.StdEncoding.DecodeString(pdf.Get(5, 5)); err != nil || string(b) != "%PDF-1.7 x" || pdf.Get(5, 3) != "PDF" || pdf.Get(5, 4) != "Base64" {
		t.Errorf("PDF %q, %v", b, err)
	}
	if all[3].Get(16, 2) != "Reader" || all[3].Get(23) != "Night & Co" || all[3].Get(14) != "20260301031200+0100" {
		t.Errorf("responsible observer %q, organization %q", all[3].Get(16, 2), all[3].Get(23))
	}
}

func TestEachKindHasItsStatus(t *testing.T) {
	for k, want := range map[report.Kind]string{report.Preliminary: "P P A", report.Final: "F F CM", report.Added: "C F CM", report.Corrected: "C C CM", report.Withdrawn: "X W IP"} {
		m := made(t, release(k))
		texts := m.Segments("OBX")[3:]
		if got := m.Get("OBR", 25) + " " + texts[0].Get(11) + " " + m.Get("ORC", 5); got != want {
			t.Errorf("%s: %q, want %q", k, got, want)
		}
		for _, x := range texts {
			if x.Get(11) != texts[0].Get(11) {
				t.Errorf("%s: OBX-11 differs", k)
			}
		}
	}
	alone := release(report.Added)
	alone.Parts = alone.Parts[4:]
	alone.Footer = ""
	if m := made(t, alone); m.Get("OBR", 25) != "F" {
		t.Error("an addendum alone replaces nothing")
	}
}

func TestWhyAReportWasChangedIsSaidOnce(t *testing.T) {
	for _, k := range []report.Kind{report.Corrected, report.Withdrawn} {
		said := 0
		for _, x := range made(t, release(k)).Segments("OBX") {
			if x.Get(3) == "55107-7" && strings.Contains(x.Get(5), "wrong side") {
				said++
			}
		}
		r := release(k)
		r.Parts[2].Text = "REPORT WITHDRAWN. Reason: wrong side"
		b, _, _ := ORU(r, options)
		if said != 1 || strings.Count(string(b), "wrong side") != 1 {
			t.Errorf("%s: said %d and %d times", k, said, strings.Count(string(b), "wrong side"))
		}
	}
}

// Order details say nothing about the result, and no number of paragraphs or length
// loses a word.
func TestALongReportIsWhole(t *testing.T) {
	r := release(report.Final)
	long := strings.Repeat("Größe normal, kein Befund. ", 5000)
	solid := strings.Repeat("山", 30000)
	r.Parts = []report.Part{{Section: report.Findings, Title: "Findings", Text: long + "\n" + solid}, {Section: "free", Title: "Free", Text: "x"}}
	r.Footer, r.Critical = "", nil
	got := map[string]string{}
	var order []string
	for _, x := range made(t, r).Segments("OBX")[3:] {
		key := x.Get(3) + x.Get(3, 2) + x.Get(4)
		if _, ok := got[key]; !ok {
			order = append(order, key)
		}
		got[key] += x.Get(5)
		if len(x.Get(5)) > maxText {
			if x.Get(2) == "TX" {
				t.Errorf("%d bytes in one field", len(x.Get(5)))
			}
		}
	}
	if got["59776-5Findings1"] != strings.TrimRight(long, " ") || got["59776-5Findings2"] != solid || got["Free1"] != "x" {
		t.Errorf("not whole: %q", order)
	}
}

func TestOneReportIsOneMessageAndAnyOtherIsAnother(t *testing.T) {
	seen := map[string]string{}
	for _, k := range kinds {
		r := release(k)
		a, id, err := ORU(r, options)
		b, id2, _ := ORU(r, options)
		if err != nil || !bytes.Equal(a, b) || id != id2 {
			t.Errorf("%s: two makings differ", k)
		}
		r.Parts[0].Text += "!"
		_, changed, _ := ORU(r, options)
		to := options
		to.To.Facility = "SOUTH"
		_, elsewhere, _ := ORU(release(k), to)
		for _, other := range []string{id, changed, elsewhere} {
			if was, ok := seen[other]; ok {
				t.Errorf("%s has the control id of %s", k, was)
			}
			seen[other] = string(k)
		}
	}
}

func TestAPatientWithoutAnIDIsNeverSent(t *testing.T) {
	r := release(report.Final)
	r.Patient.ID = " "
	if _, _, err := ORU(r, options); !errors.Is(err, ErrNoPatientID) {
		t.Errorf("%v", err)
	}
}

func TestALittleIsEnough(t *testing.T) {
	r := report.Release{Kind: report.Final, Signed: report.Signed{StudyUID: "1.2", At: signedAt}, Patient: report.Patient{ID: "P1"},
		Parts: []report.Part{{Section: report.Impression, Title: "Impression", Text: "Normal."}}}
	m := made(t, r)
	if m.Get("OBR", 4) != "18748-4" || m.Get("OBR", 7) != "20260301031200+0100" || m.Get("PID", 8) != "U" || len(m.Segments("TQ1")) != 0 {
		t.Errorf("%q %q %q", m.Get("OBR", 4), m.Get("OBR", 7), m.Get("PID", 8))
	}
}
