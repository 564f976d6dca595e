package seal_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"github.com/nocturne/nocturne/cache/seal"
)

func random(n int) []byte {
	b := make([]byte, n)
	src := rand.NewChaCha8([32]byte{7})
	src.Read(b)
	return b
}

func sealed(t testing.TB, k *seal.Key, context string, plain []byte) []byte {
	t.Helper()
	b, err := seal.File(k, context, plain)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// damaged demands the one error.
func damaged(t testing.TB, what string, err error) {
	t.Helper()
	var d *seal.DamageError
	if !errors.As(err, &d) || !errors.Is(err, seal.ErrDamaged) {
		t.Errorf("%s: %v, want *DamageError", what, err)
	}
}

// neverWrong reads a file that may be harmed: what comes is a beginning of want, or
// nothing; and an error unless all of it came. It reports whether all came.
func neverWrong(t testing.TB, what string, b []byte, k *seal.Key, context string, want []byte) bool {
	t.Helper()
	r, err := seal.NewReader(bytes.NewReader(b), int64(len(b)), k, context)
	if err != nil {
		damaged(t, what, err)
		return false
	}
	got := bytes.Repeat([]byte{0xA5}, len(want)+10)
	n, err := r.ReadAt(got, 0)
	if r.Size() != int64(len(want)) || !bytes.Equal(got[:n], want[:min(n, len(want))]) {
		t.Errorf("%s: wrong bytes, or %d instead of %d", what, r.Size(), len(want))
	}
	for i, c := range got[n:] {
		if c != 0 && c != 0xA5 {
			t.Fatalf("%s: bytes that failed stand in the buffer at %d", what, n+i)
		}
	}
	if err == io.EOF && n == len(want) {
		return true
	}
	damaged(t, what, err)
	return false
}

func TestAnyPieceOfAFileCanBeReadByManyAtOnce(t *testing.T) {
	k := seal.NewKey()
	plain := random(3*seal.ChunkSize + 1234)
	b := sealed(t, &k, "name", plain)
	r, err := seal.NewReader(bytes.NewReader(b), int64(len(b)), &k, "name")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(1, uint64(g)))
			for range 300 {
				off := rng.IntN(len(plain) + 10)
				p := make([]byte, rng.IntN(2*seal.ChunkSize))
				want := plain[min(off, len(plain)):min(off+len(p), len(plain))]
				n, err := r.ReadAt(p, int64(off))
				if !bytes.Equal(p[:n], want) || (err == io.EOF) != (n < len(p)) || err != nil && err != io.EOF {
					t.Errorf("%d bytes at %d: %d, %v", len(p), off, n, err)
				}
				if g == 0 {
					r.Forget()
				}
			}
		})
	}
	wg.Wait()
	if err := iotest.TestReader(io.NewSectionReader(r, 0, r.Size()), plain); err != nil {
		t.Error(err)
	}
}

func TestEveryBitOfASmallFileAndBoxIsHeld(t *testing.T) {
	k := seal.NewKey()
	plain := random(60)
	file, box := sealed(t, &k, "f", plain), k.Seal(plain, "f")
	if !neverWrong(t, "whole", file, &k, "f", plain) {
		t.Fatal("the whole file does not open")
	}
	for _, b := range [][]byte{file, box} {
		open := func(what string, b []byte) bool { return neverWrong(t, what, b, &k, "f", plain) }
		if &b[0] == &box[0] {
			open = func(what string, b []byte) bool {
				got, err := k.Open(b, "f")
				if err != nil {
					damaged(t, what, err)
				}
				return got != nil
			}
		}
		for i := range len(b) * 8 {
			bad := bytes.Clone(b)
			bad[i/8] ^= 1 << (i % 8)
			if open(fmt.Sprintf("bit %d", i), bad) {
				t.Errorf("bit %d of %d was not missed", i, len(b)*8)
			}
		}
		for n := range b {
			if open(fmt.Sprintf("cut to %d", n), bytes.Clone(b[:n])) {
				t.Errorf("cut to %d of %d bytes it opens", n, len(b))
			}
		}
		if open("longer", append(bytes.Clone(b), 0)) {
			t.Error("with a byte behind it opens")
		}
	}
}

