package dicomweb

import (
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

func TestBodiesOfRealServersAreRead(t *testing.T) {
	n := 0
	err := filepath.WalkDir(oracle.Data(t, "dicomweb-json"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".gz") {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		z, err := gzip.NewReader(f)
		if err != nil {
			return err
		}
		l, err := readList(z, maxJSON, func(ds *dicom.Dataset) error {
			if ds.Str(dicom.StudyInstanceUID) == "" {
				t.Errorf("%s: an entry without its study", filepath.Base(path))
			}
			return nil
		})
		if err != nil || l.good == 0 || l.bad > 0 {
			t.Errorf("%s: %d entries, %d unreadable, %v", filepath.Base(path), l.good, l.bad, err)
		}
		n++
		return nil
	})
	if err != nil || n == 0 {
		t.Fatalf("%d bodies, %v", n, err)
	}
	t.Logf("%d bodies", n)
}
