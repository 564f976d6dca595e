package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/oracle"
)

// signing is a draft with its facts as they are at a sign sheet.
func signing() (*Draft, Facts) {
	f := facts()
	h := &dicom.Dataset{}
	h.SetStr(dicom.StudyInstanceUID, "1.2")
	h.SetStr(dicom.PatientName, f.Patient.Name)
	h.SetStr(dicom.PatientID, f.Patient.ID)
	h.SetStr(dicom.PatientBirthDate, f.Patient.Birth)
	h.SetStr(dicom.PatientSex, f.Patient.Sex)
	h.SetStr(dicom.StudyDate, "20260301")
	h.SetStr(dicom.StudyTime, "025959")
	h.SetStr(dicom.AccessionNumber, "A1")
	h.SetStr(dicom.StudyID, "1")
	h.SetStr(dicom.Modality, "CT")
	h.SetStr(dicom.BodyPartExamined, "CHEST")
	f.Study = h
	image := func(study, series, sop string) sr.InstanceRef {
		return sr.InstanceRef{Study: dicom.UID(study), Series: dicom.UID(series), Instance: dicom.UID(sop), Class: dicom.CTImageStorage}
	}
	f.Instances = []sr.InstanceRef{image("1.2", "1.2.1", "1.2.1.1"), image("1.2", "1.2.1", "1.2.1.2")}
	f.Priors = []Prior{
		{Loaded: true, Date: "20251120", Instances: []sr.InstanceRef{image("1.3", "1.3.1", "1.3.1.1"), f.Instances[0]}},
		{Date: "20240101", Instances: []sr.InstanceRef{image("1.4", "1.4.1", "1.4.1.1")}},
	}
	d := draft(full())
	d.Insert(Findings, 999, Measurement{MarkID: "m9", Values: []Value{{"length", 5.5, "mm", 0}}, Prior: true, StudyDate: "20251120"}, t0)
	return d, f
}

