package desk

import (
	"os"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/load"
)

func contains(s, part string) bool { return strings.Contains(s, part) }

func texts(s Scene) []string {
	var out []string
	for _, t := range s.Over.Texts {
		out = append(out, t.S)
	}
	return out
}

func hasText(s Scene, part string) bool {
	for _, t := range texts(s) {
		if strings.Contains(t, part) {
			return true
		}
	}
	return false
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// editOne gives one slice another patient's ID.
func editOne(slice int) func(*dicom.Dataset, int) {
	return func(d *dicom.Dataset, i int) {
		if i == slice {
			d.SetStr(dicom.PatientID, "WRONG-ID")
		}
	}
}

// slowLoader gives no picture while it is stopped.
type slowLoader struct {
	load.Loader
	stop bool
}

func (l *slowLoader) Image(f load.Frame) (*pixel.Image, error) {
	if l.stop {
		return nil, nil
	}
	return l.Loader.Image(f)
}
