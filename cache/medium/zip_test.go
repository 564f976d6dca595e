package medium

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/seal"
)

func TestAZIPIsUnpackedUnderNamesOfOurOwnAndRemoved(t *testing.T) {
	home := t.TempDir()
	temp := filepath.Join(home, "a", "temp")
	one, two := image(t, "1.2", "1.2.1", "DOE^JANE", "1"), image(t, "1.2", "1.2.2", "DOE^JANE", "1")
	path := put(t, filepath.Join(home, "disc.zip"), zipOf(t, map[string][]byte{
		"../../../../escaped": one, "/abs/DOE_JANE.dcm": two, "viewer.exe": bytes.Repeat([]byte("MZ"), 4096), "folder/": nil,
		"inner.zip": zipOf(t, map[string][]byte{"x": image(t, "1.2", "1.2.3", "DOE^JANE", "1"),
			"deeper.zip": zipOf(t, map[string][]byte{"y": image(t, "1.2", "1.2.4", "DOE^JANE", "1")})}),
	}))
	m, err := open(t, Options{Temp: temp}, path)
	m = must(t, m, err)
	if c := m.Counts; c.Objects != 3 || c.Other != 1 || c.Packed != 1 {
		t.Errorf("%+v", c)
	}
	for _, o := range m.Studies[0].Objects {
		info, err := os.Stat(o.Path)
		if err != nil || info.Mode().Perm() != 0o600 || !strings.HasPrefix(o.Path, temp) || strings.Contains(o.Path, "DOE") || strings.Contains(o.Path, "x") && false {
			t.Errorf("%v %v", info, err)
		}
		b, err := os.ReadFile(o.Path)
		if err != nil || bytes.Contains(b, []byte("DICM")) || bytes.Contains(b, []byte("DOE")) || o.Key == nil {
			t.Errorf("what is unpacked lies there plain: %v", err)
		}
		if b, err = seal.ReadPath(o.Path, o.Key); err != nil || !bytes.Contains(b, []byte("DOE^JANE")) {
			t.Errorf("it cannot be read: %v", err)
		}
	}
	var others []string
	filepath.WalkDir(home, func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() && !strings.HasPrefix(path, temp) && !strings.HasSuffix(path, "disc.zip") {
			others = append(others, path)
		}
		return err
	})
	if len(others) > 0 {
		t.Errorf("files outside: %v", others)
	}
}

// A DICOMDIR is compared inside a ZIP as on a disc.
func TestADirectoryInAZIPIsCompared(t *testing.T) {
	root := oracle.Data(t, "media", "dicomdirtests")
	files := map[string][]byte{}
	for _, name := range []string{"DICOMDIR", "77654033/CR1/6154", "77654033/CR2/6247"} {
		b, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		files["IMAGES/"+strings.ToLower(name)] = b
	}
	m, err := open(t, Options{}, put(t, filepath.Join(t.TempDir(), "z"), zipOf(t, files)))
	m = must(t, m, err)
	if c := m.Counts; c.Objects != 2 || c.Missing != 29 || c.Unlisted != 0 {
		t.Errorf("%+v", c)
	}
}

func TestABombIsStoppedAndLeavesNothing(t *testing.T) {
	head := append(make([]byte, 128), "DICM"...)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for range 3 {
		w, err := z.Create("x")
		if err == nil {
			_, err = w.Write(append(head, make([]byte, 8<<20)...))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	path := put(t, filepath.Join(t.TempDir(), "bomb.zip"), b.Bytes())
	if _, err := open(t, Options{Limits: Limits{Unpacked: 20 << 20}}, path); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	// A list of contents that would fill the memory, as its end claims.
	end := bytes.Clone(b.Bytes()[b.Len()-22:])
	binary.LittleEndian.PutUint32(end[12:], 79<<20)
	binary.LittleEndian.PutUint32(end[16:], 1<<20)
	f, err := os.Create(filepath.Join(t.TempDir(), "list.zip"))
	if err == nil {
		defer f.Close()
		_, err = f.WriteString("PK\x03\x04")
	}
	if _, e := f.WriteAt(end, 80<<20); err != nil || e != nil {
		t.Fatal(err, e)
	}
	if _, err := open(t, Options{}, f.Name()); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

func TestDamagedAndEncryptedFilesOfAZIPAreSaid(t *testing.T) {
	good := zipOf(t, map[string][]byte{"a": image(t, "1.2", "1.2.1", "DOE^JANE", "1")})
	for i := 40; i < 200; i += 5 { // in the deflated bytes of the one file
		bad := bytes.Clone(good)
		bad[i] ^= 0x55
		m, err := open(t, Options{}, put(t, filepath.Join(t.TempDir(), "z"), bad))
		if err == nil && m.Counts.Objects > 0 {
			t.Fatalf("byte %d is wrong and the file is shown", i)
		}
	}
	locked := bytes.Clone(good)
	locked[6] |= 1
	locked[bytes.Index(locked, []byte("PK\x01\x02"))+8] |= 1
	if _, err := open(t, Options{}, put(t, filepath.Join(t.TempDir(), "z"), locked)); !errors.Is(err, ErrEncrypted) {
		t.Error(err)
	}
	if _, err := open(t, Options{}, put(t, filepath.Join(t.TempDir(), "z"), good[:60])); !errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
}

// Info-ZIP writes ZIP64 when it packs from a pipe and is told so.
func TestZIP64OfAnotherProgramIsRead(t *testing.T) {
	tool := oracle.Tool(t, "zip")
	folder := t.TempDir()
	body := image(t, "1.2", "1.2.1", "DOE^JANE", "1")
	cmd := exec.Command(tool, "-q", "-fz", "disc.zip", "-")
	cmd.Dir, cmd.Stdin = folder, bytes.NewReader(body)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("zip: %v %s", err, out)
	}
	m, err := open(t, Options{}, filepath.Join(folder, "disc.zip"))
	if m = must(t, m, err); m.Counts.Objects != 1 {
		t.Errorf("%+v", m.Counts)
	}
}

func TestSweepRemovesWhatACrashLeftAndNothingInUse(t *testing.T) {
	under := t.TempDir()
	used, done, err := NewFolder(under)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	left, _, err := NewFolder(under)
	if err != nil {
		t.Fatal(err)
	}
	b := filepath.Join(left, lockName)
	if err := os.Rename(b, b+"-"); err != nil { // its owner is gone: nobody holds this lock
		t.Fatal(err)
	}
	put(t, b, nil)
	Sweep(under)
	if _, err := os.Stat(used); err != nil {
		t.Error("a folder in use was removed")
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("what a crash left is still there")
	}
}

// FuzzZIP: no ZIP makes it panic, leave a file outside, or unpack more than allowed.
func FuzzZIP(f *testing.F) {
	f.Add(zipOf(f, map[string][]byte{"DICOMDIR": []byte("DICM"), "../a": image(f, "1.2", "1.2.1", "DOE^JANE", "1"), "i.zip": zipOf(f, map[string][]byte{"x": {8, 0}})}))
	f.Fuzz(func(t *testing.T, b []byte) {
		folder := t.TempDir()
		path := put(t, filepath.Join(folder, "z"), b)
		m, err := Open(t.Context(), []string{path}, Options{Temp: filepath.Join(folder, "t"), Limits: Limits{Unpacked: 1 << 20, Files: 100}})
		if err == nil {
			err = m.Close()
		}
		if left, _ := os.ReadDir(filepath.Join(folder, "t")); len(left) > 0 {
			t.Errorf("%d folders left, %v", len(left), err)
		}
	})
}
