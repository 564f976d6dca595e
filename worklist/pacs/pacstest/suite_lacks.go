package pacstest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// The names of what a Target may say in Lacks that it lacks.
const (
	CanClass = "the SOP class of each instance found"
	CanMeta  = "meta information as it was stored"
)

// has notes something that every archive has but those which say that they lack it.
func (s suite) has(t *testing.T, what string, it bool) {
	t.Helper()
	if !it && !slices.Contains(s.Lacks, what) {
		t.Errorf("%s: lacking", what)
	}
	answer := "yes"
	if !it {
		answer = "no (declared)"
	}
	if row := [2]string{what, answer}; !slices.Contains(*s.caps, row) {
		*s.caps = append(*s.caps, row)
	}
}

// sameDataset tells that two files hold the same bytes behind their meta information, in
// the same transfer syntax: DIMSE sends no meta information (PS3.10 7.1).
func sameDataset(a, b []byte) bool {
	x, err := dicom.ReadHead(a)
	if err != nil {
		return false
	}
	y, err := dicom.ReadHead(b)
	return err == nil && x.Transfer == y.Transfer && x.Class == y.Class && x.Instance == y.Instance && bytes.Equal(a[x.Offset:], b[y.Offset:])
}
