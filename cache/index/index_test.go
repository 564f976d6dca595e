package index_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	stdsync "sync"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/index"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
)

// object is an instance of a study; set changes its header.
func object(study, series, number int, set func(d *dicom.Dataset)) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
	d.SetStr(dicom.SOPInstanceUID, fmt.Sprintf("1.2.3.%d.%d.%d", study, series, number))
	d.SetStr(dicom.SeriesInstanceUID, fmt.Sprintf("1.2.3.%d.%d", study, series))
	d.SetStr(dicom.StudyInstanceUID, fmt.Sprintf("1.2.3.%d", study))
	d.SetStr(dicom.PatientName, "PHANTOM^One")
	d.SetStr(dicom.PatientID, "P1")
	d.SetStr(dicom.PatientBirthDate, "19500101")
	d.SetStr(dicom.PatientSex, "F")
	d.SetStr(dicom.StudyDate, fmt.Sprintf("2025%02d01", study))
	d.SetStr(dicom.StudyDescription, fmt.Sprintf("Study %d", study))
	d.SetStr(dicom.AccessionNumber, fmt.Sprintf("A%d", study))
	d.SetStr(dicom.Modality, []string{"CT", "MR", "CT"}[series%3])
	d.SetInt(dicom.SeriesNumber, series)
	d.SetInt(dicom.InstanceNumber, number)
	if set != nil {
		set(d)
	}
	return d
}

func put(t testing.TB, s *store.Store, d *dicom.Dataset) store.Entry {
	t.Helper()
	var b bytes.Buffer
	if err := dicom.Write(&b, d, nil); err != nil {
		t.Fatal(err)
	}
	e, _, err := s.Put(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// held is a store and its index: study 1 with two series, study 2 with one.
func held(t testing.TB) (*store.Store, *index.Index, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "a home with blanks")
	s, err := store.Open(filepath.Join(dir, "store"), store.NewKeys(seal.Key{7}))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, index.File)
	x := open(t, path)
	for _, d := range []*dicom.Dataset{object(1, 0, 2, nil), object(1, 0, 1, nil), object(1, 1, 1, nil), object(2, 2, 1, nil)} {
		put(t, s, d)
	}
	if r := sync(t, x, s); r != (index.Report{Changed: 2}) {
		t.Errorf("%+v", r)
	}
	return s, x, path
}

