package reading

import (
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// keepDocument puts a report of the study 1.1 into the store.
func keepDocument(t *testing.T, r *Room, sop string, edit func(*sr.Document)) {
	t.Helper()
	header := &dicom.Dataset{}
	header.SetStr(dicom.StudyInstanceUID, "1.1")
	doc := sr.Document{Study: header, SOPUID: dicom.UID(sop), SeriesUID: "1.1.9", Content: night, Observer: sr.Observer{Name: "OLD^READER", Organization: "Test"},
		Verified: true, VerifiedAt: night, Sections: []sr.Section{{Key: "impression", Text: "text of " + sop}}}
	edit(&doc)
	d, err := sr.BasicText(doc)
	if err != nil {
		t.Fatal(err)
	}
	put(t, r, d)
}

func follows(doc *sr.Document, sop string, purpose sr.Code) {
	doc.Predecessor = &sr.InstanceRef{Study: "1.1", Series: "1.1.9", Instance: dicom.UID(sop), Class: dicom.BasicTextSRStorage}
	doc.PredecessorPurpose = purpose
}

// A report is begun before the preliminary line that goes out while it is written, and
// so has the earlier content time (PS3.3 C.17.2).
func TestTheVerifiedReportPrevailsOverThePreliminaryLine(t *testing.T) {
	r, _ := newRoom(t)
	keepDocument(t, r, "1.1.9.1", func(d *sr.Document) { d.Content = night.Add(-time.Hour) })
	keepDocument(t, r, "1.1.9.2", func(d *sr.Document) {
		d.Verified, d.VerifiedAt, d.Preliminary, d.AttestedAt = false, time.Time{}, true, night.Add(time.Hour)
	})
	if got := r.PriorReport("1.1"); !strings.Contains(got, "text of 1.1.9.1") {
		t.Errorf("it reads\n%s", got)
	}
}

func TestAReportThatWasReplacedIsNotReadAgain(t *testing.T) {
	r, _ := newRoom(t)
	keepDocument(t, r, "1.1.9.1", func(d *sr.Document) { d.VerifiedAt = night.Add(time.Hour) }) // a clock that was ahead
	keepDocument(t, r, "1.1.9.2", func(d *sr.Document) { follows(d, "1.1.9.1", sr.Replaced) })
	if got := r.PriorReport("1.1"); !strings.Contains(got, "text of 1.1.9.2") || strings.Contains(got, "1.1.9.1") {
		t.Errorf("it reads\n%s", got)
	}
}

func TestAnAddendumThatStandsAloneComesWithItsReport(t *testing.T) {
	r, _ := newRoom(t)
	keepDocument(t, r, "1.1.9.1", func(*sr.Document) {})
	keepDocument(t, r, "1.1.9.2", func(d *sr.Document) {
		follows(d, "1.1.9.1", sr.Addended)
		d.VerifiedAt, d.Sections = night.Add(time.Minute), []sr.Section{{Key: "addendum", Text: "one more"}}
	})
	if got := r.PriorReport("1.1"); !strings.Contains(got, "text of 1.1.9.1") || strings.Index(got, "one more") > strings.Index(got, "text of") {
		t.Errorf("it reads\n%s", got)
	}
}
