package store_test

import (
	"os"
	"path/filepath"
	"testing"
)

func TestVerifyNamesEveryDamagedFileAndMendLetsItComeAgain(t *testing.T) {
	dir, want := kept(t)
	v, err := open(t, dir).Verify(t.Context())
	if err != nil || v.Studies != 2 || v.Objects != 6 || v.Records != 8 || len(v.Damaged) != 0 || v.Bytes < 100000 {
		t.Fatalf("%+v, %v", v, err)
	}
	for _, p := range files(t, dir) {
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		bad := append([]byte{}, b...)
		bad[len(bad)/2] ^= 4
		if err := os.WriteFile(p, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		v, err := open(t, dir).Verify(t.Context())
		rel, _ := filepath.Rel(dir, p)
		if err != nil || len(v.Damaged) != 1 || v.Damaged[0].File != filepath.ToSlash(rel) || v.Damaged[0].What == "" {
			t.Errorf("%s: %+v, %v", filepath.Base(p), v.Damaged, err)
		}
		if err := os.WriteFile(p, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	es := study(t, open(t, dir), 1)
	key := filepath.Join(filepath.Dir(study(t, open(t, dir), 2)[0].Path), "key")
	for _, p := range []string{es[1].Path, key} {
		if err := os.Truncate(p, 50); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, dir)
	for range 2 { // the key's study is set aside first, and is gone then
		v, err := s.Verify(t.Context())
		if err != nil || len(v.Damaged) == 0 {
			t.Fatalf("%+v, %v", v, err)
		}
		for _, d := range v.Damaged {
			if err := s.Mend(d); err != nil {
				t.Fatal(err)
			}
		}
	}
	if v, err := s.Verify(t.Context()); err != nil || len(v.Damaged) != 0 || v.Studies != 1 || v.Objects != 2 {
		t.Errorf("%+v, %v", v, err)
	}
	if s.Has(studyUID(1), es[1].SOP) {
		t.Error("what was taken away is still held")
	}
	put(t, s, want[es[1].SOP])
	if v, err := s.Verify(t.Context()); err != nil || len(v.Damaged) != 0 || v.Objects != 3 {
		t.Errorf("%+v, %v", v, err)
	}
}
