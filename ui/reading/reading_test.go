package reading

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/report"
)

func TestFactsNameSidesSeriesAndEveryInstance(t *testing.T) {
	r, _ := newRoom(t)
	keep(t, r, "1.2.1", "1.2.1.1", func(d *dicom.Dataset) { d.SetStr(dicom.Laterality, "R") })
	keep(t, r, "1.2.1", "1.2.1.2", func(d *dicom.Dataset) { d.SetStr(dicom.ImageLaterality, "L") })
	keep(t, r, "1.2.2", "1.2.2.1", func(d *dicom.Dataset) {
		frame, shared := &dicom.Dataset{}, &dicom.Dataset{}
		frame.SetStr(dicom.FrameLaterality, "R")
		shared.SetSeq(dicom.FrameAnatomySequence, frame)
		d.SetSeq(dicom.SharedFunctionalGroupsSequence, shared)
		d.SetStr(dicom.ImageType, "ORIGINAL", "PRIMARY", "LOCALIZER")
	})
	f := r.Facts(t.Context(), aRow(), Context{Unseen: 2, Assumed: true,
		Others: []feed.Row{aRow(), {StudyUID: "7", PatientID: "P7", PatientName: "OTHER^OTTO", Accession: "O1"}}})
	slices.Sort(f.ImageSides)
	if f.Laterality != "R" || !slices.Equal(f.ImageSides, []string{"L", "R"}) {
		t.Errorf("order %q, images %q", f.Laterality, f.ImageSides)
	}
	if f.Have != 3 || len(f.Instances) != 3 || len(f.Foreign) != 0 || f.Expected != 3 || f.Unseen != 2 || f.Study == nil || !f.Reader.Assumed {
		t.Errorf("have %d of %d, %d references, foreign %q, unseen %d", f.Have, f.Expected, len(f.Instances), f.Foreign, f.Unseen)
	}
	if len(f.Series) != 2 || f.Series[0].Thickness != 1.25 || !(f.Series[0].Localizer != f.Series[1].Localizer) {
		t.Errorf("series %+v", f.Series)
	}
	if len(f.Others) != 1 || f.Others[0].ID != "P7" {
		t.Errorf("others %+v", f.Others)
	}
}

// An identifier is a patient's at one site only: whoever has it elsewhere is another
// patient, unless name and birth date say the same.
func TestTheSameIdentifierAtAnotherSiteIsAnotherPatient(t *testing.T) {
	r, _ := newRoom(t)
	other := aRow()
	other.StudyUID, other.Site, other.Accession = "7", "SOUTH", "O1"
	for name, want := range map[string]int{"OTHER^OTTO": 1, aRow().PatientName: 0} {
		other.PatientName = name
		if f := r.Facts(t.Context(), aRow(), Context{Others: []feed.Row{other}}); len(f.Others) != want {
			t.Errorf("%s at SOUTH: others %+v", name, f.Others)
		}
	}
}

func TestFactsSayHowImagesWereLossilyCompressed(t *testing.T) {
	r, _ := newRoom(t)
	keep(t, r, "1.2.1", "1.2.1.1", nil)
	for i, ratio := range []float64{10, 10, 8} {
		keep(t, r, "1.2.1", "1.2.1.2"+string(rune('0'+i)), func(d *dicom.Dataset) {
			d.SetStr(dicom.LossyImageCompression, "01")
			d.SetStr(dicom.LossyImageCompressionMethod, "ISO_10918_1")
			d.SetFloat(dicom.LossyImageCompressionRatio, ratio)
		})
	}
	got := r.Facts(t.Context(), aRow(), Context{}).Lossy
	if slices.Sort(got); !slices.Equal(got, []string{"JPEG 10:1", "JPEG 8:1"}) {
		t.Errorf("%q", got)
	}
}

