package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
)

// object is a small whole object: study, series and instance by number.
func object(t testing.TB, study, sop int, comment string) []byte {
	t.Helper()
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
	d.SetStr(dicom.SOPInstanceUID, fmt.Sprintf("1.2.3.%d.%d", study, sop))
	d.SetStr(dicom.StudyInstanceUID, string(studyUID(study)))
	d.SetStr(dicom.SeriesInstanceUID, fmt.Sprintf("1.2.4.%d", study))
	d.SetStr(dicom.PatientName, "PHANTOM^Store")
	d.SetStr(dicom.ImageComments, comment)
	var b bytes.Buffer
	if err := dicom.Write(&b, d, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func studyUID(n int) dicom.UID { return dicom.UID(fmt.Sprintf("1.2.3.%d", n)) }

func sopUID(study, n int) dicom.UID { return dicom.UID(fmt.Sprintf("1.2.3.%d.%d", study, n)) }

// keys are the same for every store of the tests, in other processes too.
var keys = store.NewKeys(seal.Key{1, 2, 3})

func open(t testing.TB, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t testing.TB, s *store.Store, b []byte) store.Entry {
	t.Helper()
	e, fresh, err := s.Put(b)
	if err != nil || !fresh {
		t.Fatalf("put: fresh %v, %v", fresh, err)
	}
	return e
}

// same compares entries of two stores: each has the key at another place.
func same(a, b store.Entry) bool {
	return a.Study == b.Study && a.Series == b.Series && a.SOP == b.SOP && a.Path == b.Path && a.SHA256 == b.SHA256 && a.Size == b.Size && *a.Key() == *b.Key()
}

func study(t testing.TB, s *store.Store, n int) []store.Entry {
	t.Helper()
	es, err := s.Study(studyUID(n))
	if err != nil {
		t.Fatal(err)
	}
	return es
}

func TestObjectsComeBackAsReceived(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	want := map[dicom.UID][]byte{}
	for i := range 5 {
		want[sopUID(1, i)] = object(t, 1, i, "")
		put(t, s, want[sopUID(1, i)])
	}
	put(t, s, object(t, 2, 0, ""))
	for _, s := range []*store.Store{s, open(t, dir)} {
		es := study(t, s, 1)
		if len(es) != 5 || len(study(t, s, 2)) != 1 || len(study(t, s, 3)) != 0 {
			t.Fatalf("%d, %d, %d objects", len(es), len(study(t, s, 2)), len(study(t, s, 3)))
		}
		for i, e := range es {
			b, err := s.Read(e)
			if err != nil || !bytes.Equal(b, want[e.SOP]) || e.SOP != sopUID(1, i) || e.Study != studyUID(1) || e.Series != "1.2.4.1" {
				t.Errorf("%+v: %v", e, err)
			}
			h, err := s.Header(e)
			if err != nil || h.Dataset.Str(dicom.SOPInstanceUID) != string(e.SOP) {
				t.Errorf("header of %+v: %v", e, err)
			}
		}
		studies, err := s.Studies()
		slices.Sort(studies)
		if err != nil || !slices.Equal(studies, []dicom.UID{studyUID(1), studyUID(2)}) {
			t.Errorf("studies %v %v", studies, err)
		}
		if !s.Has(studyUID(1), sopUID(1, 4)) || s.Has(studyUID(1), sopUID(2, 0)) || s.Has(studyUID(2), sopUID(1, 4)) {
			t.Error("Has is wrong")
		}
	}
}

func TestTheSameBytesAgainChangeNothing(t *testing.T) {
	s := open(t, t.TempDir())
	b := object(t, 1, 1, "")
	first := put(t, s, b)
	again, fresh, err := s.Put(b)
	if err != nil || fresh || !same(again, first) || len(study(t, s, 1)) != 1 {
		t.Errorf("%+v fresh %v, %v; %d objects", again, fresh, err, len(study(t, s, 1)))
	}
}

func TestOtherBytesUnderTheSameUIDAreKeptApartAndReported(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	mine, other := object(t, 1, 1, "a"), object(t, 1, 1, "b")
	held := put(t, s, mine)
	for i := range 2 {
		e, fresh, err := s.Put(other)
		var conflict *store.ConflictError
		if !errors.As(err, &conflict) || conflict.Held != held.SHA256 || conflict.Received != e.SHA256 || fresh != (i == 0) {
			t.Fatalf("time %d: fresh %v, %v", i, fresh, err)
		}
		if strings.Contains(err.Error(), "1.2.3") || strings.Contains(err.Error(), "PHANTOM") {
			t.Errorf("the error tells too much: %v", err)
		}
		if b, err := s.Read(e); err != nil || !bytes.Equal(b, other) {
			t.Errorf("the others cannot be read: %v", err)
		}
	}
	for _, s := range []*store.Store{s, open(t, dir)} {
		conflicts, err := s.Conflicts(studyUID(1))
		es := study(t, s, 1)
		if len(es) != 1 || !same(es[0], held) || len(conflicts) != 1 || err != nil {
			t.Errorf("held %+v, conflicts %+v %v", es, conflicts, err)
		}
		if b, err := s.Read(es[0]); err != nil || !bytes.Equal(b, mine) {
			t.Errorf("the first were replaced: %v", err)
		}
	}
}

func TestWhatIsNoWholeObjectIsNotKept(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	whole := object(t, 1, 1, "")
	for name, b := range map[string][]byte{
		"nothing": nil, "text": []byte("HTTP/1.1 500 Internal Server Error"), "cut": whole[:len(whole)-3],
		"no study": bytes.Replace(whole, []byte{0x20, 0, 0x0D, 0, 'U', 'I'}, []byte{0x20, 0, 0x0F, 0, 'U', 'I'}, 1),
	} {
		_, fresh, err := s.Put(b)
		var inv *dicom.InvalidError
		if !errors.As(err, &inv) || fresh {
			t.Errorf("%s: fresh %v, %v", name, fresh, err)
		}
	}
	if n := len(files(t, dir)); n != 0 {
		t.Errorf("%d files were left", n)
	}
}

// files are all regular files below dir.
func files(t testing.TB, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			out = append(out, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPathsTellNothingAndNobodyElseReads(t *testing.T) {
	dir := t.TempDir()
	s := open(t, filepath.Join(dir, "store"))
	put(t, s, object(t, 1, 1, ""))
	if err := s.SetExpected(studyUID(1), 9); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(filepath.Join(dir, "store"), func(p string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(dir, p)
		for _, secret := range []string{"1.2.3", "1.2.4", "PHANTOM"} {
			if strings.Contains(rel, secret) {
				t.Errorf("%s holds %s", rel, secret)
			}
		}
		info, _ := d.Info()
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if runtime.GOOS != "windows" && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", rel, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestExpectedCountsStay(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, ok := s.Expected(studyUID(1)); ok {
		t.Error("expected a count nobody noted")
	}
	for _, n := range []int{120, 113} {
		if err := s.SetExpected(studyUID(1), n); err != nil {
			t.Fatal(err)
		}
		if got, ok := open(t, dir).Expected(studyUID(1)); !ok || got != n {
			t.Errorf("expected %d %v, want %d", got, ok, n)
		}
	}
	if len(study(t, s, 1)) != 0 {
		t.Error("a count is no object")
	}
}

func TestARemovedStudyIsGoneAndMayComeBack(t *testing.T) {
	dir := t.TempDir()
	s, other := open(t, dir), open(t, dir)
	b := object(t, 1, 1, "")
	put(t, s, b)
	put(t, s, object(t, 2, 1, ""))
	if len(study(t, other, 1)) != 1 {
		t.Fatal("not seen by the other")
	}
	if err := s.Remove(studyUID(1)); err != nil {
		t.Fatal(err)
	}
	for _, s := range []*store.Store{s, other} {
		if len(study(t, s, 1)) != 0 || len(study(t, s, 2)) != 1 || s.Has(studyUID(1), sopUID(1, 1)) {
			t.Error("the study is still there, or too much is gone")
		}
	}
	if n := len(files(t, dir)); n != 3 {
		t.Errorf("%d files are left, want key, object and list of the other study", n)
	}
	put(t, other, b)
	if len(study(t, s, 1)) != 1 {
		t.Error("it does not come back")
	}
	if err := s.Remove(studyUID(99)); err != nil {
		t.Errorf("removing what is not held: %v", err)
	}
}

func TestLostAndTornListsAreMadeAnew(t *testing.T) {
	for name, harm := range map[string]func(b []byte) []byte{
		"lost":          func([]byte) []byte { return nil },
		"torn":          func(b []byte) []byte { return b[:len(b)-40] },
		"torn, went on": func(b []byte) []byte { return append(b[:len(b)/2], b[len(b)/2+60:]...) },
		"rubbish":       func([]byte) []byte { return []byte("\x00\xff{}\n{\"file\":\"../../x\"}\n") },
		"twice":         func(b []byte) []byte { return append(b, b...) },
	} {
		dir := t.TempDir()
		s := open(t, dir)
		for i := range 3 {
			put(t, s, object(t, 1, i, ""))
		}
		list := filepath.Join(filepath.Dir(study(t, s, 1)[0].Path), "entries")
		b, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(list, harm(b), 0o600); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			s := open(t, dir)
			es := study(t, s, 1)
			if len(es) != 3 {
				t.Errorf("%s: %d objects", name, len(es))
			}
			for _, e := range es {
				if _, err := s.Read(e); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
}

func TestAnObjectWithoutALineIsFound(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	e := put(t, s, object(t, 1, 1, ""))
	list := filepath.Join(filepath.Dir(e.Path), "entries")
	if err := os.Remove(list); err != nil { // killed between object and line
		t.Fatal(err)
	}
	again, fresh, err := open(t, dir).Put(object(t, 1, 1, ""))
	if err != nil || fresh || !same(again, e) {
		t.Errorf("%+v fresh %v %v", again, fresh, err)
	}
	if got := study(t, open(t, dir), 1); len(got) != 1 || !same(got[0], e) {
		t.Errorf("%+v", got)
	}
}

func TestChangedBytesAreNoticedAndReceivedAgain(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	b := object(t, 1, 1, "")
	e := put(t, s, b)
	bad, err := os.ReadFile(e.Path)
	if err != nil {
		t.Fatal(err)
	}
	bad[len(bad)-1] ^= 1
	if err := os.WriteFile(e.Path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(e); !errors.Is(err, seal.ErrDamaged) {
		t.Errorf("changed bytes were read: %v", err)
	}
	if _, fresh, err := open(t, dir).Put(b); err != nil || !fresh {
		t.Errorf("fresh %v, %v", fresh, err)
	}
	if got, err := s.Read(e); err != nil || !bytes.Equal(got, b) {
		t.Errorf("not restored: %v", err)
	}
}

func TestRubbishUnderAnObjectsNameGivesWay(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	b := object(t, 1, 1, "")
	e := put(t, s, b)
	folder := filepath.Dir(e.Path)
	os.Remove(filepath.Join(folder, "entries"))
	if err := os.WriteFile(e.Path, b[:200], 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	if es := study(t, s, 1); len(es) != 0 {
		t.Errorf("rubbish is listed: %+v", es)
	}
	put(t, s, b)
}

func TestOldLeftoversAreClearedAndYoungOnesLeft(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	for name, age := range map[string]time.Duration{"put-old": time.Hour, "put-young": time.Minute} {
		p := filepath.Join(dir, "tmp", name)
		if err := os.WriteFile(p, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(p, when, when); err != nil {
			t.Fatal(err)
		}
	}
	open(t, dir)
	if got := files(t, dir); len(got) != 1 || filepath.Base(got[0]) != "put-young" {
		t.Errorf("left: %v", got)
	}
}

// TestSeveralProcessesPutTheSameStudy starts this test binary again.
func TestSeveralProcessesPutTheSameStudy(t *testing.T) {
	const objects = 40
	if dir := os.Getenv("NOCTURNE_TEST_STORE"); dir != "" {
		s := open(t, dir)
		for i := range objects {
			if _, _, err := s.Put(object(t, 1, i, "")); err != nil {
				t.Error(err)
			}
		}
		return
	}
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			c := exec.Command(os.Args[0], "-test.run=TestSeveralProcessesPutTheSameStudy$")
			c.Env = append(os.Environ(), "NOCTURNE_TEST_STORE="+dir)
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	wg.Wait()
	s := open(t, dir)
	es := study(t, s, 1)
	conflicts, err := s.Conflicts(studyUID(1))
	if len(es) != objects || len(conflicts) != 0 || err != nil {
		t.Errorf("%d objects, %d conflicts, %v", len(es), len(conflicts), err)
	}
	for _, e := range es {
		if _, err := s.Read(e); err != nil {
			t.Error(err)
		}
	}
	if n := len(files(t, dir)); n != objects+2 {
		t.Errorf("%d files, want %d objects, a key and a list", n, objects)
	}
}

func BenchmarkPut512KiB(b *testing.B) {
	s := open(b, b.TempDir())
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
	d.SetStr(dicom.StudyInstanceUID, "1.2.3")
	d.SetStr(dicom.SeriesInstanceUID, "1.2.4")
	pixels := make([]byte, 512<<10)
	b.SetBytes(512 << 10)
	for i := 0; b.Loop(); i++ {
		d.SetStr(dicom.SOPInstanceUID, fmt.Sprintf("1.2.3.%d", i))
		var buf bytes.Buffer
		if err := dicom.Write(&buf, d, pixels); err != nil {
			b.Fatal(err)
		}
		put(b, s, buf.Bytes())
	}
}

func BenchmarkStudy1000Objects(b *testing.B) {
	dir := b.TempDir()
	s := open(b, dir)
	for i := range 1000 {
		put(b, s, object(b, 1, i, ""))
	}
	b.ResetTimer()
	for b.Loop() {
		if len(study(b, open(b, dir), 1)) != 1000 {
			b.Fatal("incomplete")
		}
	}
}
