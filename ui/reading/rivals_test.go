package reading

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/report"
)

// library is an archive that holds documents of the study 1.2, with a task.
type library struct {
	shelf
	pacs.Workitems // only RetrieveWorkitem is asked
	held           map[dicom.UID][]byte
	away           error
	task           pacs.Workitem
}

func (l *library) Search(_ context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	if l.away != nil {
		return l.away
	}
	seen := map[string]bool{}
	for _, b := range l.held {
		f, err := dicom.Parse(b)
		if err != nil {
			return err
		}
		d := f.Dataset
		if dicom.UID(d.Str(dicom.StudyInstanceUID)) != q.Study || q.Series != "" && dicom.UID(d.Str(dicom.SeriesInstanceUID)) != q.Series || !pacs.Matches(d, q.Match) {
			continue
		}
		if s := d.Str(dicom.SeriesInstanceUID); q.Level == pacs.SeriesLevel && seen[s] {
			continue
		} else {
			seen[s] = true
		}
		if err := each(d); err != nil {
			return err
		}
	}
	return nil
}

func (l *library) Retrieve(_ context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	b, ok := l.held[ref.Instance]
	if !ok {
		return &pacs.StatusError{Code: 404, Op: "retrieve"}
	}
	return each(pacs.Object{Bytes: b})
}

func (l *library) RetrieveWorkitem(context.Context, dicom.UID) (pacs.Workitem, error) {
	return l.task, l.away
}

// hold puts another reader's report of a study into the archive.
func (l *library) hold(t *testing.T, study, sop, impression string, verified bool) {
	t.Helper()
	header := &dicom.Dataset{}
	for tag, v := range map[dicom.Tag]string{dicom.StudyInstanceUID: study, dicom.PatientName: "PHANTOM^ANNA", dicom.PatientID: "P1"} {
		header.SetStr(tag, v)
	}
	at := night.Add(20 * time.Minute)
	d, err := sr.BasicText(sr.Document{Study: header, SOPUID: dicom.UID(sop), SeriesUID: dicom.UID(study + ".9"), Content: at, Verified: verified, VerifiedAt: at,
		Observer: sr.Observer{Name: "REED^RITA", Organization: "Test"}, Sections: []sr.Section{{Key: "impression", Name: "Impression", Text: impression}}})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, d, nil); err != nil {
		t.Fatal(err)
	}
	l.held[dicom.UID(sop)] = b.Bytes()
}

