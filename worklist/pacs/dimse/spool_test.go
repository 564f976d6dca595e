package dimse

import (
	"bytes"
	"io"
	"testing"
)

func TestWhatIsReceivedLiesOnDiskSealed(t *testing.T) {
	s, err := newSpool(1 << 20)
	if err != nil {
		t.Fatal(err)
	}
	want := bytes.Repeat([]byte("DICM PHANTOM^Jane "), 10000)
	for part := range 3 {
		if _, err := s.Write(want[part*60000 : (part+1)*60000]); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.whole()
	if err != nil || r.Size() != 180000 {
		t.Fatal(err)
	}
	on, err := io.ReadAll(io.NewSectionReader(s.f, 0, 1<<20))
	if err != nil || len(on) < 180000 || bytes.Contains(on, []byte("DICM")) || bytes.Contains(on, []byte("Jane")) {
		t.Errorf("%d bytes on disk, plain; %v", len(on), err)
	}
	got, err := s.bytes()
	if err != nil || !bytes.Equal(got, want[:180000]) || !s.key.None() {
		t.Errorf("%d bytes came back, %v", len(got), err)
	}
}
