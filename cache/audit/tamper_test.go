package audit

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/disk/disktest"
)

// small makes a log of n records with its heads kept, and closes it.
func small(t testing.TB, n int) (dir string, heads *shelf) {
	t.Helper()
	dir, heads = t.TempDir(), &shelf{}
	l := opened(t, dir, heads, nil)
	for i := range n {
		record(t, l, every[i].e)
	}
	l.Close()
	return dir, heads
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// cuts are the offsets where frames begin, and the end.
func cuts(t testing.TB, path string) (at []int64) {
	t.Helper()
	b := read(t, path)
	for off := int64(len(magic)); off < int64(len(b)); {
		at = append(at, off)
		off += frameRoom + int64(b[off+1])<<24 + int64(b[off+2])<<16 + int64(b[off+3])<<8 + int64(b[off+4])
	}
	return append(at, int64(len(b)))
}

// checked is what a program that comes later finds: it opens the log, and verifies.
func checked(t testing.TB, dir string, heads Heads) (Verdict, error) {
	t.Helper()
	l, err := Open(dir, testKey, Options{Whose: whose, Heads: heads})
	if err != nil {
		return Verdict{}, err
	}
	defer l.Close()
	return l.Verify(t.Context())
}

func TestAnyByteOfAnyFileThatIsFlippedIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	dir, heads := small(t, 2)
	var files []string
	filepath.WalkDir(filepath.Join(dir, "log"), func(p string, d os.DirEntry, _ error) error {
		if !d.IsDir() {
			files = append(files, p)
		}
		return nil
	})
	if len(files) != 3 {
		t.Fatal("the log's files:", files)
	}
	l := &Log{dir: dir, key: testKey, opt: Options{FS: disk.OS, Whose: whose, Heads: heads}}
	kept, err := l.kept()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.verifyAside(t.Context(), filepath.Join(dir, "log"), kept); err != nil {
		t.Fatal("untouched:", err)
	}
	for _, p := range files {
		b := read(t, p)
		f, err := os.OpenFile(p, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i := range b {
			f.WriteAt([]byte{b[i] ^ 1<<(i%8)}, int64(i))
			var bad *Tampered
			if err := l.verifyAside(t.Context(), filepath.Join(dir, "log"), kept); !errors.As(err, &bad) {
				t.Errorf("%s, byte %d of %d: %v", filepath.Base(p), i, len(b), err)
			}
			f.WriteAt(b[i:i+1], int64(i))
		}
		f.Close()
	}
}

func TestTamperingIsNamedForWhatItIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(t *testing.T, dir string, b []byte, at []int64) []byte
		want Finding
		at   int64
	}{
		"a record edited": {func(_ *testing.T, _ string, b []byte, at []int64) []byte { b[at[2]+200] ^= 1; return b }, Edited, 1},
		"a head edited":   {func(_ *testing.T, _ string, b []byte, at []int64) []byte { b[at[3]+30] ^= 1; return b }, Edited, 1},
		"two records swapped with their heads": {func(_ *testing.T, _ string, b []byte, at []int64) []byte {
			return join(b[:at[2]], b[at[4]:at[6]], b[at[2]:at[4]], b[at[6]:])
		}, Moved, 1},
		"two records swapped": {func(_ *testing.T, _ string, b []byte, at []int64) []byte {
			return join(b[:at[2]], b[at[4]:at[5]], b[at[3]:at[4]], b[at[2]:at[3]], b[at[5]:])
		}, Moved, 1},
		"one removed from the middle": {func(_ *testing.T, _ string, b []byte, at []int64) []byte {
			return join(b[:at[2]], b[at[4]:])
		}, Removed, 1},
		"one removed, its head left": {func(_ *testing.T, _ string, b []byte, at []int64) []byte {
			return join(b[:at[2]], b[at[3]:])
		}, Removed, 1},
		"one repeated": {func(_ *testing.T, _ string, b []byte, at []int64) []byte {
			return join(b[:at[4]], b[at[2]:at[4]], b[at[4]:])
		}, Repeated, 2},
		"the end cut off":           {func(_ *testing.T, _ string, b []byte, at []int64) []byte { return b[:at[4]] }, Truncated, 2},
		"everything cut off":        {func(_ *testing.T, _ string, b []byte, at []int64) []byte { return b[:at[0]] }, Truncated, 0},
		"an empty file":             {func(_ *testing.T, _ string, b []byte, at []int64) []byte { return nil }, Truncated, 0},
		"the end made to look torn": {func(_ *testing.T, _ string, b []byte, at []int64) []byte { return b[:at[7]-9] }, Edited, 3},
		"another log with a key of its own": {func(t *testing.T, dir string, b []byte, at []int64) []byte {
			strange, _ := small(t, 6)
			return read(t, filepath.Join(strange, "log", "records"))
		}, Replaced, 0},
		"the signing key gone": {func(t *testing.T, dir string, b []byte, _ []int64) []byte {
			os.Remove(filepath.Join(dir, "log", "signer"))
			return b
		}, KeyGone, 0},
		"a month's key gone": {func(t *testing.T, dir string, b []byte, _ []int64) []byte {
			os.RemoveAll(filepath.Join(dir, "log", "keys"))
			return b
		}, KeyGone, 0},
		"a month's key of another log": {func(t *testing.T, dir string, b []byte, _ []int64) []byte {
			strange, _ := small(t, 1)
			write(t, filepath.Join(dir, "log", "keys", "2026-11"), read(t, filepath.Join(strange, "log", "keys", "2026-11")))
			return b
		}, KeyDamaged, 0},
	} {
		t.Run(name, func(t *testing.T) {
			dir, heads := small(t, 4)
			path := filepath.Join(dir, "log", "records")
			at := cuts(t, path)
			write(t, path, c.do(t, dir, bytes.Clone(read(t, path)), at))
			v, err := checked(t, dir, heads)
			var bad *Tampered
			if !errors.As(err, &bad) || bad.Finding != c.want || bad.Record != c.at && c.at > 0 {
				t.Fatalf("%v, %+v", err, bad)
			}
			again, err2 := checked(t, dir, heads)
			if err2 == nil || again.Records < v.Records {
				t.Errorf("later: %+v, %v", again, err2)
			}
			l := opened(t, dir, heads, nil)
			record(t, l, Started()) // reading goes on
		})
	}
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// The whole folder in place of the whole folder: an older copy of it, another's, none.
func TestALogThatIsReplacedOrTakenAwayIsFoundByItsHeadElsewhere(t *testing.T) {
	t.Parallel()
	dir, heads := small(t, 3)
	old := t.TempDir()
	if err := os.CopyFS(old, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	l := opened(t, dir, heads, nil)
	record(t, l, Opened(study))
	l.Close()
	strange, _ := small(t, 9)
	for _, c := range []struct {
		name string
		by   string
		want Finding
	}{{"an older copy", old, Truncated}, {"another log", strange, LogGone}, {"nothing", t.TempDir(), LogGone}} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.CopyFS(dir, os.DirFS(c.by)); err != nil {
			t.Fatal(err)
		}
		_, err := checked(t, dir, heads)
		var bad *Tampered
		if !errors.As(err, &bad) || bad.Finding != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	first, _ := told(t, opened(t, dir, heads, nil)) // after "nothing"
	if len(first) != 1 || !strings.Contains(string(first[0].XML), objectSecurity.Value) {
		t.Errorf("the new log does not begin with what was found: %d records", len(first))
	}
}

// A crash leaves any part of the last write, sectors of it missing too, as long as its
// head was not kept elsewhere: it was promised to nobody.
func TestATornTailIsHealedAndSaidAndNeverCalledTampering(t *testing.T) {
	t.Parallel()
	dir, heads := small(t, 2)
	l := opened(t, dir, nil, nil) // its head is not kept
	record(t, l, Opened(study))
	l.Close()
	path := filepath.Join(dir, "log", "records")
	whole, at := read(t, path), cuts(t, path)
	from := int(at[4])
	var torn [][]byte
	for n := from + 1; n < len(whole); n += 97 {
		torn = append(torn, whole[:n])
	}
	for n := from; n < len(whole); n += 512 { // a sector that never came
		b := bytes.Clone(whole)
		clear(b[n:min(n+512, len(b))])
		torn = append(torn, b)
	}
	for i, b := range torn {
		write(t, path, b)
		v, err := checked(t, dir, heads)
		if err != nil || v.Records != 3 {
			t.Fatalf("tail %d of %d: %+v, %v", i, len(torn), v, err)
		}
		l := opened(t, dir, heads, nil)
		got, _ := told(t, l)
		if e, err := got[2].Event(); err != nil || e.Type[0] != recordingStarted {
			t.Fatalf("tail %d: the healing is not said: %v", i, err)
		}
		l.Close()
		heads.mu.Lock()
		heads.sizes, heads.notes = map[string]int64{}, map[string]string{}
		heads.mu.Unlock()
	}
}

// story is disktest's: two records are acknowledged, a third and fourth are on their way
// when the disk fails at every operation in turn.
func TestNoAcknowledgedRecordIsLostWhateverTheDiskDoes(t *testing.T) {
	t.Parallel()
	disktest.Every(t, disktest.Story{Most: 6, Play: func() (run, check func(*disktest.Disk) error) {
		acknowledged := 0
		run = func(d *disktest.Disk) error {
			l, err := Open(d.Path("audit"), testKey, Options{Whose: whose, FS: d})
			if err != nil {
				return err
			}
			defer l.Close()
			for _, e := range []Event{Started(), Opened(study), Signed(study, "1.2"), Stopped()} {
				if err := l.Record(t.Context(), e); err != nil {
					return err
				}
				acknowledged++
			}
			return nil
		}
		check = func(d *disktest.Disk) error {
			l, err := Open(d.Path("audit"), testKey, Options{Whose: whose, FS: d})
			if err != nil {
				return err
			}
			defer l.Close()
			v, err := l.Verify(t.Context())
			if err != nil {
				return err
			}
			if v.Records < int64(acknowledged) || v.Aside != 0 {
				return errors.New("a record that was acknowledged is gone, or the log was set aside")
			}
			return l.Record(t.Context(), Started())
		}
		return run, check
	}})
}

func FuzzFrames(f *testing.F) {
	dir, _ := small(f, 2)
	b := read(f, filepath.Join(dir, "log", "records"))
	f.Add(b)
	f.Add(b[:len(b)-7])
	f.Add([]byte(magic))
	signer := read(f, filepath.Join(dir, "log", "signer"))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "log"), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "log", "signer"), signer)
		write(t, filepath.Join(dir, "log", "records"), b)
		l := &Log{dir: dir, key: testKey, opt: Options{FS: disk.OS, Whose: whose}}
		err := l.verifyAside(t.Context(), filepath.Join(dir, "log"), nil)
		var bad *Tampered
		if err != nil && !errors.As(err, &bad) {
			t.Fatal(err)
		}
	})
}
