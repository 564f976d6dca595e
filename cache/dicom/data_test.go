package dicom

import (
	"path/filepath"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
)

func realFile(t testing.TB, name string) *File {
	t.Helper()
	f, err := ReadFile(filepath.Join(oracle.Data(t), name))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// set is a data set of text elements, for tests.
func set(pairs map[Tag]string) *Dataset {
	d := &Dataset{}
	for t, v := range pairs {
		d.SetStr(t, v)
	}
	return d
}
