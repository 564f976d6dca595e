package reading

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/audit/audittest"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/ups"
)

var night = time.Date(2026, 11, 22, 3, 12, 0, 0, time.UTC)

// shelf is an archive that only finds studies.
type shelf struct {
	studies []*dicom.Dataset
	err     error
}

func (s *shelf) find(_ context.Context, q pacs.Query) (out []*dicom.Dataset, err error) {
	for _, d := range s.studies {
		if pacs.Matches(d, q.Match) {
			out = append(out, d)
		}
	}
	return out, s.err
}

func (s *shelf) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	all, err := s.find(ctx, q)
	for _, ds := range all {
		if e := each(ds); e != nil {
			return e
		}
	}
	return err
}
func (*shelf) Retrieve(context.Context, pacs.Ref, func(pacs.Object) error) error {
	return pacs.ErrStalled
}
func (*shelf) Store(context.Context, dicom.UID, ...[]byte) (pacs.Stored, error) {
	return pacs.Stored{}, pacs.ErrStalled
}
func (*shelf) Verify(context.Context) error { return nil }

func newRoom(t *testing.T) (*Room, *shelf) {
	t.Helper()
	home := t.TempDir()
	led, err := ledger.Open(home, ledgertest.Key)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := store.Open(filepath.Join(home, "cache"), store.NewKeys(seal.Key{7}))
	if err != nil {
		t.Fatal(err)
	}
	archive := &shelf{}
	r := New(&audittest.Trail{}, &Room{Reader: ups.Reader{Name: "READER^DEMO", ID: "one", Organization: "Test Hospital"}, Ledger: led, Store: objects,
		Fetch: &fetch.Engine{Store: objects}, Now: func() time.Time { return night },
		Sites: map[string]Site{"NORTH": {Site: feed.Site{Name: "NORTH", Archive: archive}, DICOMwebURL: "http://north/dicom-web", UPSURL: "http://north/ups"}},
		Recall: func(stat bool) time.Duration {
			if stat {
				return 0
			}
			return 15 * time.Second
		}})
	r.Journal = NewJournal(func(err error) { t.Errorf("journal: %v", err) })
	t.Cleanup(func() { r.Journal.Close(); led.Close() })
	return r, archive
}

func aRow() feed.Row {
	return feed.Row{Site: "NORTH", WorkitemUID: "9.1", StudyUID: "1.2", Accession: "A1", PatientName: "PHANTOM^ANNA", PatientID: "P1", BirthDate: "19540302",
		Sex: "F", Modality: "CT", Study: "CT hand right", StudyDate: "20261122", StudyTime: "021500", Priority: pacs.Routine, Expected: 3, Indication: "fall"}
}

// keep puts an instance of the row's study into the store, edited.
func keep(t *testing.T, r *Room, series, sop string, edit func(*dicom.Dataset)) {
	t.Helper()
	d := &dicom.Dataset{}
	for tag, v := range map[dicom.Tag]string{
		dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: sop, dicom.StudyInstanceUID: "1.2", dicom.SeriesInstanceUID: series,
		dicom.Modality: "CT", dicom.PatientName: "PHANTOM^ANNA", dicom.PatientID: "P1", dicom.PatientBirthDate: "19540302", dicom.PatientSex: "F",
		dicom.AccessionNumber: "A1", dicom.SeriesDescription: "axial " + series,
	} {
		d.SetStr(tag, v)
	}
	d.SetFloat(dicom.SliceThickness, 1.25)
	if edit != nil {
		edit(d)
	}
	put(t, r, d)
}

func put(t *testing.T, r *Room, d *dicom.Dataset) {
	t.Helper()
	if _, _, err := r.Store.Put(written(t, d)); err != nil {
		t.Fatal(err)
	}
}

// written is a data set as a file.
func written(t *testing.T, d *dicom.Dataset) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := dicom.Write(&b, d, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// keepReport puts a report of the study 1.1 into the store.
func keepReport(t *testing.T, r *Room, sop, date, tm, text string) {
	t.Helper()
	header := &dicom.Dataset{}
	for tag, v := range map[dicom.Tag]string{dicom.StudyInstanceUID: "1.1", dicom.PatientName: "PHANTOM^ANNA", dicom.PatientID: "P1"} {
		header.SetStr(tag, v)
	}
	at, ok := dicom.ParseDateTime(date, tm, time.UTC)
	if !ok {
		t.Fatalf("no time: %s %s", date, tm)
	}
	d, err := sr.BasicText(sr.Document{Study: header, SOPUID: dicom.UID(sop), SeriesUID: "1.1.9", Content: at,
		Observer: sr.Observer{Name: "OLD^READER", Organization: "Test"}, Sections: []sr.Section{{Key: "impression", Name: "Impression", Text: text}}})
	if err != nil {
		t.Fatal(err)
	}
	put(t, r, d)
}

// found is what the archive says of another study of the patient.
func found(uid, date string) *dicom.Dataset {
	d := &dicom.Dataset{}
	for tag, v := range map[dicom.Tag]string{dicom.StudyInstanceUID: uid, dicom.StudyDate: date, dicom.StudyTime: "101500", dicom.PatientID: "P1",
		dicom.PatientName: "PHANTOM^ANNA", dicom.PatientBirthDate: "19540302", dicom.PatientSex: "F", dicom.ModalitiesInStudy: "CT",
		dicom.StudyDescription: fmt.Sprint("CT hand of ", date)} {
		d.SetStr(tag, v)
	}
	return d
}
