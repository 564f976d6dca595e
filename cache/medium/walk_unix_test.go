//go:build unix

package medium

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

func TestAFolderIsWalkedWithoutFollowingOrWaiting(t *testing.T) {
	folder := t.TempDir()
	outside := put(t, filepath.Join(t.TempDir(), "x"), image(t, "1.9", "1.9.1", "OUT^SIDE", "1"))
	put(t, filepath.Join(folder, "deep", "er", "im"), image(t, "1.2", "1.2.3", "DOE^JANE", "1"))
	put(t, filepath.Join(folder, "autorun.inf"), []byte("[autorun]"))
	put(t, filepath.Join(folder, "damaged"), append(make([]byte, 128), "DICM\x02\x00\x00\x00ULxx"...))
	bare := image(t, "1.2", "1.2.4", "DOE^JANE", "1")
	file, err := dicom.Parse(bare)
	if err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(folder, "bare"), bare[bytes.Index(bare, []byte("\x08\x00\x16\x00")):]) // a data set alone
	for link, to := range map[string]string{"loop": folder, "out": outside, "dangling": "nowhere"} {
		if err := os.Symlink(to, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(folder, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := open(t, Options{}, folder)
	m = must(t, m, err)
	if c := m.Counts; c.Links != 4 || c.Other != 1 || c.Unreadable != 1 || c.Objects != 2 || len(m.Studies) != 1 {
		t.Errorf("%+v of %s", c, file.Dataset.Str(dicom.SOPClassUID))
	}
	m, err = open(t, Options{Limits: Limits{Files: 1}}, folder)
	if !(m == nil && errors.Is(err, ErrNothing)) && !m.More {
		t.Errorf("a folder of more files than are looked at: %v", err)
	}
}
