package fhir

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/report"
)

var signedAt = time.Date(2026, 3, 1, 3, 12, 0, 0, time.FixedZone("CET", 3600))

var kinds = []report.Kind{report.Preliminary, report.Final, report.Added, report.Corrected, report.Withdrawn}

// release is a report with all that a bundle tells.
func release(k report.Kind) report.Release {
	r := report.Release{
		Kind: k, Signed: report.Signed{StudyUID: "1.2.3", SeriesUID: "2.25.4", SOPUID: fmt.Sprintf("2.25.5%d", len(k)), At: signedAt}, Site: "NORTH 1", Facility: "Night & Co",
		Patient: report.Patient{Name: "Müller^Anna", ID: "P1", Birth: "19660203", Sex: "F"}, Accession: "A1", Exam: "CT <head>", Modality: "CT",
		Priority: "stat", StudyDate: "20260301", StudyTime: "025430", Requester: "House^Gregory", Indication: "Fall",
		Request: sr.Request{Accession: "A1", PlacerOrder: "PL1", Procedure: sr.Code{Value: "24725-4", Scheme: "LN", Meaning: "CT Head"}},
		Reader:  report.Reader{Name: "Reader^Rita", ID: "rr7", Organization: "Night & Co"}, Others: []report.Reader{{Name: "Trainee^Tom"}},
		Parts: []report.Part{
			{Section: report.Findings, Title: "Findings", Text: "Shift < 5 mm & >3 mm.\n\n\"Quoted\" 'text' \u0007."},
			{Section: report.Impression, Title: "Impression", Text: "Acute subdural haematoma."},
		},
		Evidence: []sr.InstanceRef{{Study: "1.2.3", Series: "1.2.3.1", Instance: "1"}, {Study: "1.2.3", Series: "1.2.3.1", Instance: "2"}, {Study: "1.2.3", Series: "1.2.3.2", Instance: "3"}},
		Critical: []report.Communication{{ID: "c1", Finding: "Acute subdural haematoma", Category: 1, Identified: signedAt.Add(-time.Hour), Due: signedAt,
			By: "Reader^Rita", To: "Dr House", Role: "ED physician", Told: signedAt.Add(-50 * time.Minute), Method: "phone", ReadBack: true, Acknowledged: signedAt.Add(-49 * time.Minute)}},
		FollowUp: []report.FollowUp{{ID: "f1", What: "CT chest", By: signedAt.AddDate(0, 6, 0), Why: "Fleischner 2017"}},
	}
	if k == report.Added || k == report.Corrected || k == report.Withdrawn {
		r.Before, r.BeforeKind, r.Reason = &report.Document{SOPUID: "2.25.55"}, report.Final, "wrong side"
	}
	return r
}

var options = Options{PatientSystem: "urn:oid:1.2.36", DICOMweb: "http://127.0.0.1/dicom-web", PDF: []byte("%PDF-1.7 x")}

// tree reads a document as any reader of JSON would.
func tree(t *testing.T, d Document) (b map[string]any, resources map[string]map[string]any) {
	t.Helper()
	if err := json.Unmarshal(d.Bytes, &b); err != nil {
		t.Fatal(err)
	}
	resources = map[string]map[string]any{}
	for _, e := range b["entry"].([]any) {
		r := e.(map[string]any)["resource"].(map[string]any)
		resources[r["resourceType"].(string)] = r
	}
	return b, resources
}

// at walks a path of names and numbers.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

