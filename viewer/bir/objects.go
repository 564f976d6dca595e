package bir

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

// order is whom the objects written here are of.
var order = viewer.Order{
	PatientName: "PHANTOM^BASIC", PatientID: "BIR-1", BirthDate: "19600102", Sex: "F", Accession: "B-1", Exam: "Basic image review",
}

// current and prior are the studies of the objects written here.
var current = viewer.Study{UID: "2.25.700", Date: "20260301", Description: "Basic review", Modality: "CT", Accession: "B-1"}
var prior = viewer.Study{UID: "2.25.701", Date: "20250301", Description: "Basic review", Modality: "CT", Prior: true}

// stack is a series of axial CT slices, slice 0 nearest the head, to be written.
// Zero values: 5 slices of 64 × 64 pixels of 1 mm, 5 mm apart, in the current
// study; every value is the slice's number.
type stack struct {
	study        viewer.Study
	number, n    int
	rows, cols   int
	rowMM, colMM float64
	step         float64
	modality     string
	description  string
	hu           func(col, row, slice int) int
	leave        map[int]bool // slices that are not written
	edit         func(d *dicom.Dataset, slice int)
	colour       func(col, row int) [3]byte // RGB instead of grey
	frames       int                        // in each object
}

func orDefault[T comparable](v, d T) T {
	var zero T
	if v == zero {
		return d
	}
	return v
}

func (k stack) filled() stack {
	k.number, k.n = orDefault(k.number, 1), orDefault(k.n, 5)
	k.rows, k.cols = orDefault(k.rows, 64), orDefault(k.cols, 64)
	k.rowMM, k.colMM, k.step = orDefault(k.rowMM, 1), orDefault(k.colMM, 1), orDefault(k.step, 5)
	k.modality, k.description = orDefault(k.modality, "CT"), orDefault(k.description, "axial")
	k.frames = orDefault(k.frames, 1)
	if k.study.UID == "" {
		k.study = current
	}
	if k.hu == nil {
		k.hu = func(_, _, slice int) int { return slice }
	}
	return k
}

func (k stack) series() string { return fmt.Sprintf("%s.%d", k.filled().study.UID, k.filled().number) }

func (k stack) sop(slice int) string { return fmt.Sprintf("%s.%d", k.series(), slice+1) }

// write writes the slices, the last first, as no order may be relied on.
func (k stack) write(dir string) (out []viewer.Object) {
	k = k.filled()
	for i := k.n - 1; i >= 0; i-- {
		if k.leave[i] {
			continue
		}
		d := k.dataset(i)
		b, err := dicom.Bytes(d, bytes.Repeat(k.pixels(d, i), k.frames))
		if err != nil {
			panic(err)
		}
		o := viewer.Object{StudyUID: k.study.UID, SeriesUID: k.series(), SOPUID: k.sop(i), Path: filepath.Join(dir, k.sop(i))}
		if err := os.WriteFile(o.Path, b, 0o600); err != nil {
			panic(err)
		}
		out = append(out, o)
	}
	return out
}

func (k stack) pixels(d *dicom.Dataset, slice int) []byte {
	var px []byte
	for row := range k.rows {
		for col := range k.cols {
			if k.colour != nil {
				c := k.colour(col, row)
				px = append(px, c[:]...)
				continue
			}
			v := uint16(k.hu(col, row, slice) + 1024)
			if d.IntOr(dicom.BitsAllocated, 16) == 8 {
				px = append(px, byte(v-1024))
				continue
			}
			px = binary.LittleEndian.AppendUint16(px, v)
		}
	}
	return px
}

func (k stack) dataset(i int) *dicom.Dataset {
	d := &dicom.Dataset{}
	for t, v := range map[dicom.Tag]string{
		dicom.SOPClassUID: "1.2.840.10008.5.1.4.1.1.2", dicom.SOPInstanceUID: k.sop(i), dicom.StudyInstanceUID: k.study.UID,
		dicom.SeriesInstanceUID: k.series(), dicom.FrameOfReferenceUID: k.study.UID + ".99", dicom.Modality: k.modality,
		dicom.StudyDate: k.study.Date, dicom.SeriesDescription: k.description, dicom.PatientName: order.PatientName,
		dicom.PatientID: order.PatientID, dicom.PatientBirthDate: order.BirthDate, dicom.PatientSex: order.Sex,
		dicom.PatientPosition: "HFS", dicom.PhotometricInterpretation: "MONOCHROME2", dicom.RescaleType: "HU",
		dicom.AccessionNumber: k.study.Accession,
	} {
		d.SetStr(t, v)
	}
	for t, v := range map[dicom.Tag]int{
		dicom.SeriesNumber: k.number, dicom.InstanceNumber: k.n - i, dicom.Rows: k.rows, dicom.Columns: k.cols, dicom.SamplesPerPixel: 1,
		dicom.BitsAllocated: 16, dicom.BitsStored: 16, dicom.HighBit: 15, dicom.PixelRepresentation: 0,
	} {
		d.SetInt(t, v)
	}
	d.SetFloat(dicom.PixelSpacing, k.rowMM, k.colMM)
	d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	d.SetFloat(dicom.ImagePositionPatient, -float64(k.cols-1)*k.colMM/2, -float64(k.rows-1)*k.rowMM/2, 100-float64(i)*k.step)
	d.SetFloat(dicom.SliceThickness, k.step)
	d.SetFloat(dicom.KVP, 120)
	d.SetFloat(dicom.RescaleSlope, 1)
	d.SetFloat(dicom.RescaleIntercept, -1024)
	d.SetFloat(dicom.WindowCenter, 40, -600)
	d.SetFloat(dicom.WindowWidth, 400, 1500)
	k.kind(d)
	if k.edit != nil {
		k.edit(d, i)
	}
	return d
}

// kind makes a colour or a multi-frame image of the header.
func (k stack) kind(d *dicom.Dataset) {
	if k.frames > 1 {
		d.SetInt(dicom.NumberOfFrames, k.frames)
	}
	if k.colour == nil {
		return
	}
	d.SetStr(dicom.PhotometricInterpretation, "RGB")
	for t, v := range map[dicom.Tag]int{
		dicom.SamplesPerPixel: 3, dicom.BitsAllocated: 8, dicom.BitsStored: 8, dicom.HighBit: 7, dicom.PlanarConfiguration: 0,
	} {
		d.SetInt(t, v)
	}
	for _, t := range []dicom.Tag{dicom.RescaleSlope, dicom.RescaleIntercept, dicom.RescaleType, dicom.WindowCenter, dicom.WindowWidth} {
		d.Delete(t)
	}
}

// projection makes a radiograph of a header: no place in the patient.
func projection(d *dicom.Dataset) {
	for _, t := range []dicom.Tag{
		dicom.ImagePositionPatient, dicom.ImageOrientationPatient, dicom.PixelSpacing, dicom.FrameOfReferenceUID, dicom.PatientPosition, dicom.SliceThickness,
	} {
		d.Delete(t)
	}
}

// show opens one stack as the whole case.
func (s *session) show(k stack) { s.open(order, []viewer.Study{current}, k.write(s.dir)...) }
