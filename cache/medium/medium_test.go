package medium

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
)

// image is a small object.
func image(t testing.TB, study, sop, name, id string) []byte {
	t.Helper()
	var d dicom.Dataset
	for tag, v := range map[dicom.Tag]string{
		dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: sop, dicom.StudyInstanceUID: study, dicom.SeriesInstanceUID: study + ".1",
		dicom.PatientName: name, dicom.PatientID: id, dicom.Modality: "CT", dicom.StudyDate: "20260101",
	} {
		d.SetStr(tag, v)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, &d, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func put(t testing.TB, path string, b []byte) string {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, b, 0o644)); err != nil {
		t.Fatal(err)
	}
	return path
}

// open opens a medium that is closed with the test; after it nothing unpacked is left.
func open(t *testing.T, o Options, paths ...string) (*Medium, error) {
	t.Helper()
	if o.Temp == "" {
		o.Temp = filepath.Join(t.TempDir(), "temp")
	}
	m, err := Open(context.Background(), paths, o)
	t.Cleanup(func() {
		if m != nil {
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		}
		if left, _ := os.ReadDir(o.Temp); len(left) > 0 {
			t.Errorf("%d folders are left of what was unpacked", len(left))
		}
	})
	return m, err
}

func must(t *testing.T, m *Medium, err error) *Medium {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The real disc: 31 images of two patients by its DICOMDIR, 50 more in a folder with
// a DICOMDIR of its own; the manifest tells whose each is.
func TestARealDiscIsSortedByPatientAndStudy(t *testing.T) {
	m, err := open(t, Options{}, oracle.Data(t, "media", "dicomdirtests"))
	m = must(t, m, err)
	want, patients := map[string]int{}, map[string]string{}
	for _, r := range oracle.Rows(t) {
		if strings.HasPrefix(r["file"], "media/") && r["study_uid"] != "" {
			want[r["study_uid"]]++
			patients[r["study_uid"]] = r["patient"]
		}
	}
	if len(m.Studies) != len(want) || m.Counts.Missing != 0 || m.Counts.Unlisted != 0 || m.Counts.Directories != 2 || m.Broken {
		t.Errorf("%d studies of %d, %+v", len(m.Studies), len(want), m.Counts)
	}
	for _, s := range m.Studies {
		if len(s.Objects) != want[string(s.UID)] || s.Patient.Name+" / "+s.Patient.ID != patients[string(s.UID)] {
			t.Errorf("study of %s with %d images, want %s and %d", s.Patient.Name, len(s.Objects), patients[string(s.UID)], want[string(s.UID)])
		}
	}
}

// DCMTK writes the directory; then a file is lost, another is added, and the names
// are as Linux shows those of an ISO 9660 disc.
func TestWhatADirectoryOfDCMTKListsIsComparedWithWhatIsThere(t *testing.T) {
	make := oracle.Tool(t, "dcmmkdir")
	disc := t.TempDir()
	if err := os.CopyFS(filepath.Join(disc, "A"), os.DirFS(oracle.Data(t, "media", "dicomdirtests", "77654033"))); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(make, "--quiet", "--recurse", "--invent", "--input-directory", disc, "--output-file", filepath.Join(disc, "DICOMDIR"))
	cmd.Dir = disc
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("dcmmkdir: %v %s", err, out)
	}
	m, err := open(t, Options{}, filepath.Join(disc, "DICOMDIR"))
	m = must(t, m, err)
	all := m.Counts.Objects
	if all != 7 || m.Counts.Missing != 0 || m.Counts.Unlisted != 0 {
		t.Fatalf("as written: %+v", m.Counts)
	}
	lost := m.Studies[0].Objects[0]
	if err := os.Remove(lost.Path); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(disc, "EXTRA"), image(t, "1.2.3", "1.2.3.4", "OTHER^ONE", "9"))
	moved := m.Studies[0].Objects[1].Path
	if err := errors.Join(os.Rename(moved, moved+".;1"), os.Rename(filepath.Join(disc, "A"), filepath.Join(disc, "a"))); err != nil {
		t.Fatal(err)
	}
	m, err = open(t, Options{}, disc)
	m = must(t, m, err)
	if m.Counts.Missing != 1 || m.Counts.Unlisted != 1 || m.Counts.Objects != all {
		t.Errorf("with one lost and one more: %+v", m.Counts)
	}
	if s := m.Study(lost.Study); s == nil || s.Missing != 1 || s.series(lost.Series).Missing != 1 {
		t.Errorf("the lost file is not missed in its study and series: %+v", s)
	}
	if s := m.Study("1.2.3"); s == nil || s.Unlisted != 1 || len(s.Objects) != 1 {
		t.Errorf("the file that is not listed is not offered: %+v", s)
	}
}

