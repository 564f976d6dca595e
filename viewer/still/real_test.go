package still

import (
	"context"
	"image"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
	"github.com/nocturne/nocturne/viewer"
)

func TestMain(m *testing.M) {
	pixel.Decoders = all.Decoders()
	os.Exit(m.Run())
}

// caseOf makes a case of all files under dir: the study with most objects is the
// one to be read.
func caseOf(t *testing.T, dir string) (viewer.Case, []viewer.Object) {
	t.Helper()
	var objects []viewer.Object
	studies := map[string]*viewer.Study{}
	orders := map[string]viewer.Order{}
	filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		f, err := dicom.ReadHeader(path)
		if err != nil {
			return nil
		}
		h := f.Dataset
		o := viewer.Object{StudyUID: h.Str(dicom.StudyInstanceUID), SeriesUID: h.Str(dicom.SeriesInstanceUID), SOPUID: h.Str(dicom.SOPInstanceUID), Path: path}
		objects = append(objects, o)
		st := studies[o.StudyUID]
		if st == nil {
			st = &viewer.Study{UID: o.StudyUID, Date: h.Str(dicom.StudyDate), Description: h.Str(dicom.StudyDescription), Modality: h.Str(dicom.Modality)}
			studies[o.StudyUID] = st
			orders[o.StudyUID] = viewer.Order{
				PatientName: h.Str(dicom.PatientName), PatientID: h.Str(dicom.PatientID), BirthDate: h.Str(dicom.PatientBirthDate),
				Sex: h.Str(dicom.PatientSex), Accession: h.Str(dicom.AccessionNumber), Exam: h.Str(dicom.StudyDescription),
			}
		}
		st.Expected++
		return nil
	})
	c := viewer.Case{Epoch: 1}
	for _, st := range studies {
		c.Studies = append(c.Studies, *st)
	}
	of := func(s viewer.Study) string { return orders[s.UID].PatientID }
	sort.Slice(c.Studies, func(a, b int) bool { return c.Studies[a].Expected > c.Studies[b].Expected })
	if len(c.Studies) > 0 {
		c.StudyUID, c.Order = c.Studies[0].UID, orders[c.Studies[0].UID]
		c.Studies = slices.DeleteFunc(c.Studies, func(s viewer.Study) bool { return of(s) != of(c.Studies[0]) })
		for i := range c.Studies[1:] {
			c.Studies[1+i].Prior = true
		}
	}
	objects = slices.DeleteFunc(objects, func(o viewer.Object) bool { return orders[o.StudyUID].PatientID != c.Order.PatientID })
	return c, objects
}

// shoot keeps a picture where NOCTURNE_SHOTS says, for looking at.
func shoot(t *testing.T, name string, m image.Image) {
	t.Helper()
	dir := os.Getenv("NOCTURNE_SHOTS")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name+".png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
}

func TestRealStudiesOpenScrollAndAreTheirOwn(t *testing.T) {
	dir := oracle.Data(t)
	studies, err := filepath.Glob(filepath.Join(dir, "studies", "*"))
	if err != nil || len(studies) == 0 {
		t.Fatal("no studies")
	}
	for _, one := range append(studies, filepath.Join(dir, "modalities", "enhanced-mr"), filepath.Join(dir, "modalities", "mg")) {
		t.Run(filepath.Base(one), func(t *testing.T) { openReal(t, one) })
	}
}

func openReal(t *testing.T, dir string) {
	c, objects := caseOf(t, dir)
	v := New(Options{Workers: 2})
	defer v.Close()
	var last *viewer.State
	if err := v.Open(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	if err := v.Add(1, objects); err != nil {
		t.Fatal(err)
	}
	step := 0
	deadline := time.After(30 * time.Second)
	for {
		select {
		case e := <-v.Events():
			switch e.Kind {
			case viewer.Stated:
				last = e.State
				if step == 2 && len(last.Tiles) > 0 && last.Tiles[0].Slice == last.Tiles[0].Slices-1 {
					shoot(t, filepath.Base(dir)+"-last", v.Paint(image.Pt(900, 700)))
					if len(last.Mismatch) > 0 {
						t.Errorf("differs from its own order: %q", last.Mismatch)
					}
					return
				}
			case viewer.Shown:
				shoot(t, filepath.Base(dir), v.Paint(image.Pt(900, 700)))
				step = 2
				v.Do(1, viewer.SliceLast)
			case viewer.Painted:
				v.Paint(image.Pt(900, 700))
			}
		case <-deadline:
			t.Fatalf("step %d after 30 s; state %+v", step, last)
		}
	}
}
