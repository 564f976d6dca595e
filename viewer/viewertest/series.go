// Package viewertest is the suite that every viewer.Viewer passes, and small
// synthetic series for the tests of viewers.
package viewertest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

// Series is an axial series to be written to files: slice 0 is the one nearest
// the head, each further one Step mm towards the feet. Zero values: CT, 3 slices
// of 32 × 32 pixels of 1 × 1 mm, 2 mm apart, of the order's patient.
type Series struct {
	StudyUID, UID, Description string
	Number                     int
	Modality                   string
	Date                       string
	FrameOfReference           string
	Rows, Cols, Slices         int
	RowMM, ColMM, Step         float64
	Head                       float64 // z of slice 0
	HU                         func(col, row, slice int) int
	Leave                      []int // slices that are not written
	Edit                       func(d *dicom.Dataset, slice int)
}

// Order is whom all series are of unless edited.
var Order = viewer.Order{
	PatientName: "PHANTOM^TEST", PatientID: "T-1", BirthDate: "19600102", Sex: "F",
	Accession: "A-1", Exam: "CT chest", Modality: "CT",
}

// Case is a case of the given studies, the first of which is to be read.
func Case(epoch uint64, studies ...viewer.Study) viewer.Case {
	return viewer.Case{Epoch: epoch, StudyUID: studies[0].UID, Order: Order, Studies: studies}
}

func (s Series) filled() Series {
	set := func(p *float64, v float64) {
		if *p == 0 {
			*p = v
		}
	}
	count := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	text := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	count(&s.Rows, 32)
	count(&s.Cols, 32)
	count(&s.Slices, 3)
	count(&s.Number, 1)
	set(&s.RowMM, 1)
	set(&s.ColMM, 1)
	set(&s.Step, 2)
	text(&s.Modality, "CT")
	text(&s.Date, "20260301")
	text(&s.StudyUID, "1.2.3")
	text(&s.UID, s.StudyUID+"."+strconv.Itoa(s.Number))
	text(&s.FrameOfReference, s.StudyUID+".99")
	text(&s.Description, "axial")
	if s.HU == nil {
		s.HU = func(_, _, slice int) int { return slice }
	}
	return s
}

// SOP is the SOP Instance UID of a slice.
func (s Series) SOP(slice int) string { return fmt.Sprintf("%s.%d", s.filled().UID, slice+1) }

// Write writes the slices into a folder of its own under dir and lists them, in
// an order that is neither that of the patient nor of the numbers.
func (s Series) Write(tb testing.TB, dir string) []viewer.Object {
	tb.Helper()
	s = s.filled()
	dir = filepath.Join(dir, s.UID)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	var out []viewer.Object
	for k := range s.Slices {
		i := (k*7 + 3) % s.Slices
		if s.Slices%7 == 0 {
			i = s.Slices - 1 - k
		}
		if s.left(i) {
			continue
		}
		out = append(out, s.write(tb, dir, i))
	}
	return out
}

func (s Series) left(i int) bool {
	for _, l := range s.Leave {
		if l == i {
			return true
		}
	}
	return false
}

func (s Series) write(tb testing.TB, dir string, i int) viewer.Object {
	tb.Helper()
	d := s.Dataset(i)
	o := viewer.Object{StudyUID: s.StudyUID, SeriesUID: s.UID, SOPUID: d.Str(dicom.SOPInstanceUID), Path: filepath.Join(dir, strconv.Itoa(i))}
	px := make([]byte, 2*s.Rows*s.Cols)
	for row := range s.Rows {
		for col := range s.Cols {
			binary.LittleEndian.PutUint16(px[2*(row*s.Cols+col):], uint16(s.HU(col, row, i)+1024))
		}
	}
	if n := d.IntOr(dicom.NumberOfFrames, 1); n > 1 {
		px = bytes.Repeat(px, n)
	}
	b, err := dicom.Bytes(d, px)
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(o.Path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
	return o
}

// Dataset is a slice's header, the edit included.
func (s Series) Dataset(i int) *dicom.Dataset {
	s = s.filled()
	d := &dicom.Dataset{}
	for t, v := range map[dicom.Tag]string{
		dicom.SOPClassUID: "1.2.840.10008.5.1.4.1.1.2", dicom.SOPInstanceUID: s.SOP(i),
		dicom.StudyInstanceUID: s.StudyUID, dicom.SeriesInstanceUID: s.UID, dicom.FrameOfReferenceUID: s.FrameOfReference,
		dicom.Modality: s.Modality, dicom.StudyDate: s.Date, dicom.SeriesDescription: s.Description,
		dicom.PatientName: Order.PatientName, dicom.PatientID: Order.PatientID, dicom.PatientBirthDate: Order.BirthDate,
		dicom.PatientSex: Order.Sex, dicom.AccessionNumber: Order.Accession, dicom.PatientPosition: "HFS",
		dicom.PhotometricInterpretation: "MONOCHROME2", dicom.RescaleType: "HU",
	} {
		d.SetStr(t, v)
	}
	if s.Modality != "CT" {
		d.Delete(dicom.RescaleType)
	}
	for t, v := range map[dicom.Tag]int{
		dicom.SeriesNumber: s.Number, dicom.InstanceNumber: s.Slices - i, dicom.Rows: s.Rows, dicom.Columns: s.Cols,
		dicom.BitsAllocated: 16, dicom.BitsStored: 16, dicom.HighBit: 15, dicom.PixelRepresentation: 0, dicom.SamplesPerPixel: 1,
	} {
		d.SetInt(t, v)
	}
	d.SetFloat(dicom.PixelSpacing, s.RowMM, s.ColMM)
	d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	d.SetFloat(dicom.ImagePositionPatient, -float64(s.Cols-1)*s.ColMM/2, -float64(s.Rows-1)*s.RowMM/2, s.Head-float64(i)*s.Step)
	d.SetFloat(dicom.RescaleSlope, 1)
	d.SetFloat(dicom.RescaleIntercept, -1024)
	d.SetFloat(dicom.WindowCenter, 40, -600)
	d.SetFloat(dicom.WindowWidth, 400, 1500)
	if s.Edit != nil {
		s.Edit(d, i)
	}
	return d
}