func TestPatientsAreNeverMixedUnderOneStudy(t *testing.T) {
	folder := t.TempDir()
	put(t, filepath.Join(folder, "0-stray"), image(t, "1.2", "1.2.9", "STRAY^SAM", "7"))
	for i := range 3 {
		put(t, filepath.Join(folder, fmt.Sprint(i+1)), image(t, "1.2", fmt.Sprintf("1.2.%d", i), "DOE^JANE", "4711"))
	}
	m, err := open(t, Options{}, folder)
	m = must(t, m, err)
	s := m.Study("1.2")
	if s.Patient.Name != "DOE^JANE" || len(s.Objects) != 3 || s.Strange != 1 || m.Counts.Strange != 1 {
		t.Errorf("%+v", s)
	}
	for _, o := range s.Objects {
		if o.SOP == "1.2.9" {
			t.Error("another patient's image is in the study")
		}
	}
}

func TestOtherBytesUnderOneUIDAreSaidAndNotShown(t *testing.T) {
	folder := t.TempDir()
	put(t, filepath.Join(folder, "a"), image(t, "1.2", "1.2.3", "DOE^JANE", "1"))
	put(t, filepath.Join(folder, "b"), image(t, "1.2", "1.2.3", "DOE^JANE", "1"))
	c := image(t, "1.2", "1.2.3", "DOE^JANE", "1")
	put(t, filepath.Join(folder, "c"), bytes.Replace(c, []byte("20260101"), []byte("20260102"), 1))
	m, err := open(t, Options{}, folder)
	m = must(t, m, err)
	if m.Counts.Objects != 1 || m.Counts.Repeated != 1 || m.Counts.Conflicting != 1 {
		t.Errorf("%+v", m.Counts)
	}
}

func TestNothingToShowIsAnErrorWithoutAPath(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "DOE_JANE")
	put(t, filepath.Join(folder, "readme.txt"), []byte("hello"))
	if _, err := open(t, Options{}, folder); !errors.Is(err, ErrNothing) {
		t.Error(err)
	}
	if _, err := open(t, Options{}, filepath.Join(folder, "none")); err == nil || strings.Contains(err.Error(), "DOE") {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, []string{folder}, Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func zipOf(t testing.TB, files map[string][]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Old devices write images without UIDs: those of one patient in one folder are shown
// together, another patient's apart, the same each time.
func TestImagesWithoutUIDsAreShownByPatientAndFolder(t *testing.T) {
	folder := t.TempDir()
	for name, who := range map[string]string{"a/1": "DOE^JANE", "a/2": "DOE^JANE", "a/3": "ROE^RICHARD", "b/1": "DOE^JANE"} {
		var d dicom.Dataset
		d.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
		d.SetStr(dicom.PatientName, who)
		d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME2")
		for tag, v := range map[dicom.Tag]int{dicom.Rows: 2, dicom.Columns: 2, dicom.SamplesPerPixel: 1, dicom.BitsAllocated: 8, dicom.BitsStored: 8, dicom.HighBit: 7, dicom.PixelRepresentation: 0} {
			d.SetInt(tag, v)
		}
		d.SetStr(dicom.SOPInstanceUID, "1.2.3")
		var b bytes.Buffer
		if err := dicom.Write(&b, &d, make([]byte, 4)); err != nil {
			t.Fatal(err)
		}
		object := b.Bytes()
		at := bytes.Index(object, []byte("\x08\x00\x18\x00UI")) // the data set's: it goes
		object = append(object[:at:at], object[at+8+6:]...)
		put(t, filepath.Join(folder, name), object)
	}
	var before []dicom.UID
	for range 2 {
		m, err := open(t, Options{}, folder)
		m = must(t, m, err)
		var uids []dicom.UID
		images := map[string]int{}
		for _, s := range m.Studies {
			uids = append(uids, s.UID)
			images[s.Patient.Name] += len(s.Objects)
			if !s.Made || !dicom.ValidUID(string(s.UID)) {
				t.Errorf("%+v", s)
			}
		}
		if len(m.Studies) != 3 || images["DOE^JANE"] != 3 || images["ROE^RICHARD"] != 1 || m.Counts.Anonymous != 4 {
			t.Errorf("%d studies, %v, %+v", len(m.Studies), images, m.Counts)
		}
		if before != nil && !slices.Equal(before, uids) {
			t.Error("the UIDs are others the second time")
		}
		before = uids
	}
}