func open(t testing.TB, path string) *index.Index {
	t.Helper()
	x, err := index.Open(path, testKey)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func sync(t testing.TB, x *index.Index, s *store.Store) index.Report {
	t.Helper()
	r, err := x.Sync(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// all is everything an index says, to be compared.
func all(t testing.TB, x *index.Index) string {
	t.Helper()
	studies, err := x.Studies()
	out := fmt.Sprintf("%v %+v\n", err, studies)
	for _, s := range studies {
		series, err := x.Series(s.UID)
		out += fmt.Sprintf("%v %+v\n", err, series)
		for _, r := range series {
			instances, err := x.Instances(s.UID, r.UID)
			out += fmt.Sprintf("%v %+v\n", err, instances)
		}
	}
	return out
}

func TestWhatIsHeldIsListedAndCounted(t *testing.T) {
	s, x, path := held(t)
	studies, err := x.Studies()
	if err != nil || len(studies) != 2 || studies[0].UID != "1.2.3.2" {
		t.Fatalf("%v %+v", err, studies)
	}
	want := index.Study{UID: "1.2.3.1", PatientName: "PHANTOM^One", PatientID: "P1", BirthDate: "19500101", Sex: "F",
		Date: "20250101", Description: "Study 1", Accession: "A1", Modalities: []string{"CT", "MR"}, Series: 2, Instances: 3, Expected: -1}
	entries, err := s.Study("1.2.3.1")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		want.Bytes += e.Size
	}
	if !reflect.DeepEqual(studies[1], want) {
		t.Errorf("%+v, want %+v", studies[1], want)
	}
	series, err := x.Series("1.2.3.1")
	if err != nil || len(series) != 2 || series[0].Number != 0 || series[0].Instances != 2 || series[1].Modality != "MR" {
		t.Errorf("%v %+v", err, series)
	}
	instances, err := x.Instances("1.2.3.1", "1.2.3.1.0")
	if err != nil || len(instances) != 2 || instances[0].Number != 1 || instances[0].Class != dicom.CTImageStorage || instances[0].Frames != 1 {
		t.Errorf("%v %+v", err, instances)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestTheIndexFollowsTheStore(t *testing.T) {
	s, x, _ := held(t)
	before := all(t, x)
	put(t, s, object(1, 0, 1, nil)) // held already
	if r := sync(t, x, s); r != (index.Report{}) || all(t, x) != before {
		t.Errorf("nothing changed and yet %+v", r)
	}
	put(t, s, object(1, 4, 1, nil))
	put(t, s, object(3, 0, 1, nil))
	if r := sync(t, x, s); r.Changed != 2 || r.Gone != 0 {
		t.Errorf("%+v", r)
	}
	if one, ok, err := x.Study("1.2.3.1"); err != nil || !ok || one.Instances != 4 || one.Series != 3 || one.Bytes == 0 {
		t.Errorf("%+v, %v, %v", one, ok, err)
	}
	if err := s.SetExpected("1.2.3.3", 12); err != nil {
		t.Fatal(err)
	}
	if err := s.Remove("1.2.3.2"); err != nil {
		t.Fatal(err)
	}
	if r := sync(t, x, s); r.Changed != 1 || r.Gone != 1 {
		t.Errorf("%+v", r)
	}
	studies, err := x.Studies()
	if err != nil || len(studies) != 2 || studies[0].Expected != 12 || studies[1].Expected != -1 {
		t.Errorf("%+v, %v", studies, err)
	}
	if found, err := x.Find("A3"); err != nil || len(found) != 1 || found[0].UID != "1.2.3.3" {
		t.Errorf("by accession number: %+v, %v", found, err)
	}
}

func TestOnlyAListThatWasThereIsLost(t *testing.T) {
	s, x, _ := held(t)
	if lost, err := x.Lost(context.Background(), s); lost || err != nil {
		t.Error(lost, err)
	}
	empty, err := store.Open(t.TempDir(), store.NewKeys(testKey))
	if err != nil {
		t.Fatal(err)
	}
	if lost, err := open(t, filepath.Join(t.TempDir(), index.File)).Lost(context.Background(), empty); lost || err != nil {
		t.Error(lost, err)
	}
}

func TestAStudyRemovedAndFetchedAgainIsReadAnew(t *testing.T) {
	s, x, _ := held(t)
	if err := s.Remove("1.2.3.2"); err != nil {
		t.Fatal(err)
	}
	put(t, s, object(2, 3, 9, nil))
	sync(t, x, s)
	series, err := x.Series("1.2.3.2")
	if err != nil || len(series) != 1 || series[0].Number != 3 {
		t.Errorf("%+v, %v", series, err)
	}
}

func TestARebuiltIndexSaysTheSame(t *testing.T) {
	s, x, path := held(t)
	before := all(t, x)
	x.Close()
	for _, spoil := range []func() error{
		func() error { return os.Remove(path) },
		func() error { return os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600) },
		func() error { return os.WriteFile(path, nil, 0o600) },
	} {
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		x := open(t, path)
		if studies, err := x.Studies(); err != nil || len(studies) != 0 {
			t.Errorf("%v %+v", err, studies)
		}
		lost, err := x.Lost(context.Background(), s)
		if r := sync(t, x, s); err != nil || !lost || r.Changed != 2 || r.Damaged != 0 || all(t, x) != before {
			t.Errorf("%+v\nbefore\n%s\nafter\n%s", r, before, all(t, x))
		}
		x.Close()
	}
}

// Each page in turn: whatever is asked, it is as it was, or named and made again.
func TestADamagedIndexIsMadeAgain(t *testing.T) {
	s, x, path := held(t)
	before := all(t, x)
	x.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 11; at < len(whole); at += 4096 {
		b := bytes.Clone(whole)
		b[at] ^= 2
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		x := open(t, path)
		sync(t, x, s)
		if said := all(t, x); said != before && !strings.Contains(said, "damaged") {
			t.Errorf("page %d: %s", at/4096, said)
		}
		sync(t, x, s)
		if said := all(t, x); said != before {
			t.Errorf("page %d was not made again: %s", at/4096, said)
		}
		x.Close()
	}
}

// Half of an object is no object: it is taken away, and can be received again.
func TestAnObjectThatIsNotWholeIsSaidAndReceivedAgain(t *testing.T) {
	s, x, _ := held(t)
	e := put(t, s, object(1, 0, 7, nil))
	if err := os.Truncate(e.Path, 90); err != nil {
		t.Fatal(err)
	}
	if r := sync(t, x, s); r.Damaged != 1 || r.Changed != 1 {
		t.Errorf("%+v", r)
	}
	if one, _, err := x.Study("1.2.3.1"); err != nil || one.Instances != 3 || s.Has(e.Study, e.SOP) {
		t.Errorf("%+v, %v; held %v", one, err, s.Has(e.Study, e.SOP))
	}
	put(t, s, object(1, 0, 7, nil))
	if r := sync(t, x, s); r.Damaged != 0 {
		t.Errorf("%+v", r)
	}
	if one, _, err := x.Study("1.2.3.1"); err != nil || one.Instances != 4 || !s.Has(e.Study, e.SOP) {
		t.Errorf("%+v, %v", one, err)
	}
	if r := sync(t, x, s); r != (index.Report{}) {
		t.Errorf("%+v", r)
	}
}

func TestNothingOfAPatientIsOnTheDisk(t *testing.T) {
	_, x, path := held(t)
	for _, close := range []bool{false, true} {
		if close {
			x.Close()
		}
		for _, tail := range []string{"", "-wal"} {
			b, err := os.ReadFile(path + tail)
			for _, word := range []string{"PHANTOM", "1.2.3.1", "Study 1", "CREATE TABLE", "SQLite"} {
				if err == nil && bytes.Contains(b, []byte(word)) {
					t.Errorf("%q in %s", word, path+tail)
				}
			}
		}
	}
}

func TestACancelledSyncLeavesWhatItHadNotReached(t *testing.T) {
	s, x, _ := held(t)
	before := all(t, x)
	put(t, s, object(7, 0, 1, nil))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := x.Sync(ctx, s); err == nil || all(t, x) != before {
		t.Errorf("%v, index changed %v", err, all(t, x) != before)
	}
}

func TestPriorsAreOfTheSamePatientOnly(t *testing.T) {
	s, x, _ := held(t)
	for i, set := range []func(d *dicom.Dataset){
		func(d *dicom.Dataset) { d.SetStr(dicom.PatientName, "phantom^one^^") }, // written otherwise
		func(d *dicom.Dataset) { d.SetStr(dicom.PatientBirthDate) },             // not said
		func(d *dicom.Dataset) { d.SetStr(dicom.PatientID, "P2") },              // another ID
		func(d *dicom.Dataset) { d.SetStr(dicom.PatientName, "PHANTOM^Two") },   // same ID, other name
		func(d *dicom.Dataset) { d.SetStr(dicom.PatientBirthDate, "19500102") }, // other birth date
		func(d *dicom.Dataset) { d.SetStr(dicom.PatientSex, "M") },              // other sex
		func(d *dicom.Dataset) { d.SetStr(dicom.IssuerOfPatientID, "SOUTH") },   // other issuer
		func(d *dicom.Dataset) { d.SetStr(dicom.PatientID) },                    // no ID
		func(d *dicom.Dataset) { d.SetStr(dicom.PatientName, "UNKNOWN^MALE") },  // a placeholder
	} {
		put(t, s, object(3+i, 0, 1, set))
	}
	sync(t, x, s)
	uids := func(study dicom.UID) (out []dicom.UID) {
		priors, err := x.Priors(study)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range priors {
			out = append(out, p.UID)
		}
		return out
	}
	for study, want := range map[dicom.UID][]dicom.UID{
		"1.2.3.1":  {"1.2.3.4", "1.2.3.3", "1.2.3.2"}, // newest first
		"1.2.3.9":  nil,
		"1.2.3.10": nil,
		"1.2.3.11": nil,
		"9.9.9":    nil,
	} {
		if got := uids(study); !reflect.DeepEqual(got, want) {
			t.Errorf("priors of %s: %v, want %v", study, got, want)
		}
	}
}

func TestSeveralMaySyncAtOnce(t *testing.T) {
	s, first, path := held(t)
	for k := range 9 {
		put(t, s, object(20+k%3, k, 1, nil))
	}
	var wg waitGroup
	for range 3 {
		x := open(t, path)
		wg.Go(func() {
			if _, err := x.Sync(context.Background(), s); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for k := range 3 {
		if s, ok, err := first.Study(dicom.UID(fmt.Sprintf("1.2.3.%d", 20+k))); err != nil || !ok || s.Instances != 3 {
			t.Errorf("%v %v %+v", err, ok, s)
		}
	}
}

type waitGroup = stdsync.WaitGroup

var testKey = seal.Key{1}
