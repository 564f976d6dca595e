package report

import (
	"slices"
	"testing"
	"time"
)

func twoOrders() (*Draft, time.Time) {
	now := time.Date(2026, 11, 22, 3, 12, 0, 0, time.UTC)
	d := New("1.2", "A1", "NORTH", now)
	d.Set(Impression, "No injury.", now)
	d.Link(LinkedOrder{StudyUID: "1.3", Accession: "A2"}, now)
	d.Link(LinkedOrder{StudyUID: "1.4", Accession: "A3"}, now)
	return d, now
}

func TestAnOrderIsLinkedOnceAndNeverToItselfOrToWhatFollowsAReport(t *testing.T) {
	d, now := twoOrders()
	if d.Link(LinkedOrder{StudyUID: "1.3", Accession: "A2"}, now) || d.Link(LinkedOrder{StudyUID: "1.2", Accession: "A9"}, now) || len(d.Linked) != 2 {
		t.Errorf("%+v", d.Linked)
	}
	if a := d.Addend(Document{SOPUID: "1.9"}, "", now); a.Link(LinkedOrder{StudyUID: "1.5", Accession: "A5"}, now) || len(a.Linked) > 0 {
		t.Errorf("an addendum answers %+v", a.Linked)
	}
	body, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Decode(body); err != nil || !slices.Equal(again.Linked, d.Linked) {
		t.Errorf("read back: %+v, %v", again.Linked, err)
	}
	if gone := d.Unlink("A2", now); len(gone) != 1 || len(d.Linked) != 1 || len(d.Unlink("", now)) != 1 || len(d.Unlink("A2", now)) != 0 {
		t.Errorf("%+v is left", d.Linked)
	}
}

// Whoever corrects one of several reports is told of the others, from either end.
func TestACorrectionSaysWhichOtherOrdersHaveTheSameReport(t *testing.T) {
	d, now := twoOrders()
	second := d.For(d.Linked[0], Facts{})
	for name, c := range map[string]struct {
		d    *Draft
		want []string
	}{"the first": {d, []string{"A2", "A3"}}, "a linked one": {second, []string{"A1", "A3"}}} {
		for _, next := range []*Draft{c.d.Correct(Document{SOPUID: "1.9"}, "side", now), c.d.Withdraw(Document{SOPUID: "1.9"}, "patient", now), c.d.Addend(Document{SOPUID: "1.9"}, "", now)} {
			i := slices.IndexFunc(Check(next, Facts{}), func(f Finding) bool { return f.Rule == "signed-together" })
			if i < 0 || !slices.Equal(Check(next, Facts{})[i].Evidence, c.want) {
				t.Errorf("%s, %s: it names %v", name, next.What(), next.Together)
			}
		}
	}
	if slices.ContainsFunc(Check(d, Facts{}), func(f Finding) bool { return f.Rule == "signed-together" }) {
		t.Error("the report itself is warned of")
	}
}

// A patient is the same only when everything is stated and equal.
func TestTwoOrdersAreOfOnePatientOnlyWhenAllIsStatedAndTheSame(t *testing.T) {
	p := Patient{Name: "PHANTOM^ANNA", ID: "P1", Birth: "19540302", Sex: "F"}
	same := p
	same.Name = "Phantom^Anna^^"
	if d := p.Differs(same); len(d) > 0 {
		t.Errorf("differs in %v", d)
	}
	for what, o := range map[string]Patient{
		"name": {Name: "PHANTOM^ANNE", ID: "P1", Birth: "19540302", Sex: "F"}, "ID": {Name: p.Name, ID: "P2", Birth: p.Birth, Sex: p.Sex},
		"birth date": {Name: p.Name, ID: p.ID, Birth: "19540203", Sex: p.Sex}, "sex": {Name: p.Name, ID: p.ID, Birth: p.Birth, Sex: "M"},
	} {
		if d := p.Differs(o); !slices.Equal(d, []string{what}) {
			t.Errorf("%s: %v", what, d)
		}
	}
	if d := (Patient{}).Differs(Patient{}); len(d) != 4 {
		t.Errorf("nobody and nobody differ in %v", d)
	}
}
