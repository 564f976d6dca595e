package report

import (
	"slices"
	"testing"
)

// An abbreviation in brackets may be a citation in prose; as the name of a framed
// field it is one that is not filled in.
func TestARequiredFieldBlocksWhateverItsNameLooksLike(t *testing.T) {
	for _, name := range []string{"HC", "EF", "PI-RADS", "impression", "image 3", "12"} {
		d := New("1.2", "A1", "NORTH", someTime)
		text, _ := d.Frame(Span{Kind: NumberField, Name: name, Required: true}, "")
		d.Edit(Findings, "Size: "+text, someTime)
		d.Set(Impression, "Normal.", someTime)
		if !slices.ContainsFunc(Check(d, Facts{}), func(f Finding) bool { return f.Rule == "unfilled-field" && f.Stops && f.Section == Findings }) {
			t.Errorf("the empty field %q does not block", name)
		}
	}
}
