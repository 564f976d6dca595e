package send

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// small is a disk of a few megabytes, and what makes it larger. It needs root.
func small(t *testing.T, size string) (dir string, grow func(string)) {
	t.Helper()
	if os.Getenv("NOCTURNE_LONG") != "1" {
		t.Skip("four seconds: NOCTURNE_LONG=1 runs it")
	}
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("a small disk is made by root on Linux only")
	}
	dir, err := os.MkdirTemp("", "small")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", dir).CombinedOutput(); err != nil {
		os.Remove(dir)
		t.Skipf("no file system can be mounted here: %s", out)
	}
	t.Cleanup(func() {
		exec.Command("umount", "-l", dir).Run()
		os.Remove(dir)
	})
	return dir, func(size string) {
		if out, err := exec.Command("mount", "-o", "remount,size="+size, dir).CombinedOutput(); err != nil {
			t.Fatalf("make the disk larger: %s", out)
		}
	}
}

// Orthanc's disk fills up: over DICOMweb it answers 200 all the same. Only what it
// holds is confirmed; when there is room again, the rest goes.
func TestAFullDiskAtOrthancIsNeverSuccess(t *testing.T) {
	for name, open := range map[string]func(*testing.T) pacs.Archive{
		"STOW-RS": func(t *testing.T) pacs.Archive {
			url, user, password := pacstest.StartOrthanc(t)
			c, err := dicomweb.New(dicomweb.Config{Name: "NORTH", BaseURL: url, Login: func(context.Context) (dicomweb.Login, error) {
				return dicomweb.Login{User: user, Password: password}, nil
			}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.Close)
			return c
		},
		"C-STORE": func(t *testing.T) pacs.Archive {
			p := pacstest.StartOrthancDICOM(t, nil)
			c, err := dimse.New(dimse.Config{Name: "NORTH", Address: p.Address, CalledAE: p.AE, CallingAE: "SENDER"})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(c.Close)
			return c
		},
	} {
		t.Run(name, func(t *testing.T) {
			st := big(t, 60)
			f := files(t, st)
			disk, grow := small(t, "3m")
			t.Setenv("TMPDIR", disk)
			t.Run("full", func(t *testing.T) {
				a := open(t)
				s := to(a)
				s.CommitWait, s.Workers, s.Rounds, s.Patience = 50*time.Millisecond, 1, 3, 5*time.Millisecond
				r := run1(t, s, f)
				if r.Done() || r.Confirmed == 0 {
					t.Fatalf("%d of %d confirmed", r.Confirmed, r.Objects)
				}
				t.Logf("%d of %d confirmed; %s", r.Confirmed, r.Objects, r.Others[0].Why)
				if !strings.Contains(r.Others[0].Why, "disk") {
					t.Errorf("it is said: %s", r.Others[0].Why)
				}
				held(t, a, st, r)
				grow("64m")
				if r := run1(t, s, f); !r.Done() {
					t.Errorf("with room again: %d of %d, %+v", r.Confirmed, r.Objects, r.Others[0])
				}
				holds(t, a, st)
			})
		})
	}
}

// held wants every confirmed object to be listed.
func held(t *testing.T, a pacs.Archive, st pacstest.Study, r Report) {
	t.Helper()
	open := map[dicom.UID]bool{}
	for _, o := range r.Others {
		open[o.SOP] = true
	}
	there := map[string]bool{}
	list, err := pacs.Find(t.Context(), a, pacs.Query{Level: pacs.InstanceLevel, Study: st.UID})
	for _, ds := range list {
		there[ds.Str(dicom.SOPInstanceUID)] = true
	}
	for _, o := range st.Objects {
		if !open[o.SOP] && !there[string(o.SOP)] {
			t.Fatalf("an object is confirmed and not there (%v)", err)
		}
	}
}
