package fetch

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// realStudies reads the real studies' files, by study, or skips the test.
func realStudies(t *testing.T) map[dicom.UID]map[dicom.UID][]byte {
	t.Helper()
	dir := oracle.Data(t, "studies")
	out := map[dicom.UID]map[dicom.UID][]byte{}
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".dcm") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f, err := dicom.Parse(b)
		if err != nil {
			t.Logf("%s: %v", filepath.Base(path), err)
			return nil
		}
		study := dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID))
		if out[study] == nil {
			out[study] = map[dicom.UID][]byte{}
		}
		out[study][dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID))] = b
		return nil
	})
	if os.Getenv("NOCTURNE_LONG") == "" {
		for study, objects := range out {
			if weight(objects) > 6<<20 {
				delete(out, study) // the nightly run takes them
			}
		}
	}
	return out
}

func weight(objects map[dicom.UID][]byte) (n int) {
	for _, b := range objects {
		n += len(b)
	}
	return n
}

func TestRealStudiesComeWhole(t *testing.T) {
	studies := realStudies(t)
	t.Run("from Orthanc", func(t *testing.T) {
		url, user, password := pacstest.StartOrthanc(t)
		fetchReal(t, studies, dicomweb.Config{BaseURL: url, Login: func(context.Context) (dicomweb.Login, error) {
			return dicomweb.Login{User: user, Password: password}, nil
		}})
	})
	t.Run("from the embedded archive", func(t *testing.T) {
		a, err := demo.New(demo.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		fetchReal(t, studies, dicomweb.Config{BaseURL: serve(t, a.Handler())})
	})
}

// fetchReal stores real studies, fetches them and counts what came as stored.
func fetchReal(t *testing.T, studies map[dicom.UID]map[dicom.UID][]byte, cfg dicomweb.Config) {
	cfg.Name = "NORTH"
	c, err := dicomweb.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for study, objects := range studies {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
		sent := 0
		for sop, b := range objects {
			got, err := c.Store(ctx, study, b)
			if err != nil || len(got.OK) != 1 || got.OK[0] != sop {
				t.Errorf("store: %v, %d refused", err, len(got.Failed))
				continue
			}
			sent++
		}
		st, start := newStore(t), time.Now()
		err := (&Engine{Store: st}).Study(ctx, c, study, nil, nil)
		took := time.Since(start)
		entries, _ := st.Study(study)
		same := 0
		for _, e := range entries {
			if b, err := st.Read(e); err == nil && string(b) == string(objects[e.SOP]) {
				same++
			}
		}
		if err != nil || len(entries) != sent {
			t.Errorf("%d of %d instances: %v", len(entries), sent, err)
		}
		t.Logf("%d instances in %v, %d as stored", len(entries), took.Round(time.Millisecond), same)
		cancel()
	}
}
