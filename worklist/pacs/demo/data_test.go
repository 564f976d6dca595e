package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

func TestRealFilesAreServedAsTheyLieOnDisk(t *testing.T) {
	root := oracle.Data(t)
	var dirs []string
	for _, d := range []string{"studies", "modalities", "objects"} {
		dirs = append(dirs, filepath.Join(root, d))
	}
	a, base := serve(t, Options{Dirs: dirs})
	skipped := map[string]bool{}
	for _, s := range a.Skipped() {
		skipped[s.Path] = true
	}
	served := 0
	for _, e := range a.held.snapshot("") {
		for _, in := range e.here {
			served++
			resp, body := call(t, "GET", in.url(base), nil, "Accept", "application/dicom")
			want(t, resp, body, 200)
			disk, err := os.ReadFile(in.content.path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(body, disk) {
				t.Errorf("%s came otherwise", in.content.path)
			}
		}
	}
	if served < 200 {
		t.Errorf("only %d files are served, %d skipped", served, len(skipped))
	}
	t.Logf("%d files served, %d skipped", served, len(skipped))
}

func TestRealStudiesHaveTasksAndMetadata(t *testing.T) {
	_, base := serve(t, Options{Dirs: []string{filepath.Join(oracle.Data(t), "studies")}})
	resp, body := call(t, "GET", base+"/workitems", nil)
	want(t, resp, body, 200)
	steps := sets(t, body)
	if len(steps) < 6 {
		t.Errorf("%d workitems", len(steps))
	}
	for _, st := range steps {
		study := st.Item(dicom.InputInformationSequence).Str(dicom.StudyInstanceUID)
		resp, body := call(t, "GET", base+"/studies/"+study+"/metadata", nil)
		want(t, resp, body, 200)
		for _, d := range sets(t, body) {
			if d.Str(dicom.StudyInstanceUID) != study || d.Str(dicom.SOPInstanceUID) == "" {
				t.Error("metadata of another study")
			}
		}
	}
}
