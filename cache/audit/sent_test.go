package audit

import (
	"errors"
	"path/filepath"
	"testing"
)

func TestWhatWasSentIsKeptSealedAndOneProgramSends(t *testing.T) {
	dir := t.TempDir()
	l := opened(t, dir, nil, nil)
	record(t, l, Started())
	want := Cursor{Log: l.Head().Log, N: 1, Off: 400}
	s := l.Place("audit.example:6514")
	if c, err := s.Load(); err != nil || c != (Cursor{}) {
		t.Fatal(c, err)
	}
	give, err := s.Take()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := opened(t, dir, nil, nil).Place("audit.example:6514").Take(); !errors.Is(err, ErrTaken) {
		t.Error("two programs send at once:", err)
	}
	give()
	for range 2 {
		if err := s.Save(want); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := s.Load(); err != nil || c != want {
		t.Error(c, err)
	}
	if c, err := l.Place("other.example").Load(); err != nil || c != (Cursor{}) {
		t.Error("another receiver's place:", c, err)
	}
	path := filepath.Join(dir, s.name)
	b := read(t, path)
	b[len(b)/2] ^= 1
	write(t, path, b)
	if c, err := s.Load(); err != nil || c != (Cursor{}) {
		t.Error("a place that was moved is believed:", c, err)
	}
}
