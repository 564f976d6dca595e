package seal

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
)

// vectors were made by testdata/vectors.py, which shares no line with this package.
type vectors struct {
	Key    string
	Derive []struct {
		Parts []string
		Key   string
	}
	MAC   []struct{ Label, Of, Name string }
	Boxes []struct{ Context, Plain, Box string }
	Files []struct {
		Context, Salt, Sealed string
		Size                  int
		SealedSize            int64  `json:"sealed_size"`
		SealedSHA256          string `json:"sealed_sha256"`
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func readVectors(t testing.TB) (v vectors, k Key) {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err == nil {
		err = json.Unmarshal(b, &v)
	}
	if err != nil || len(v.Derive) < 4 || len(v.MAC) < 3 || len(v.Boxes) < 3 || len(v.Files) < 7 {
		t.Fatalf("the vectors are not there: %v", err)
	}
	copy(k[:], unhex(t, v.Key))
	return v, k
}

// pattern is n bytes as vectors.py makes them.
func pattern(n int) []byte {
	var out []byte
	for i := uint64(0); len(out) < n; i++ {
		h := sha256.Sum256(binary.BigEndian.AppendUint64(nil, i))
		out = append(out, h[:]...)
	}
	return out[:n]
}

// sealWith seals with a salt that is given: what only a test may do.
func sealWith(t testing.TB, k *Key, context string, salt, plain []byte, step int) []byte {
	t.Helper()
	var out bytes.Buffer
	var head [headSize]byte
	copy(head[:], append([]byte("NCT\x01"), salt...))
	w := begin(&out, newStream(k, context, head))
	for len(plain) > 0 {
		n, err := w.Write(plain[:min(step, len(plain))])
		if err != nil {
			t.Fatal(err)
		}
		plain = plain[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestKeysNamesAndBoxesAgreeWithAnotherImplementation(t *testing.T) {
	v, k := readVectors(t)
	for _, d := range v.Derive {
		got := k.Derive(d.Parts[0], d.Parts[1:]...)
		if hex.EncodeToString(got[:]) != d.Key {
			t.Errorf("derive %q: %x, want %s", d.Parts, got[:], d.Key)
		}
	}
	for _, m := range v.MAC {
		if got := k.MAC(m.Label, m.Of); got != m.Name {
			t.Errorf("name of %q %q: %s, want %s", m.Label, m.Of, got, m.Name)
		}
	}
	for _, b := range v.Boxes {
		got, err := k.Open(unhex(t, b.Box), b.Context)
		if err != nil || hex.EncodeToString(got) != b.Plain {
			t.Errorf("box %q: %x %v", b.Context, got, err)
		}
	}
}

func TestFilesAgreeWithAnotherImplementationWhateverStepsTheyAreWrittenIn(t *testing.T) {
	v, k := readVectors(t)
	for _, f := range v.Files {
		plain := pattern(f.Size)
		for _, step := range []int{1 << 30, ChunkSize, ChunkSize - 1, 70001, 512} {
			got := sealWith(t, &k, f.Context, unhex(t, f.Salt), plain, step)
			if h := sha256.Sum256(got); hex.EncodeToString(h[:]) != f.SealedSHA256 || f.Sealed != "" && hex.EncodeToString(got) != f.Sealed {
				t.Errorf("%d bytes in steps of %d: not the bytes of the vector", f.Size, step)
			}
			if int64(len(got)) != f.SealedSize || SealedSize(int64(f.Size)) != f.SealedSize {
				t.Errorf("%d bytes: sealed %d, SealedSize %d, want %d", f.Size, len(got), SealedSize(int64(f.Size)), f.SealedSize)
			}
			back, err := ReadAll(bytes.NewReader(got), int64(len(got)), &k, f.Context)
			if err != nil || !bytes.Equal(back, plain) {
				t.Errorf("%d bytes: %v", f.Size, err)
			}
		}
	}
}
