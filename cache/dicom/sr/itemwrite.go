package sr

import (
	"strconv"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Dataset writes the item and what hangs below it; text is made fit for UT (PS3.5 6.2).
func (it Item) Dataset() *dicom.Dataset {
	d := &dicom.Dataset{}
	if it.Relationship != "" {
		d.SetStr(dicom.RelationshipType, it.Relationship)
	}
	d.SetStr(dicom.ValueType, it.ValueType)
	if it.Concept.Value != "" {
		d.SetSeq(dicom.ConceptNameCodeSequence, it.Concept.Dataset())
	}
	it.writeValue(d)
	if len(it.Children) > 0 {
		items := make([]*dicom.Dataset, len(it.Children))
		for i, c := range it.Children {
			items[i] = c.Dataset()
		}
		d.SetSeq(dicom.ContentSequence, items...)
	}
	return d
}

func (it Item) writeValue(d *dicom.Dataset) {
	switch it.ValueType {
	case "CONTAINER":
		d.SetStr(dicom.ContinuityOfContent, "SEPARATE")
	case "TEXT":
		d.SetStr(dicom.TextValue, wireText(it.Text))
	case "PNAME":
		d.SetStr(dicom.PersonNameValue, it.Text)
	case "UIDREF":
		d.SetStr(dicom.UIDValue, it.Text)
	case "DATE":
		d.SetStr(dicom.DateValue, it.Text)
	case "TIME":
		d.SetStr(dicom.TimeValue, it.Text)
	case "CODE":
		d.SetSeq(dicom.ConceptCodeSequence, it.Code.Dataset())
	case "NUM":
		m := &dicom.Dataset{}
		m.SetStr(dicom.NumericValue, it.Num)
		if f, err := strconv.ParseFloat(it.Num, 64); err == nil && it.exact != f {
			m.SetFloat(dicom.FloatingPointValue, it.exact)
		}
		m.SetSeq(dicom.MeasurementUnitsCodeSequence, it.Units.Dataset())
		d.SetSeq(dicom.MeasuredValueSequence, m)
	case "IMAGE", "COMPOSITE":
		d.SetSeq(dicom.ReferencedSOPSequence, it.Ref.dataset())
	case "SCOORD", "SCOORD3D":
		d.SetStr(dicom.GraphicType, it.Text)
		d.SetFloat(dicom.GraphicData, it.Graphic...)
		if it.ValueType == "SCOORD3D" {
			d.SetStr(dicom.ReferencedFrameOfReferenceUID, string(it.FrameOfReference))
		}
	}
}

// dataset is the reference as an item of Referenced SOP Sequence.
func (r Ref) dataset() *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.ReferencedSOPClassUID, string(r.Class))
	d.SetStr(dicom.ReferencedSOPInstanceUID, string(r.Instance))
	if len(r.Frames) > 0 {
		d.SetInt(dicom.ReferencedFrameNumber, r.Frames...)
	}
	return d
}

// Dataset is the code as an item of a code sequence.
func (c Code) Dataset() *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.CodeValue, c.Value)
	d.SetStr(dicom.CodingSchemeDesignator, c.Scheme)
	d.SetStr(dicom.CodeMeaning, c.Meaning)
	return d
}