func TestFactsSayWhichInstancesAreOfAnotherPatient(t *testing.T) {
	r, _ := newRoom(t)
	keep(t, r, "1.2.1", "1.2.1.1", nil)
	keep(t, r, "1.2.1", "1.2.1.2", func(d *dicom.Dataset) { d.SetStr(dicom.PatientID, "P9"); d.SetStr(dicom.PatientBirthDate, "19540203") })
	keep(t, r, "1.2.1", "1.2.1.3", func(d *dicom.Dataset) { d.SetStr(dicom.PatientID, "P9") })
	got := r.Facts(t.Context(), aRow(), Context{}).Foreign
	want := []string{"2 instances with another patient ID than the order's", "1 instance with another birth date than the order's"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, words := range got {
		if strings.Contains(words, "P9") || strings.Contains(words, "1954") {
			t.Errorf("%q quotes a patient", words)
		}
	}
}

func TestTheOrdersSideIsReadFromItsWords(t *testing.T) {
	for words, want := range map[string]string{"CT hand right": "R", "Left knee MR": "L", "XR hands right and left": "B", "CT chest": "", "Knie links": "L",
		"rechte Hand": "R", "upright abdomen": "", "bright": ""} {
		if got := sideOf(words); got != want {
			t.Errorf("%q names side %q, want %q", words, got, want)
		}
	}
}

// draftOn puts a draft with an impression on disk.
func draftOn(t *testing.T, r *Room) *report.Draft {
	t.Helper()
	d := report.New("1.2", "A1", "NORTH", night)
	d.Set(report.Impression, "No fracture.", night)
	var err error
	if d.Revision, err = r.Save(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSigningWritesTheOutboxRowWithTheClaimsTransaction(t *testing.T) {
	r, _ := newRoom(t)
	for i := range 3 {
		keep(t, r, "1.2.1", fmt.Sprint("1.2.1.", i+1), nil)
	}
	claim := ledger.Claim{WorkitemUID: "9.1", TransactionUID: "2.25.77", StudyUID: "1.2", Accession: "A1", Site: "NORTH", State: ledger.Held, Since: night}
	if _, _, err := r.Ledger.PutClaim(t.Context(), claim); err != nil {
		t.Fatal(err)
	}
	row := aRow()
	out, err := r.Sign(t.Context(), row, draftOn(t, r), r.Facts(t.Context(), row, Context{}), true)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Ledger.Row(t.Context(), out.ID)
	if err != nil || got.WorkitemUID != "9.1" || got.TransactionUID != "2.25.77" || got.WithoutClaim || got.State != ledger.Queued {
		t.Errorf("%v: workitem %s, transaction %s, %s", err, got.WorkitemUID, got.TransactionUID, got.State)
	}
	if got.Address != "http://north/dicom-web" || got.UPSURL != "http://north/ups" || !got.NotBefore.Equal(night.Add(15*time.Second)) {
		t.Errorf("to %s and %s, not before %v", got.Address, got.UPSURL, got.NotBefore)
	}
	file, err := dicom.Parse(got.Object)
	if err != nil || !strings.Contains(sr.Text(file.Dataset), "No fracture.") || got.SHA256 != out.Signed.SHA256 {
		t.Errorf("%v: the row does not hold what was signed", err)
	}
	if _, signed, err := r.Draft(t.Context(), row); err != nil || !signed {
		t.Errorf("the draft is not frozen: %v", err)
	}
}

func TestAStatLeavesAtOnceAndAReportWithoutClaimSaysSo(t *testing.T) {
	r, _ := newRoom(t)
	row := aRow()
	row.Priority, row.Expected = pacs.Stat, 0
	out, err := r.Sign(t.Context(), row, draftOn(t, r), r.Facts(t.Context(), row, Context{}), true)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Ledger.Row(t.Context(), out.ID)
	if err != nil || !got.NotBefore.Equal(night) || !got.WithoutClaim || got.TransactionUID != "" {
		t.Errorf("%v: not before %v, without claim %v", err, got.NotBefore, got.WithoutClaim)
	}
}

func TestNothingIsSignedThatStopsOrThatAnotherProgramChanged(t *testing.T) {
	r, _ := newRoom(t)
	row := aRow()
	row.Expected = 0
	d, facts := draftOn(t, r), r.Facts(t.Context(), row, Context{})
	other, err := Clone(d)
	if err != nil {
		t.Fatal(err)
	}
	other.Set(report.Impression, "Fracture.", night)
	if _, err := r.Save(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Sign(t.Context(), row, d, facts, true); !errors.Is(err, ledger.ErrStale) {
		t.Errorf("signed over another program's change: %v", err)
	}
	d.Set(report.Impression, "", night)
	var blocked *report.BlockedError
	if _, err := r.Sign(t.Context(), row, d, facts, true); !errors.As(err, &blocked) {
		t.Errorf("signed without an impression: %v", err)
	}
	if rows, err := r.Ledger.Outbox(t.Context()); err != nil || len(rows) > 0 {
		t.Errorf("%d rows in the outbox, %v", len(rows), err)
	}
}

func TestThePriorsReportIsTheNewestOne(t *testing.T) {
	r, _ := newRoom(t)
	keepReport(t, r, "1.1.9.1", "20251120", "101500", "first version")
	keepReport(t, r, "1.1.9.3", "20251121", "080000", "corrected version")
	keepReport(t, r, "1.1.9.2", "20251120", "183000", "second version")
	if got := r.PriorReport("1.1"); !strings.Contains(got, "corrected version") || strings.Contains(got, "first") {
		t.Errorf("got %q", got)
	}
	if got := r.PriorReport("1.5"); got != "" {
		t.Errorf("a study without reports has %q", got)
	}
}

func TestNewerStudiesAreAnnouncedAndOnlyTheBestPriorsCompared(t *testing.T) {
	r, archive := newRoom(t)
	for _, day := range []string{"20200101", "20210101", "20220101", "20230101", "20240101"} {
		archive.studies = append(archive.studies, found("1.1."+day, day))
	}
	archive.studies = append(archive.studies, found("1.3", "20261201"), found("1.2", "20261122"))
	p := r.FindPriors(t.Context(), aRow())
	var uids []string
	for _, s := range p.Studies {
		uids = append(uids, s.UID)
		if s.Newer != (s.UID == "1.3") || !s.Prior {
			t.Errorf("%s: newer %v", s.UID, s.Newer)
		}
	}
	if want := []string{"1.1.20240101", "1.1.20230101", "1.1.20220101", "1.3"}; !slices.Equal(uids, want) || p.Sentence() != "" {
		t.Errorf("got %v, want %v; %q", uids, want, p.Sentence())
	}
	f := r.Facts(t.Context(), aRow(), Context{Priors: p, Loaded: []string{"1.1.20240101"}})
	if len(f.Newer) != 1 || len(f.Priors) != 3 || !f.Priors[0].Loaded || f.Priors[1].Loaded || !f.Asked {
		t.Errorf("newer %v, priors %+v", f.Newer, f.Priors)
	}
}

func TestNoPriorIsSaidOnlyAfterAFinishedSearch(t *testing.T) {
	r, archive := newRoom(t)
	unknown := aRow()
	unknown.PatientID = ""
	elsewhere := aRow()
	elsewhere.Site = "SOUTH"
	for want, ask := range map[string]func() Priors{
		"no prior found":            func() Priors { return r.FindPriors(t.Context(), aRow()) },
		"priors are being searched": func() Priors { return Priors{} },
		"no priors are matched: the patient is not identified": func() Priors { return r.FindPriors(t.Context(), unknown) },
		"prior search not completed (SOUTH not answering":      func() Priors { return r.FindPriors(t.Context(), elsewhere) },
		"prior search not completed (NORTH not answering": func() Priors {
			archive.err = pacs.ErrPartial
			defer func() { archive.err = nil }()
			return r.FindPriors(t.Context(), aRow())
		},
	} {
		if got := ask().Sentence(); !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestWhatWasKeptIsThereAtTheNextBeginning(t *testing.T) {
	r, _ := newRoom(t)
	r.KeepMarks("1.2", []viewer.Mark{{ID: "a", Slice: 3}, {ID: "b"}}, nil)
	r.KeepMarks("1.2", []viewer.Mark{{ID: "a", Slice: 4}}, []string{"b"})
	r.KeepPlace("1.2", Place{State: &viewer.State{Layout: "1x2", Unseen: 7, Tiles: []viewer.Tile{{SeriesUID: "1.2.1"}}}})
	r.KeepSeen("1.2", []viewer.Seen{{SOPUID: "1.2.9", Frame: 2}})
	r.KeepSeen("1.2", []viewer.Seen{{SOPUID: "1.2.9", Frame: 2}})
	d := draftOn(t, r)
	k := r.Keeper(d)
	for _, text := range []string{"one", "two"} {
		d.Set(report.Findings, text, night)
		if err := k.Keep(d); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Journal.Wait(context.Background()); err != nil {
		t.Fatal(err)
	}
	s, err := r.Begin(t.Context(), aRow())
	if len(s.Seen) != 1 || s.Seen[0] != (viewer.Seen{SOPUID: "1.2.9", Frame: 2}) {
		t.Errorf("seen %v", s.Seen)
	}
	if err != nil || s.Signed || s.Draft.Plain(report.Findings) != "two" || s.Draft.Revision != k.Revision() {
		t.Errorf("%v: findings %q, revision %d of %d", err, s.Draft.Plain(report.Findings), s.Draft.Revision, k.Revision())
	}
	if len(s.Marks) != 1 || s.Marks[0].ID != "a" || s.Marks[0].Slice != 4 || s.State == nil || s.State.Unseen != 7 {
		t.Errorf("marks %+v, state %+v", s.Marks, s.State)
	}
}
