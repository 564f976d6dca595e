package derive

import (
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/stack"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

func TestTheRunsOwnMaskIsTakenWithItsShift(t *testing.T) {
	of := func(op string, set func(*dicom.Dataset)) Mask {
		s := vt.Series{Modality: "XA", Slices: 1, Edit: func(d *dicom.Dataset, _ int) {
			d.Delete(dicom.ImagePositionPatient)
			d.SetInt(dicom.NumberOfFrames, 6)
			it := &dicom.Dataset{}
			it.SetStr(dicom.MaskOperation, op)
			set(it)
			d.SetSeq(dicom.MaskSubtractionSequence, it)
		}}
		in := stack.NewInstance(viewer.Object{SOPUID: s.SOP(0)}, &dicom.File{Dataset: s.Dataset(0), Pixel: dicom.PixelData{Tag: 0x7FE00010}})
		m, _ := MaskOf(stack.Of("1", "1", []*stack.Instance{in})[0], 5)
		return m
	}
	avg := of("AVG_SUB", func(d *dicom.Dataset) {
		d.SetInt(dicom.MaskFrameNumbers, 2, 3)
		d.SetFloat(dicom.MaskSubPixelShift, 0.5, 1.5) // to lower rows, to the left
	})
	if avg.Words() != "DSA mask 2, 3, shift −1.5, 0.5 px" {
		t.Errorf("%q", avg.Words())
	}
	if tid := of("TID", func(d *dicom.Dataset) { d.SetInt(dicom.TIDOffset, 2) }); tid.TID != 2 || tid.Words() != "DSA TID 2" {
		t.Errorf("%+v", tid)
	}
	if none := of("NONE", func(*dicom.Dataset) {}); none.TID != 0 || none.Slots != nil {
		t.Errorf("NONE subtracts: %+v", none)
	}
}