func TestAByteOrACutInALongFileNeverGivesWrongBytes(t *testing.T) {
	k := seal.NewKey()
	plain := random(2*seal.ChunkSize + 100)
	b := sealed(t, &k, "f", plain)
	rng := rand.New(rand.NewPCG(1, 2))
	at := []int{0, 1, 2, 3, 4, 20, 31, 32, len(b) - 1, len(b) - 16, len(b) - 17, len(b) - 116, len(b) - 117}
	for c := 1; c <= 2; c++ {
		edge := 32 + c*(seal.ChunkSize+16)
		for d := -18; d <= 18; d++ {
			at = append(at, edge+d)
		}
	}
	sample := 200
	if os.Getenv("NOCTURNE_LONG") != "" {
		sample = 20000
	}
	for range sample {
		at = append(at, rng.IntN(len(b)))
	}
	for _, i := range at {
		bad := bytes.Clone(b)
		bad[i] ^= byte(1 + rng.IntN(255))
		if neverWrong(t, fmt.Sprintf("byte %d", i), bad, &k, "f", plain) {
			t.Errorf("byte %d was not missed", i)
		}
		_, err := seal.NewReader(bytes.NewReader(b[:i]), int64(i), &k, "f")
		damaged(t, fmt.Sprintf("cut to %d", i), err)
		r, err := seal.NewReader(bytes.NewReader(b[:i]), int64(len(b)), &k, "f") // cut behind our back
		if err == nil {
			_, err = r.ReadAt(make([]byte, len(plain)), 0)
		}
		damaged(t, fmt.Sprintf("cut to %d while open", i), err)
	}
}

func TestChunksCannotBeSwappedAndFilesCannotBeRenamed(t *testing.T) {
	k, other := seal.NewKey(), seal.NewKey()
	plain := random(4 * seal.ChunkSize)
	a, b := sealed(t, &k, "a", plain), sealed(t, &k, "a", plain)
	if bytes.Equal(a, b) || bytes.Equal(a[32:], b[32:]) {
		t.Fatal("the same bytes sealed twice are the same: there is no salt")
	}
	chunk := func(b []byte, i int) []byte { return b[32+i*(seal.ChunkSize+16):][:seal.ChunkSize+16] }
	for name, harm := range map[string]func(bad []byte){
		"of another file":  func(bad []byte) { copy(chunk(bad, 1), chunk(b, 1)) },
		"of the same file": func(bad []byte) { copy(chunk(bad, 1), chunk(a, 2)) },
		"the last one":     func(bad []byte) { copy(chunk(bad, 2), chunk(a, 3)) },
		"another's head":   func(bad []byte) { copy(bad[:32], b) },
	} {
		bad := bytes.Clone(a)
		harm(bad)
		if neverWrong(t, name, bad, &k, "a", plain) {
			t.Errorf("%s: not missed", name)
		}
	}
	shorter := append(bytes.Clone(a[:32+2*(seal.ChunkSize+16)]), chunk(a, 3)...)
	_, err := seal.NewReader(bytes.NewReader(shorter), int64(len(shorter)), &k, "a")
	damaged(t, "without a chunk", err)
	_, err = seal.ReadAll(bytes.NewReader(a), int64(len(a)), &k, "b")
	damaged(t, "renamed", err)
	_, err = seal.ReadAll(bytes.NewReader(a), int64(len(a)), &other, "a")
	damaged(t, "another key", err)
	_, err = k.Open(k.Seal(plain, "a"), "b")
	damaged(t, "box moved", err)
	_, err = other.Open(k.Seal(plain, "a"), "a")
	damaged(t, "box of another key", err)
}

