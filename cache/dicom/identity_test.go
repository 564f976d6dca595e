package dicom

import (
	"slices"
	"testing"
)

func TestEveryStatedAttributeOfAnotherPatientIsNamed(t *testing.T) {
	order := Identity{Name: "PHANTOM^ANNA", ID: "P1", Birth: "19540302", Sex: "F", Accession: "A1"}
	header := func(change func(d *Dataset)) *Dataset {
		d := &Dataset{}
		d.SetStr(PatientName, "Phantom^Anna^^")
		d.SetStr(PatientID, "P1")
		d.SetStr(PatientBirthDate, "19540302")
		d.SetStr(PatientSex, "F")
		d.SetStr(AccessionNumber, "A1")
		change(d)
		return d
	}
	cases := []struct {
		name   string
		change func(*Dataset)
		want   []string
	}{
		{"the same, written otherwise", func(*Dataset) {}, nil},
		{"name", func(d *Dataset) { d.SetStr(PatientName, "PHANTOM^ANNE") }, []string{"patient name"}},
		{"ID missing", func(d *Dataset) { d.Delete(PatientID) }, []string{"patient ID"}},
		{"birth date not sent", func(d *Dataset) { d.Delete(PatientBirthDate) }, nil},
		{"sex and accession", func(d *Dataset) { d.SetStr(PatientSex, "M"); d.SetStr(AccessionNumber, "A2") }, []string{"sex", "accession number"}},
	}
	for _, c := range cases {
		if got := order.Differs(header(c.change)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestNamesAreComparedAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"PHANTOM^ANNA", "Phantom^Anna^^^", true}, {"PHANTOM^ANNA  M", "PHANTOM^ANNA M", true},
		{"PHANTOM^ANNA", "PHANTOM^ANNE", false}, {"A^B=漢^字", "A^B", true}, {"PHANTOM^ANNA", "ANNA^PHANTOM", false},
	} {
		if SameName(c.a, c.b) != c.same {
			t.Errorf("%q and %q: same is %v", c.a, c.b, !c.same)
		}
	}
}
