package dicomweb

import (
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// dataDir is the folder of real data, or skips the test.
func dataDir(t *testing.T, name string) string {
	root := os.Getenv("NOCTURNE_DATA")
	if root == "" {
		root = "../../../../shared/data"
	}
	dir := filepath.Join(root, name)
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no real data: NOCTURNE_DATA is not set and ../shared/data is not there")
	}
	return dir
}

func TestBodiesOfRealServersAreRead(t *testing.T) {
	n := 0
	err := filepath.WalkDir(dataDir(t, "dicomweb-json"), func(path string, d fs.DirEntry, err error) error {
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
		l, err := readList(z)
		if err != nil || len(l.sets) == 0 || l.bad > 0 {
			t.Errorf("%s: %d entries, %d unreadable, %v", filepath.Base(path), len(l.sets), l.bad, err)
		}
		for _, ds := range l.sets {
			if ds.Str(dicom.StudyInstanceUID) == "" {
				t.Errorf("%s: an entry without its study", filepath.Base(path))
			}
		}
		n++
		return nil
	})
	if err != nil || n == 0 {
		t.Fatalf("%d bodies, %v", n, err)
	}
	t.Logf("%d bodies", n)
}
