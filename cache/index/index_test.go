package index_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"sync"
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
		add(t, x, put(t, s, d), d)
	}
	return s, x, path
}

func open(t testing.TB, path string) *index.Index {
	t.Helper()
	x, err := index.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func add(t testing.TB, x *index.Index, e store.Entry, d *dicom.Dataset) {
	t.Helper()
	if err := x.Add(e, d); err != nil {
		t.Fatal(err)
	}
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
	_, x, path := held(t)
	studies, err := x.Studies()
	if err != nil || len(studies) != 2 || studies[0].UID != "1.2.3.2" {
		t.Fatalf("%v %+v", err, studies)
	}
	want := index.Study{UID: "1.2.3.1", PatientName: "PHANTOM^One", PatientID: "P1", BirthDate: "19500101", Sex: "F",
		Date: "20250101", Description: "Study 1", Accession: "A1", Modalities: []string{"CT", "MR"}, Series: 2, Instances: 3}
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
	if _, err := os.Stat(instances[0].Path); err != nil {
		t.Errorf("the path leads nowhere: %v", err)
	}
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}

func TestAddingAgainChangesNothing(t *testing.T) {
	s, x, _ := held(t)
	before := all(t, x)
	d := object(1, 0, 1, nil)
	add(t, x, put(t, s, d), d)
	if after := all(t, x); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

func TestARebuiltIndexSaysTheSame(t *testing.T) {
	s, x, path := held(t)
	before := all(t, x)
	if err := x.Remove("1.2.3.1"); err != nil {
		t.Fatal(err)
	}
	if all(t, x) == before {
		t.Fatal("nothing was removed")
	}
	if skipped, err := x.Rebuild(context.Background(), s); err != nil || skipped != 0 {
		t.Fatal(skipped, err)
	}
	if after := all(t, open(t, path)); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
	if err := s.Remove("1.2.3.2"); err != nil {
		t.Fatal(err)
	}
	if _, err := x.Rebuild(context.Background(), s); err != nil {
		t.Fatal(err)
	}
	if studies, _ := x.Studies(); len(studies) != 1 {
		t.Errorf("%+v", studies)
	}
}

func TestACancelledRebuildLeavesTheOldIndex(t *testing.T) {
	s, x, _ := held(t)
	before := all(t, x)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := x.Rebuild(ctx, s); err == nil || all(t, x) != before {
		t.Errorf("%v, index changed %v", err, all(t, x) != before)
	}
}

func TestRubbishInItsPlaceBecomesAnEmptyIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), index.File)
	if err := os.WriteFile(path, bytes.Repeat([]byte("no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if studies, err := open(t, path).Studies(); err != nil || len(studies) != 0 {
		t.Errorf("%v %+v", err, studies)
	}
}

func TestPriorsAreOfTheSamePatientOnly(t *testing.T) {
	_, x, _ := held(t)
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
		add(t, x, store.Entry{Study: dicom.UID(fmt.Sprintf("1.2.3.%d", 3+i)), Series: "1", SOP: "1"}, object(3+i, 0, 1, set))
	}
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

func TestSeveralMayWriteAtOnce(t *testing.T) {
	_, _, path := held(t)
	var wg sync.WaitGroup
	for k := range 3 {
		x := open(t, path)
		wg.Go(func() {
			for i := range 10 {
				d := object(20+k, 0, i, nil)
				if err := x.Add(store.Entry{Study: dicom.UID(d.Str(dicom.StudyInstanceUID)), Series: "1", SOP: dicom.UID(d.Str(dicom.SOPInstanceUID))}, d); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	x := open(t, path)
	for k := range 3 {
		if s, ok, err := x.Study(dicom.UID(fmt.Sprintf("1.2.3.%d", 20+k))); err != nil || !ok || s.Instances != 10 {
			t.Errorf("%v %v %+v", err, ok, s)
		}
	}
}

func BenchmarkRebuild500Objects(b *testing.B) {
	s, x, _ := held(b)
	for i := range 500 {
		put(b, s, object(5, i%5, i, nil))
	}
	b.ResetTimer()
	for b.Loop() {
		if _, err := x.Rebuild(context.Background(), s); err != nil {
			b.Fatal(err)
		}
	}
}