func report1(t *testing.T, k report.Kind) Document {
	t.Helper()
	d, err := Report(release(k), options)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// What is required is IHE IMR 1.1 (RAD-141) and the mapping of the package comment.
func TestTheBundleSaysWhatTheReportSays(t *testing.T) {
	b, res := tree(t, report1(t, report.Final))
	dr, is, order := res["DiagnosticReport"], res["ImagingStudy"], res["ServiceRequest"]
	for _, c := range []struct{ got, want any }{
		{at(b, "type"), "transaction"}, {at(b, "meta", "profile", 0), "https://profiles.ihe.net/RAD/IMR/StructureDefinition/imr-store-multimedia-report-bundle"},
		{len(b["entry"].([]any)), 3}, {at(b, "entry", 0, "resource", "resourceType"), "DiagnosticReport"},
		{at(dr, "identifier", 0, "system"), "urn:dicom:uid"}, {at(dr, "identifier", 0, "value"), "urn:oid:2.25.55"},
		{at(dr, "status"), "final"}, {at(dr, "category", 0, "coding", 0, "code"), "RAD"}, {at(dr, "code", "coding", 0, "system"), "http://loinc.org"},
		{at(dr, "code", "coding", 0, "code"), "25045-6"}, {at(dr, "code", "text"), "CT <head>"},
		{at(dr, "subject", "type"), "Patient"}, {at(dr, "subject", "identifier", "value"), "P1"}, {at(dr, "subject", "identifier", "system"), "urn:oid:1.2.36"},
		{at(dr, "issued"), "2026-03-01T03:12:00+01:00"}, {at(dr, "effectiveDateTime"), "2026-03-01"},
		{at(dr, "performer", 0, "type"), "Organization"}, {at(dr, "performer", 0, "display"), "Night & Co"},
		{at(dr, "resultsInterpreter", 0, "identifier", "value"), "rr7"}, {at(dr, "resultsInterpreter", 1, "display"), "Trainee, Tom"},
		{at(dr, "imagingStudy", 0, "reference"), at(b, "entry", 2, "fullUrl")}, {at(dr, "basedOn", 0, "reference"), at(b, "entry", 1, "fullUrl")},
		{at(dr, "conclusion"), "Acute subdural haematoma."}, {at(dr, "extension"), nil},
		{at(dr, "presentedForm", 0, "contentType"), "text/html"}, {at(dr, "presentedForm", 1, "contentType"), "application/pdf"},
		{at(order, "identifier", 0, "type", "coding", 0, "code"), "ACSN"}, {at(order, "identifier", 0, "value"), "A1"}, {at(order, "identifier", 0, "system"), "urn:nocturne:NORTH%201:accession"},
		{at(order, "identifier", 1, "type", "coding", 0, "code"), "PLAC"}, {at(order, "category", 0, "coding", 0, "code"), "363679005"},
		{at(order, "intent"), "order"}, {at(order, "priority"), "stat"}, {at(order, "reasonCode", 0, "text"), "Fall"},
		{at(is, "identifier", 0, "value"), "urn:oid:1.2.3"}, {at(is, "started"), "2026-03-01"}, {at(is, "modality", 0, "code"), "CT"},
		{at(is, "numberOfSeries"), 2.0}, {at(is, "numberOfInstances"), 3.0}, {at(is, "series", 0, "uid"), "1.2.3.1"}, {at(is, "series", 0, "numberOfInstances"), 2.0},
		{at(is, "endpoint", 0, "identifier", "value"), "http://127.0.0.1/dicom-web"}, {at(is, "basedOn", 0, "reference"), at(b, "entry", 1, "fullUrl")},
		{at(b, "entry", 0, "request", "ifNoneExist"), "identifier=urn:dicom:uid|urn:oid:2.25.55"}, {at(b, "entry", 0, "request", "method"), "POST"},
		{at(b, "entry", 1, "request", "ifNoneExist"), "identifier=urn:nocturne:NORTH%201:accession|A1"},
	} {
		if c.got != c.want {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
	if strings.Contains(string(report1(t, report.Final).Bytes), `"contained"`) {
		t.Error("a contained resource")
	}
}

func TestEachKindHasItsStatusAndItsPredecessor(t *testing.T) {
	for k, want := range map[report.Kind]string{report.Preliminary: "preliminary -", report.Final: "final -",
		report.Added: "appended addendumOf", report.Corrected: "corrected replaces", report.Withdrawn: "entered-in-error replaces"} {
		_, res := tree(t, report1(t, k))
		dr, before := res["DiagnosticReport"], "-"
		if url, ok := at(dr, "extension", 0, "url").(string); ok {
			before = strings.TrimPrefix(url, "http://hl7.org/fhir/StructureDefinition/diagnosticReport-")
			if v := at(dr, "extension", 0, "valueReference", "identifier", "value"); v != "urn:oid:2.25.55" {
				t.Errorf("%s: before it was %v", k, v)
			}
		}
		if got := at(dr, "status").(string) + " " + before; got != want {
			t.Errorf("%s: %s, want %s", k, got, want)
		}
	}
}

func TestTheFormsAreWholeAndTheirDigestsRight(t *testing.T) {
	_, res := tree(t, report1(t, report.Corrected))
	for i, want := range []string{"<h2>Findings</h2>", "%PDF-1.7 x"} {
		form := at(res["DiagnosticReport"], "presentedForm", i).(map[string]any)
		data, err := base64.StdEncoding.DecodeString(form["data"].(string))
		sum := sha1.Sum(data)
		if err != nil || !strings.Contains(string(data), want) || int(form["size"].(float64)) != len(data) || form["hash"] != base64.StdEncoding.EncodeToString(sum[:]) {
			t.Errorf("%s: %v, %v", want, form["size"], err)
		}
	}
	page, _ := base64.StdEncoding.DecodeString(at(res["DiagnosticReport"], "presentedForm", 0, "data").(string))
	for _, words := range []string{"CORRECTED radiology report, CT &lt;head&gt;", "Shift &lt; 5 mm &amp; &gt;3 mm.", "Reason for the correction: wrong side", "Signed by Reader, Rita, Night &amp; Co, 2026-03-01 03:12 +0100, with Trainee, Tom."} {
		if !strings.Contains(string(page), words) {
			t.Errorf("%q is not in %s", words, page)
		}
	}
	div := at(res["DiagnosticReport"], "text", "div").(string)
	for d := xml.NewDecoder(strings.NewReader(div)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the narrative is not XHTML: %v in %s", err, div)
		}
	}
}

func TestCriticalResultsAndFollowUpsGoOutAsTheyWere(t *testing.T) {
	d, ok, err := Events(release(report.Final), options)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	b, res := tree(t, d)
	c, f := res["Communication"], res["Task"]
	for _, x := range []struct{ got, want any }{
		{at(b, "meta"), nil}, {at(c, "status"), "completed"}, {at(c, "priority"), "stat"}, {at(c, "category", 0, "coding", 0, "code"), "alert"},
		{at(c, "category", 1, "coding", 0, "code"), "RID49480"}, {at(c, "partOf", 0, "identifier", "value"), "urn:oid:2.25.55"}, {at(c, "about", 0, "type"), "DiagnosticReport"},
		{at(c, "sent"), "2026-03-01T02:22:00+01:00"}, {at(c, "received"), "2026-03-01T02:23:00+01:00"}, {at(c, "sender", "display"), "Reader, Rita"},
		{at(c, "recipient", 0, "display"), "Dr House (ED physician)"}, {at(c, "medium", 0, "coding", 0, "code"), "PHONE"}, {at(c, "subject", "identifier", "value"), "P1"},
		{at(b, "entry", 0, "request", "ifNoneExist"), "identifier=urn:nocturne:communication|c1"},
		{at(f, "status"), "requested"}, {at(f, "description"), "CT chest"}, {at(f, "restriction", "period", "end"), "2026-09-01"}, {at(f, "reasonCode", "text"), "Fleischner 2017"},
		{at(f, "for", "identifier", "value"), "P1"}, {at(f, "focus", "identifier", "value"), "urn:oid:2.25.55"},
	} {
		if x.got != x.want {
			t.Errorf("%v, want %v", x.got, x.want)
		}
	}
	if text := at(c, "payload", 0, "contentString").(string); !strings.Contains(text, "Acute subdural haematoma") || !strings.Contains(text, "read back") {
		t.Errorf("%q", text)
	}
	r := release(report.Final)
	r.Critical, r.FollowUp = nil, nil
	if _, ok, err := Events(r, options); ok || err != nil {
		t.Errorf("nothing to tell: %v, %v", ok, err)
	}
	r.Critical = []report.Communication{{ID: "c2", Category: 2, Closed: signedAt, Outcome: "entered in error"}, {ID: "c3", Category: 1, Finding: "still open"}}
	if d, ok, err := Events(r, options); ok || err != nil {
		t.Errorf("what nobody was told went out: %s, %v", d.Bytes, err)
	}
}

func TestOneReportIsOneBundle(t *testing.T) {
	seen := map[string]bool{}
	urn := regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for _, k := range kinds {
		a, b := report1(t, k), report1(t, k)
		if !bytes.Equal(a.Bytes, b.Bytes) || seen[a.Control] || !urn.MatchString(a.Control) {
			t.Errorf("%s: %s", k, a.Control)
		}
		seen[a.Control] = true
		r := release(k)
		r.Parts[0].Text += "!"
		if c, _ := Report(r, options); c.Control == a.Control {
			t.Errorf("%s: another text under one number", k)
		}
		if tree, _ := tree(t, a); at(tree, "identifier", "value") != a.Control {
			t.Error("Bundle.identifier is not the control id")
		}
	}
	north, south := release(report.Final), release(report.Final)
	south.Site = "SOUTH"
	a, _ := Report(north, options)
	b, _ := Report(south, options)
	ta, _ := tree(t, a)
	tb, _ := tree(t, b)
	if at(ta, "entry", 1, "request", "ifNoneExist") == at(tb, "entry", 1, "request", "ifNoneExist") {
		t.Error("two sites' equal accession numbers are taken for one order")
	}
}

func TestAPatientWithoutAnIDIsNeverSent(t *testing.T) {
	r := release(report.Final)
	r.Patient.ID = ""
	_, _, events := Events(r, options)
	if _, err := Report(r, options); !errors.Is(err, ErrNoPatientID) || !errors.Is(events, ErrNoPatientID) {
		t.Errorf("%v, %v", err, events)
	}
}

func TestALittleIsEnoughForABundle(t *testing.T) {
	r := report.Release{Kind: report.Final, Signed: report.Signed{StudyUID: "1.2", SOPUID: "1.3", At: signedAt}, Patient: report.Patient{ID: "P1"},
		Parts: []report.Part{{Section: report.Impression, Title: "Impression", Text: "Normal."}}}
	d, err := Report(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, res := tree(t, d); res["ServiceRequest"] != nil || at(res["DiagnosticReport"], "performer", 0, "display") != "Unknown organization" || at(res["ImagingStudy"], "modality", 0, "code") != "OT" {
		t.Errorf("%s", d.Bytes)
	}
}