func TestAKeyIsNeverPrinted(t *testing.T) {
	k := seal.NewKey()
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%b", "%t", "%c", "%U", "%e"} {
		fmt.Fprintf(&out, verb+verb+"\n", k, &k)
		fmt.Fprintf(&out, verb+"\n", struct{ Key *seal.Key }{&k})
		fmt.Fprintf(&out, verb+"\n", struct{ Key seal.Key }{k})
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "k", k, "p", &k)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "k", k, "p", &k)
	fmt.Fprintln(&out, fmt.Errorf("%w %v", errors.New("x"), k))
	for _, of := range []string{hex.EncodeToString(k[:]), base64.StdEncoding.EncodeToString(k[:]), fmt.Sprint([32]byte(k)), string(k[:])} {
		if strings.Contains(strings.ToLower(out.String()), strings.ToLower(of)) {
			t.Fatal("a key was printed")
		}
	}
	if !strings.Contains(out.String(), "seal.Key") {
		t.Error(out.String())
	}
}

func TestAKeyGoesOverThePipeAndBack(t *testing.T) {
	type message struct {
		Key *seal.Key `json:"key,omitempty"`
	}
	k := seal.NewKey()
	b, err := json.Marshal(message{&k})
	if err != nil {
		t.Fatal(err)
	}
	var back, none message
	if err := json.Unmarshal(b, &back); err != nil || *back.Key != k {
		t.Error("another key came:", err)
	}
	if err := json.Unmarshal([]byte("{}"), &none); err != nil || none.Key != nil {
		t.Error("a key came of nothing")
	}
	for _, bad := range []string{"", "AAAA", strings.Repeat("A", 44), strings.Repeat("A", 4000), strings.Repeat("!", 43) + "="} {
		var k seal.Key
		if err := k.UnmarshalText([]byte(bad)); err == nil || strings.Contains(err.Error(), "AAA") || !k.None() {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestAForgottenKeySealsNothingAndNamesNothing(t *testing.T) {
	k := seal.NewKey()
	box, file, name := k.Seal([]byte("x"), ""), sealed(t, &k, "", []byte("x")), k.MAC("a", "b")
	k.Zero()
	if derived := k.Derive("a"); !k.None() || !derived.None() {
		t.Error("something comes of no key")
	}
	_, err := k.Open(box, "")
	damaged(t, "box", err)
	for _, k := range []*seal.Key{&k, nil} {
		if _, err = seal.NewReader(bytes.NewReader(file), int64(len(file)), k, ""); !errors.Is(err, seal.ErrNoKey) || errors.Is(err, seal.ErrDamaged) {
			t.Errorf("a whole file without a key: %v", err)
		}
	}
	if _, err := seal.File(&k, "", nil); err == nil {
		t.Error("a file was sealed under no key")
	}
	if a, b := k.MAC("a", "b"), k.MAC("a", "b"); a == b || a == name {
		t.Error("a name can be computed without the key")
	}
	defer func() {
		if recover() == nil {
			t.Error("a box was sealed under no key")
		}
	}()
	k.Seal(nil, "")
}

func TestWhatFailsBelowIsToldAndNotCalledDamage(t *testing.T) {
	k := seal.NewKey()
	broken := errors.New("no space")
	if _, err := seal.Write(full{broken}, &k, "", bytes.NewReader(random(200000))); !errors.Is(err, broken) {
		t.Error(err)
	}
	if _, err := seal.Write(io.Discard, &k, "", iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Error(err)
	}
	_, err := seal.NewReader(full{broken}, 1000, &k, "")
	if !errors.Is(err, broken) || errors.Is(err, seal.ErrDamaged) {
		t.Error(err)
	}
	w, err := seal.NewWriter(io.Discard, &k, "")
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte{1}); err == nil {
		t.Error("written behind the end")
	}
	if err := w.Close(); err == nil {
		t.Error("closed twice")
	}
}

type full struct{ err error }

func (f full) Write([]byte) (int, error)         { return 0, f.err }
func (f full) ReadAt([]byte, int64) (int, error) { return 0, f.err }