func TestASignedReportSaysWhatWasOnTheScreen(t *testing.T) {
	d, f := signing()
	zone := time.FixedZone("CET", 3600)
	s, err := Sign(d, f, t0.Add(5*time.Minute).In(zone))
	if err != nil {
		t.Fatal(err)
	}
	file, err := dicom.Parse(s.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := sr.Read(file.Dataset)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Order {
		if doc.Section(string(name)) != d.Plain(name) {
			t.Errorf("%s = %q, want %q", name, doc.Section(string(name)), d.Plain(name))
		}
	}
	if !strings.HasSuffix(doc.Section("findings"), "5.5 mm (prior, 2025-11-20)") {
		t.Errorf("findings %q", doc.Section("findings"))
	}
	if !doc.Verified || doc.Partial || doc.Preliminary || doc.Observer.Name != "READER^DEMO" || doc.Observer.Organization != "Night" || !doc.VerifiedAt.Equal(s.At) {
		t.Errorf("%+v", doc)
	}
	if string(doc.SOPUID) != s.SOPUID || string(doc.SeriesUID) != s.SeriesUID || doc.Request.Accession != "A1" || file.Dataset.Str(dicom.PatientID) != "PID-0001" {
		t.Errorf("%s %s %s", doc.SOPUID, doc.SeriesUID, doc.Request.Accession)
	}
	if sum := sha256.Sum256(s.Bytes); hex.EncodeToString(sum[:]) != s.SHA256 {
		t.Error("SHA256 is not of the bytes")
	}
}

// N21: that images were lossily compressed stands in the report, whatever the reader
// wrote or emptied, and on the sheet before.
func TestLossyImagesAreSaidInTheSignedReport(t *testing.T) {
	for want, lossy := range map[string][]string{
		"": nil, "Images of this study were lossily compressed.": {""},
		"Images of this study were lossily compressed (JPEG 10:1; JPEG 2000).": {"", "JPEG 10:1", "JPEG 2000", "JPEG 10:1"},
	} {
		for _, technique := range []string{"CT of the chest.", ""} {
			d, f := signing()
			d.Set(Technique, technique, t0)
			f.Lossy = lossy
			s, err := Sign(d, f, t0)
			if err != nil {
				t.Fatal(err)
			}
			file, _ := dicom.Parse(s.Bytes)
			doc, _ := sr.Read(file.Dataset)
			if got := doc.Section("technique"); got != strings.TrimSpace(technique+"\n"+want) {
				t.Errorf("%q: technique reads %q", want, got)
			}
			if got := SignSheet(d, f).Footer; got != want {
				t.Errorf("the sheet says %q, want %q", got, want)
			}
		}
	}
}

// N22: a mammogram is not signed on a display that is not for it, unless the site
// allows that; then the report says so in the words of the bar.
func TestAMammogramsReportSaysWhatItWasReadOn(t *testing.T) {
	d, f := signing()
	f.Display = Display{Unfit: "the display was never checked", Words: "NOT FOR PRIMARY MAMMOGRAPHY"}
	if _, err := Sign(d, f, t0); err == nil {
		t.Error("signed on a display that was never checked")
	}
	for want, display := range map[string]Display{
		"NOT FOR PRIMARY MAMMOGRAPHY (the display was never checked).":    {Unfit: f.Display.Unfit, Words: f.Display.Words, Allowed: true},
		"Read on A (5.8 MP), display function (GSDF) checked 2026-11-01.": {Cited: "Read on A (5.8 MP), display function (GSDF) checked 2026-11-01."},
	} {
		d, f := signing()
		f.Display = display
		s, err := Sign(d, f, t0)
		if err != nil {
			t.Fatal(err)
		}
		file, _ := dicom.Parse(s.Bytes)
		if doc, _ := sr.Read(file.Dataset); !strings.HasSuffix(doc.Section("technique"), want) || SignSheet(d, f).Footer != want {
			t.Errorf("technique reads %q, the sheet %q", doc.Section("technique"), SignSheet(d, f).Footer)
		}
	}
}

func TestCurrentAndPriorEvidenceAreApart(t *testing.T) {
	d, f := signing()
	s, err := Sign(d, f, t0)
	if err != nil {
		t.Fatal(err)
	}
	file, _ := dicom.Parse(s.Bytes)
	doc, _ := sr.Read(file.Dataset)
	if len(doc.Current) != 2 || len(doc.Priors) != 1 || doc.Priors[0].Instance != "1.3.1.1" {
		t.Errorf("current %v, priors %v: all of the procedure, then only loaded priors", doc.Current, doc.Priors)
	}
}

func TestSigningIsAFunctionOfDraftFactsAndTime(t *testing.T) {
	d, f := signing()
	a, err := Sign(d, f, t0)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Sign(d, f, t0.Add(300*time.Millisecond))
	if !bytes.Equal(a.Bytes, b.Bytes) || a.SOPUID != b.SOPUID {
		t.Error("the same second gives another document")
	}
	c, _ := Sign(d, f, t0.Add(time.Second))
	d.Set(Impression, "Other.", t0)
	e, _ := Sign(d, f, t0)
	if c.SOPUID == a.SOPUID || e.SOPUID == a.SOPUID || a.SeriesUID == a.SOPUID || !dicom.ValidUID(a.SOPUID) {
		t.Errorf("UIDs %s %s %s", a.SOPUID, c.SOPUID, e.SOPUID)
	}
}

func TestWithoutAnImageTheOrderNamesThePatient(t *testing.T) {
	d, f := signing()
	f.Study = nil
	s, err := Sign(d, f, t0)
	if err != nil {
		t.Fatal(err)
	}
	file, _ := dicom.Parse(s.Bytes)
	if ds := file.Dataset; ds.Str(dicom.PatientID) != "PID-0001" || ds.Str(dicom.StudyInstanceUID) != "1.2" || ds.Str(dicom.PatientBirthDate) != "19540302" {
		t.Error("patient or study is missing")
	}
}

func TestAHeaderOfAnotherStudyIsNotUsed(t *testing.T) {
	d, f := signing()
	f.Study.SetStr(dicom.StudyInstanceUID, "1.9")
	f.Study.SetStr(dicom.PatientID, "SOMEBODY")
	s, err := Sign(d, f, t0)
	if err != nil {
		t.Fatal(err)
	}
	file, _ := dicom.Parse(s.Bytes)
	if file.Dataset.Str(dicom.PatientID) != "PID-0001" || file.Dataset.Str(dicom.StudyInstanceUID) != "1.2" {
		t.Error("the report went to another study")
	}
}

func TestAClockSetBackCannotSign(t *testing.T) {
	d, f := signing()
	_, err := Sign(d, f, t0.Add(-time.Minute))
	var blocked *BlockedError
	if !errors.As(err, &blocked) || blocked.Findings[0].Rule != "time-order" {
		t.Errorf("%v", err)
	}
}

func TestAnAddendumNamesTheReportItAddsTo(t *testing.T) {
	d, f := signing()
	s, err := Sign(d, f, t0)
	if err != nil {
		t.Fatal(err)
	}
	a := d.Addend(Document{SeriesUID: s.SeriesUID, SOPUID: s.SOPUID, SOPClass: s.SOPClass}, "", t0)
	a.Set(Addendum, "Seen with Dr Who.", t0)
	n, err := Sign(a, f, t0.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	file, _ := dicom.Parse(n.Bytes)
	doc, _ := sr.Read(file.Dataset)
	if doc.Predecessor == nil || string(doc.Predecessor.Instance) != s.SOPUID || doc.PredecessorPurpose.Value != "121361" || doc.Section("addendum") != "Seen with Dr Who." {
		t.Errorf("%+v", doc)
	}
}

func TestValidatorsAcceptASignedReport(t *testing.T) {
	d, f := signing()
	d.Set(Impression, "Größe unverändert.\nZweite Zeile, 肺.", t0)
	s, err := Sign(d, f, t0)
	if err != nil {
		t.Fatal(err)
	}
	if dump := oracle.Accept(t, "BasicTextSR", s.Bytes); !strings.Contains(dump, "Zweite Zeile, 肺.") || !strings.Contains(dump, "VERIFIED") {
		t.Errorf("dsrdump shows\n%s", dump)
	}
}

func TestAnObjectNamesItsBytes(t *testing.T) {
	d, f := signing()
	s, err := Sign(d, f, t0)
	if err != nil {
		t.Fatal(err)
	}
	file, err := dicom.Parse(s.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	o, err := ObjectOf(TextReport, file.Dataset)
	if err != nil || !bytes.Equal(o.Bytes, s.Bytes) || o.SHA256 != s.SHA256 || o.SOPInstanceUID != s.SOPUID || o.SeriesUID != s.SeriesUID || o.StudyUID != "1.2" {
		t.Errorf("%v %+v", err, o)
	}
	if _, err := ObjectOf(TextReport, &dicom.Dataset{}); err == nil {
		t.Error("an object without a UID was written")
	}
}
