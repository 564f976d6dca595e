package oracle

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Accept holds an object against the validators that know its kind, and fails the test
// for every line that one of them calls an error: dciodvfy for all, by the name it has
// for the kind (BasicTextSR, ComprehensiveSR, KeyObjectSelectionDocument,
// GrayscaleSoftcopyPresentationState, EncapsulatedPDF); dsrdump for documents of content
// items, whose dump comes back; dcmpschk for gray presentation states.
func Accept(t testing.TB, iod string, object []byte) (dump string) {
	t.Helper()
	path := Keep(t, iod, object)
	said, _ := exec.Command(Tool(t, "dciodvfy"), "-new", path).CombinedOutput()
	if !strings.Contains(string(said), iod) || strings.Contains("\n"+string(said), "\nError") {
		t.Errorf("%s: dciodvfy:\n%s", iod, said)
	}
	switch {
	case strings.HasSuffix(iod, "SR"), strings.HasPrefix(iod, "KeyObject"):
		said, err := exec.Command(Tool(t, "dsrdump"), "+U8", "+Pl", path).CombinedOutput()
		if err != nil || strings.Contains(string(said), "E: ") {
			t.Errorf("%s: dsrdump: %v\n%s", iod, err, said)
		}
		return string(said)
	case iod == "GrayscaleSoftcopyPresentationState":
		said, _ := exec.Command(Tool(t, "dcmpschk"), "-v", path).CombinedOutput()
		if !strings.Contains(string(said), "Test passed") || strings.Contains(string(said), "Test failed") {
			t.Errorf("%s: dcmpschk:\n%s", iod, said)
		}
	}
	return ""
}

// Keep writes an object to a file that goes with the test.
func Keep(t testing.TB, name string, object []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, object, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Consistent holds objects of one study against each other (dcentvfy): the attributes of
// one patient, study or series are the same in all of them.
func Consistent(t testing.TB, objects ...[]byte) {
	t.Helper()
	var paths []string
	for _, o := range objects {
		paths = append(paths, Keep(t, "o", o))
	}
	said, _ := exec.Command(Tool(t, "dcentvfy"), paths...).CombinedOutput()
	if strings.Contains("\n"+string(said), "\nError") {
		t.Errorf("dcentvfy:\n%s", said)
	}
}

// AcceptTemplates holds a document against the templates of PS3.16, where the slow
// validator is asked for (NOCTURNE_PEERS=require): errors fail the test, and warnings
// but those that hold one of the excuses.
func AcceptTemplates(t testing.TB, object []byte, excuses ...string) {
	t.Helper()
	if !required() {
		return
	}
faults:
	for _, l := range Templates(t, Keep(t, "document", object)) {
		for _, e := range excuses {
			if strings.HasPrefix(l, "Warning") && strings.Contains(l, e) {
				continue faults
			}
		}
		t.Error(l)
	}
}
