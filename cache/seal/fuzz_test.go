package seal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"testing"
)

// FuzzNewReader: whatever bytes come, a file opens only where it is one of the vectors,
// and then with the vector's bytes.
func FuzzNewReader(f *testing.F) {
	v, k := readVectors(f)
	known := map[string][]byte{}
	for _, x := range v.Files {
		if x.Context == "a" && x.Size <= ChunkSize+1 {
			b := sealWith(f, &k, x.Context, unhex(f, x.Salt), pattern(x.Size), 1<<20)
			known[string(b)] = pattern(x.Size)
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := NewReader(bytes.NewReader(b), int64(len(b)), &k, "a")
		var got []byte
		if err == nil {
			got = make([]byte, r.Size())
			_, err = r.ReadAt(got, 0)
		}
		var d *DamageError
		switch want, ok := known[string(b)]; {
		case ok && (err != nil || !bytes.Equal(got, want)):
			t.Errorf("a vector does not open: %v", err)
		case !ok && !errors.As(err, &d):
			t.Errorf("%d foreign bytes: %v", len(b), err)
		}
	})
}

// FuzzOpen is the same of boxes.
func FuzzOpen(f *testing.F) {
	v, k := readVectors(f)
	for _, x := range v.Boxes {
		f.Add(unhex(f, x.Box), x.Context)
	}
	f.Fuzz(func(t *testing.T, b []byte, context string) {
		plain, err := k.Open(b, context)
		for _, x := range v.Boxes {
			if x.Box == hex.EncodeToString(b) && x.Context == context {
				if err != nil || hex.EncodeToString(plain) != x.Plain {
					t.Errorf("a vector does not open: %v", err)
				}
				return
			}
		}
		var d *DamageError
		if !errors.As(err, &d) || plain != nil {
			t.Errorf("%d foreign bytes: %v", len(b), err)
		}
	})
}
