//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk"
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

// largeHome generates a home that holds studies of 250 small slices each.
func largeHome(t testing.TB, studies int) (home string) {
	t.Helper()
	home = t.TempDir()
	ring, err := access.Open(home, access.Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	s, err := store.OpenOn(hasty{disk.OS}, filepath.Join(home, "cache"), ring)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for study := range studies {
		for n := range 250 {
			d := &dicom.Dataset{}
			for tag, v := range map[dicom.Tag]string{dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: fmt.Sprintf("1.2.%d.%d.%d", study, n%5, n),
				dicom.SeriesInstanceUID: fmt.Sprintf("1.2.%d.%d", study, n%5), dicom.StudyInstanceUID: fmt.Sprintf("1.2.%d", study), dicom.PatientName: "PHANTOM^Large",
				dicom.PatientID: fmt.Sprintf("P%d", study/3), dicom.StudyDate: "20250101", dicom.Modality: "CT", dicom.AccessionNumber: fmt.Sprintf("A%d", study)} {
				d.SetStr(tag, v)
			}
			b.Reset()
			if err := dicom.Write(&b, d, nil); err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.Put(b.Bytes()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return home
}

// highWater watches a process until it ends and says what it had in memory at most, in kB
// (proc(5), VmHWM): 0 where the system does not tell.
func highWater(pid int) <-chan int64 {
	most := make(chan int64, 1)
	go func() {
		var kB int64
		for ; ; time.Sleep(time.Millisecond) {
			b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			_, after, ok := strings.Cut(string(b), "VmHWM:")
			if err != nil || !ok { // it is gone, or ended and not waited for yet
				most <- kB
				return
			}
			var now int64
			fmt.Sscan(after, &now)
			kB = max(kB, now)
		}
	}()
	return most
}

// The program itself lists a cache of 100,000 instances in under 200 MB; in ordinary
// tests, a share of it.
func TestTheProgramListsALargeCacheInLittleMemory(t *testing.T) {
	studies := 2
	if os.Getenv("NOCTURNE_LONG") == "1" {
		studies = 400
	}
	home := largeHome(t, studies)
	for _, what := range []string{"the list made anew", "the list as it was"} {
		cmd := program(t, home, "cached", "--json")
		var out bytes.Buffer
		cmd.Stdout = &out
		begun := time.Now()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		seen := highWater(cmd.Process.Pid)
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		took := time.Since(begun)
		var lines []cachedLine
		if err := json.Unmarshal(out.Bytes(), &lines); err != nil || len(lines) != studies || lines[0].Have != 250 {
			t.Fatalf("%d studies, %v", len(lines), err)
		}
		peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss // kB on Linux, bytes on macOS
		switch runtime.GOOS {
		case "darwin":
			peak /= 1024
		case "linux":
			peak = <-seen // the other begins with what this test's process once took
		}
		t.Logf("%d instances, %s: %v, CPU %v, peak %d kB", studies*250, what, took, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime(), peak)
		if peak == 0 || peak > 200<<10 {
			t.Errorf("%s: peak %d kB", what, peak)
		}
	}
}
