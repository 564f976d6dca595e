package deliver

import (
	"bytes"
	"slices"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

func parsed(t *testing.T) *dicom.Dataset {
	t.Helper()
	f, err := dicom.Parse(object(t, "1.2.9.1", "No fracture.\nGröße normal."))
	must(t, err)
	return f.Dataset
}

// declared is an Original Attributes Sequence that says what a tag was.
func declared(d *dicom.Dataset, t dicom.Tag, was string) {
	m, o := &dicom.Dataset{}, &dicom.Dataset{}
	m.SetStr(t, was)
	o.SetSeq(modifiedAttributes, m)
	d.SetSeq(originalAttributes, o)
}

func TestOnlyWhatWasSignedIsTheSame(t *testing.T) {
	content := func(d *dicom.Dataset) *dicom.Dataset {
		items := d.Seq(dicom.ContentSequence)
		return items[len(items)-1].Item(dicom.ContentSequence)
	}
	for name, c := range map[string]struct {
		change func(*dicom.Dataset)
		want   []dicom.Tag
	}{
		"nothing":                {func(*dicom.Dataset) {}, nil},
		"character set":          {func(d *dicom.Dataset) { d.SetStr(dicom.SpecificCharacterSet, "ISO_IR 100") }, nil},
		"an archive's additions": {func(d *dicom.Dataset) { d.SetStr(dicom.InstanceAvailability, "ONLINE"); d.SetStr(0x00090010, "ACME") }, nil},
		"an empty element dropped": {func(d *dicom.Dataset) { d.Delete(dicom.StudyID) },
			nil},
		"padding":                        {func(d *dicom.Dataset) { d.SetStr(dicom.PatientID, "P1 ") }, nil},
		"a declared coercion":            {func(d *dicom.Dataset) { d.SetStr(dicom.PatientID, "P1-X"); declared(d, dicom.PatientID, "P1") }, nil},
		"a coercion nobody declared":     {func(d *dicom.Dataset) { d.SetStr(dicom.PatientID, "P2") }, []dicom.Tag{dicom.PatientID}},
		"a coercion declared of another": {func(d *dicom.Dataset) { d.SetStr(dicom.PatientID, "P2"); declared(d, dicom.PatientID, "P3") }, []dicom.Tag{dicom.PatientID}},
		"the verification may not be": {func(d *dicom.Dataset) {
			d.SetStr(dicom.VerificationFlag, "UNVERIFIED")
			declared(d, dicom.VerificationFlag, "VERIFIED")
		}, []dicom.Tag{dicom.VerificationFlag}},
		"the study may not be": {func(d *dicom.Dataset) {
			d.SetStr(dicom.StudyInstanceUID, "1.3")
			declared(d, dicom.StudyInstanceUID, "1.2")
		}, []dicom.Tag{dicom.StudyInstanceUID}},
		"a letter of the text":              {func(d *dicom.Dataset) { content(d).SetStr(dicom.TextValue, "No fracture.\r\nGrösse normal.") }, []dicom.Tag{dicom.ContentSequence}},
		"a line end of the text":            {func(d *dicom.Dataset) { content(d).SetStr(dicom.TextValue, "No fracture.\nGröße normal.") }, []dicom.Tag{dicom.ContentSequence}},
		"something added to a content item": {func(d *dicom.Dataset) { content(d).SetStr(dicom.ObservationDateTime, "20260301") }, []dicom.Tag{dicom.ContentSequence}},
		"an item removed":                   {func(d *dicom.Dataset) { d.SetSeq(dicom.ContentSequence, d.Seq(dicom.ContentSequence)[1:]...) }, []dicom.Tag{dicom.ContentSequence}},
		"an attribute added":                {func(d *dicom.Dataset) { d.SetStr(dicom.CompletionFlagDescription, "x") }, []dicom.Tag{dicom.CompletionFlagDescription}},
	} {
		held := parsed(t).Clone()
		c.change(held)
		if got := Differences(parsed(t), held); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestWritingAgainMakesNoDifference(t *testing.T) {
	var b bytes.Buffer
	must(t, dicom.Write(&b, parsed(t), nil))
	f, err := dicom.Parse(b.Bytes())
	must(t, err)
	if got := Differences(parsed(t), f.Dataset); got != nil {
		t.Errorf("%v", got)
	}
}
