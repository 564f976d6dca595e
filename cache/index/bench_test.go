package index_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/index"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
)

// hasty is the system's disk without waiting for it: what is generated need not last.
type hasty struct{ disk.FS }

type hastyFile struct{ disk.File }

func (hastyFile) Sync() error      { return nil }
func (hasty) SyncDir(string) error { return nil }
func (h hasty) Create(path string) (disk.File, error) {
	f, err := h.FS.Create(path)
	return hastyFile{f}, err
}
func (h hasty) Append(path string) (disk.File, error) {
	f, err := h.FS.Append(path)
	return hastyFile{f}, err
}

// fill puts studies of 250 slices of header alone into a store.
func fill(dir string, key seal.Key, studies int) (*store.Store, error) {
	s, err := store.OpenOn(hasty{disk.OS}, dir, store.NewKeys(key))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for study := range studies {
		for n := range 250 {
			b.Reset()
			d := object(study, n%5, n, nil)
			d.SetStr(dicom.PatientID, fmt.Sprintf("P%d", study/3))
			if err := dicom.Write(&b, d, nil); err != nil {
				return nil, err
			}
			if _, _, err := s.Put(b.Bytes()); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// list does what `nocturne cached` does.
func list(dir string, key seal.Key) (studies int, err error) {
	s, err := store.Open(filepath.Join(dir, "store"), store.NewKeys(key))
	if err != nil {
		return 0, err
	}
	x, err := index.Open(filepath.Join(dir, index.File), key)
	if err != nil {
		return 0, err
	}
	if _, err := x.Sync(context.Background(), s); err != nil {
		return 0, errors.Join(err, x.Close())
	}
	all, err := x.Studies()
	return len(all), errors.Join(err, x.Close())
}

const childDir = "INDEX_TEST_CHILD_DIR"

// TestMain makes this binary the process whose memory is measured.
func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	begun := time.Now()
	n, err := list(dir, testKey)
	took := time.Since(begun)
	status, _ := os.ReadFile("/proc/self/status")
	fmt.Printf("studies %d\nerror %v\nlist %d\n%s", n, err, took.Milliseconds(), status)
	os.Exit(0)
}

// inChild lists in a process of its own and gives what it says of itself.
func inChild(t testing.TB, dir string) (studies, ms, peakKB int) {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), childDir+"="+dir)
	out, err := c.Output()
	if err != nil || !strings.Contains(string(out), "error <nil>") {
		t.Fatalf("%v\n%s", err, out)
	}
	field := func(name string) int {
		m := regexp.MustCompile(`(?m)^` + name + `:?\s+(\d+)`).FindSubmatch(out)
		if m == nil {
			return 0
		}
		n, _ := strconv.Atoi(string(m[1]))
		return n
	}
	return field("studies"), field("list"), field("VmHWM")
}

// A process holds the list of a cache, made anew too, in little memory: the share of a
// hundred thousand instances where it is long.
func TestALargeCacheIsListedInLittleMemory(t *testing.T) {
	studies := 2
	if os.Getenv("NOCTURNE_LONG") == "1" {
		studies = 400
	}
	dir := t.TempDir()
	if _, err := fill(filepath.Join(dir, "store"), testKey, studies); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"made anew", "as it was"} {
		n, ms, peak := inChild(t, dir)
		t.Logf("%d instances, %s: listed in %d ms, peak %d kB", studies*250, what, ms, peak)
		if n != studies || peak > 200<<10 {
			t.Errorf("%s: %d of %d studies, peak %d kB", what, n, studies, peak)
		}
	}
}

// Opening, looking for changes and listing 100,000 instances of 400 studies: under 50 ms.
//
//	go test ./cache/index -run XXX -bench 100000
func BenchmarkIndex100000InstancesOpenAndList(b *testing.B) {
	dir := b.TempDir()
	if _, err := fill(filepath.Join(dir, "store"), testKey, 400); err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	if n, err := list(dir, testKey); err != nil || n != 400 {
		b.Fatal(n, err)
	}
	rebuilt := time.Since(begun)
	for b.Loop() {
		if n, err := list(dir, testKey); err != nil || n != 400 {
			b.Fatal(n, err)
		}
	}
	b.ReportMetric(float64(rebuilt.Milliseconds()), "ms/rebuild")
}
