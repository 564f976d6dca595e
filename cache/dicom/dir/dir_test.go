package dir

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

// rows are the files of the real disc as the manifest, which other programs made,
// describes them.
func rows(t *testing.T) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, r := range oracle.Rows(t) {
		if name, ok := strings.CutPrefix(r["file"], "media/dicomdirtests/"); ok {
			out[name] = r
		}
	}
	return out
}

func TestADirectoryListsTheFilesOfItsDiscInEveryEncoding(t *testing.T) {
	files := rows(t)
	for _, name := range []string{"DICOMDIR", "DICOMDIR-bigEnd", "DICOMDIR-implicit", "DICOMDIR-nooffset", "DICOMDIR-reordered", "TINY_ALPHA/DICOMDIR"} {
		f, err := dicom.ReadHeader(oracle.Data(t, "media", "dicomdirtests", name))
		if err != nil || !Is(f) {
			t.Fatalf("%s: %v", name, err)
		}
		list, broken := Entries(f)
		folder, want := filepath.Dir(name), 31 // PS3.10 files of the disc; 50 of the other
		if folder == "." {
			folder = ""
		} else {
			folder, want = folder+"/", 50
		}
		if len(list) != want || broken {
			t.Errorf("%s: %d files, broken %v; want %d", name, len(list), broken, want)
		}
		for _, e := range list {
			r, ok := files[folder+e.Key]
			if !ok {
				t.Errorf("%s lists %s, which the disc does not have", name, e.Key)
				continue
			}
			if who := e.Patient.Name + " / " + e.Patient.ID; who != r["patient"] || string(e.SOP) != r["sop_uid"] || string(e.Study) != r["study_uid"] ||
				string(e.Series) != r["series_uid"] || e.Modality != r["modality"] {
				t.Errorf("%s: %s is listed as %+v, the file is %v", name, e.Key, e, r)
			}
		}
	}
}

// Of a directory without patient records the files are listed all the same, and it is
// said that it does not hang together.
func TestABrokenDirectoryStillListsItsFiles(t *testing.T) {
	f, err := dicom.ReadHeader(oracle.Data(t, "media", "dicomdirtests", "DICOMDIR-nopatient"))
	if err != nil {
		t.Fatal(err)
	}
	if list, broken := Entries(f); len(list) != 31 || !broken {
		t.Errorf("%d files, broken %v", len(list), broken)
	}
}

func TestAKeyIsTheSameHoweverAMediumIsMounted(t *testing.T) {
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{[]string{"DICOM", "PAT0", "IM0001"}, "DICOM/PAT0/IM0001"},
		{[]string{"dicom/pat0/im0001"}, "DICOM/PAT0/IM0001"},     // Joliet, Linux map=normal
		{[]string{"DICOM/PAT0/IM0001.;1"}, "DICOM/PAT0/IM0001"},  // ISO 9660 6.8.1.2: version number
		{[]string{`DICOM\PAT0\IM0001`}, "DICOM/PAT0/IM0001"},     // a ZIP of Windows
		{[]string{"./DICOM//PAT0/IM0001 "}, "DICOM/PAT0/IM0001"}, // padding
		{[]string{"A", "IM0001.DCM;12"}, "A/IM0001.DCM"},         // with an extension
		{[]string{"A;B", "C"}, "A;B/C"},                          // no version number
		{[]string{"..", "..", "etc", "passwd"}, "ETC/PASSWD"},    // a word to compare, never a path
		{[]string{""}, ""},
	} {
		if got := Key(c.parts...); got != c.want {
			t.Errorf("%q is %q, want %q", c.parts, got, c.want)
		}
	}
}

// FuzzEntries: no bytes make it panic, run on or list more files than it has records.
func FuzzEntries(f *testing.F) {
	for _, name := range []string{"DICOMDIR", "DICOMDIR-implicit", "DICOMDIR-nopatient", "DICOMDIR-empty.dcm"} {
		b, err := os.ReadFile(filepath.Join(oracle.Dir(), "media", "dicomdirtests", name))
		if err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := dicom.Parse(b)
		if err != nil {
			return
		}
		list, _ := Entries(file)
		if n := len(file.Dataset.Seq(records)); len(list) > n {
			t.Errorf("%d files of %d records", len(list), n)
		}
		for _, e := range list {
			if e.Key != Key(e.Key) {
				t.Errorf("the key %q is not one", e.Key)
			}
		}
	})
}