// signedHere is a room with a signed report of the study 1.2 in its outbox.
func signedHere(t *testing.T, silent bool) (*Room, *library, ledger.OutboxRow) {
	t.Helper()
	r, _ := newRoom(t)
	l := &library{held: map[dicom.UID][]byte{}, task: pacs.Workitem{State: pacs.InProgress, Performer: "READER^DEMO"}}
	site := r.Sites["NORTH"]
	site.Archive, site.Workitems = l, l
	r.Sites["NORTH"] = site
	r.Silent = func(string) bool { return silent }
	keep(t, r, "1.2.1", "1.2.1.1", nil)
	row := aRow()
	if _, _, err := r.Ledger.PutClaim(t.Context(), ledger.Claim{WorkitemUID: row.WorkitemUID, TransactionUID: "2.25.7", StudyUID: row.StudyUID,
		Accession: row.Accession, Site: "NORTH", UPSURL: site.UPSURL, State: ledger.Held, Since: night}); err != nil {
		t.Fatal(err)
	}
	d := report.New(row.StudyUID, row.Accession, row.Site, night)
	d.Set(report.Findings, "No fracture.", night)
	d.Set(report.Impression, "Normal hand.", night)
	revision, err := r.Save(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	d.Revision = revision
	d.Saw()
	f := r.Facts(t.Context(), row, Context{Priors: Priors{Asked: true}})
	for _, stop := range report.Stopping(report.Check(d, f)) {
		d.OverrideWith(stop, "test", f.Reader, night)
	}
	if d.Revision, err = r.Save(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	out, err := r.Sign(t.Context(), row, d, f, false)
	if err != nil {
		t.Fatal(err)
	}
	o, err := r.Ledger.Row(t.Context(), out.ID)
	if err != nil {
		t.Fatal(err)
	}
	return r, l, o
}

func stopped(err error) bool {
	var c *deliver.ConflictError
	return errors.As(err, &c)
}

func TestAReportLeavesWhereNobodyElseReported(t *testing.T) {
	r, l, row := signedHere(t, false)
	if err := r.Before(t.Context(), row); err != nil {
		t.Fatal(err)
	}
	l.held[dicom.UID(row.Control)] = row.Object // what it wrote itself is no rival
	if err := r.Before(t.Context(), row); err != nil {
		t.Fatal(err)
	}
}

func TestAnothersReportKeepsOursHereAndBothAreShown(t *testing.T) {
	r, l, row := signedHere(t, true)
	l.hold(t, "1.2", "1.2.9.1", "Fracture of the scaphoid.", true)
	l.hold(t, "1.3", "1.3.9.1", "Of another study.", true)
	err := r.Before(t.Context(), row)
	if !stopped(err) || strings.Contains(err.Error(), "PHANTOM") || !strings.Contains(err.Error(), "REED, RITA") {
		t.Fatalf("it may leave: %v", err)
	}
	if due, _ := r.Ledger.Due(t.Context(), night.Add(time.Hour), true); len(due) != 0 {
		t.Fatalf("%d rows are due", len(due))
	}
	if err := r.Before(t.Context(), row); !stopped(err) {
		t.Fatalf("asked again: %v", err)
	}
	all, err := r.Conflicts(t.Context())
	if err != nil || len(all) != 1 || len(all[0].Rivals) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	if c := all[0]; !strings.Contains(fmt.Sprint(c.Mine), "Normal hand.") || !strings.Contains(fmt.Sprint(c.Rivals), "scaphoid") || strings.Contains(fmt.Sprint(c.Rivals), "another study") {
		t.Errorf("the two texts: %q, %q", c.Mine, c.Rivals[0].Parts)
	}
}

func TestAReportKnownAtSigningIsNoNews(t *testing.T) {
	r, l, _ := signedHere(t, false)
	l.hold(t, "1.2", "1.2.9.1", "Preliminary.", false)
	if _, _, err := r.Store.Put(l.held["1.2.9.1"]); err != nil {
		t.Fatal(err)
	}
	rec, err := r.basisOf("NORTH", report.New("1.2", "A1", "NORTH", night), report.Signed{StudyUID: "1.2", SOPUID: "7.7", At: night})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Ledger.PutRecord(t.Context(), rec); err != nil {
		t.Fatal(err)
	}
	known, _, err := r.known(t.Context(), "1.2", []string{"7.7"})
	if err != nil || !known["1.2.9.1"] {
		t.Fatalf("%v, %v", known, err)
	}
	if known, _, _ := r.known(t.Context(), "1.2", []string{"other"}); known["1.2.9.1"] {
		t.Error("what one report knew counts for another")
	}
}

func TestATaskThatSomebodyElseHasOrDidIsPutBeforeTheReader(t *testing.T) {
	for name, c := range map[string]struct {
		task pacs.Workitem
		stop bool
	}{
		"done by another":  {pacs.Workitem{State: pacs.Completed, Performer: "REED^RITA"}, true},
		"read by another":  {pacs.Workitem{State: pacs.InProgress, Performer: "REED^RITA", Since: night}, true},
		"still ours":       {pacs.Workitem{State: pacs.InProgress, Performer: "READER^DEMO"}, false},
		"nobody's again":   {pacs.Workitem{State: pacs.Scheduled}, false},
		"withdrawn":        {pacs.Workitem{State: pacs.Canceled}, false},
		"ours, but silent": {pacs.Workitem{State: pacs.InProgress}, false},
	} {
		r, l, row := signedHere(t, false)
		l.task = c.task
		if err := r.Before(t.Context(), row); stopped(err) != c.stop || !c.stop && err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A hospital's own system gets its message while the archive is down, unless the report
// was signed in that silence: then nothing goes anywhere before the site was asked.
func TestAReportSignedInSilenceWaitsEverywhere(t *testing.T) {
	for _, silent := range []bool{false, true} {
		r, l, row := signedHere(t, silent)
		l.away = pacs.ErrStalled
		if err := r.Before(t.Context(), row); err == nil || stopped(err) {
			t.Errorf("silent %v: the archive's own row: %v", silent, err)
		}
		row.Channel = ledger.HL7
		if err := r.Before(t.Context(), row); (err != nil) != silent {
			t.Errorf("silent %v: the message: %v", silent, err)
		}
	}
}

func TestADecisionNeedsANewSignatureAndKeepsWhatWasSigned(t *testing.T) {
	for what, want := range map[Decision]struct {
		kind report.Kind
		says string
	}{AddToTheirs: {report.Added, "Normal hand."}, ReplaceTheirs: {report.Corrected, "Normal hand."}, KeepAside: {}} {
		r, l, row := signedHere(t, true)
		l.hold(t, "1.2", "1.2.9.1", "Fracture of the scaphoid.", true)
		if err := r.Before(t.Context(), row); !stopped(err) {
			t.Fatal(err)
		}
		all, err := r.Conflicts(t.Context())
		if err != nil || len(all) != 1 {
			t.Fatal(err)
		}
		if err := r.Decide(t.Context(), all[0], SendMine, ""); !errors.Is(err, ErrNoChoice) {
			t.Errorf("two reports as final: %v", err)
		}
		if err := r.Decide(t.Context(), all[0], ReplaceTheirs, " "); !errors.Is(err, ErrNoReason) {
			t.Errorf("replaced without a reason: %v", err)
		}
		if err := r.Decide(t.Context(), all[0], what, "seen later"); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if rows, _ := r.Ledger.OutboxOf(t.Context(), "1.2"); len(rows) != 0 {
			t.Errorf("%s: %d rows would still be sent", what, len(rows))
		}
		kept, err := r.Ledger.Records(t.Context(), ledger.WithheldKind, "1.2")
		var w ledger.Withheld
		if err != nil || len(kept) != 1 || json.Unmarshal(kept[0].Body, &w) != nil || !bytes.Equal(w.Rows[0].Object, row.Object) {
			t.Errorf("%s: what was signed is not kept: %v", what, err)
		}
		if err := r.Decide(t.Context(), all[0], what, "again"); !errors.Is(err, ErrNoConflict) {
			t.Errorf("decided twice: %v", err)
		}
		d, signed, err := r.Draft(t.Context(), aRow())
		if err != nil || signed {
			t.Fatalf("%s: signed %v, %v", what, signed, err)
		}
		if want.kind == "" {
			if d.Revision != 0 {
				t.Errorf("kept aside, and a draft is open: %+v", d)
			}
			continue
		}
		if d.What() != want.kind || d.Before == nil || d.Before.SOPUID != "1.2.9.1" || !strings.Contains(d.Text(), want.says) {
			t.Errorf("%s: %s after %+v: %q", what, d.What(), d.Before, d.Text())
		}
		if theirs := strings.Contains(d.Text(), "scaphoid"); theirs != (what == AddToTheirs) {
			t.Errorf("%s: their text is in it: %v", what, theirs)
		}
	}
}

func TestALostTaskWithoutAReportIsSentOnAWord(t *testing.T) {
	r, l, row := signedHere(t, false)
	l.task = pacs.Workitem{State: pacs.Completed, Performer: "REED^RITA"}
	if err := r.Before(t.Context(), row); !stopped(err) {
		t.Fatal(err)
	}
	all, _ := r.Conflicts(t.Context())
	if err := r.Decide(t.Context(), all[0], SendMine, ""); err != nil {
		t.Fatal(err)
	}
	if err := r.Before(t.Context(), row); err != nil {
		t.Errorf("after the reader's word: %v", err)
	}
	if due, _ := r.Ledger.Due(t.Context(), night.Add(time.Hour), true); len(due) != 1 {
		t.Errorf("%d rows due", len(due))
	}
}
