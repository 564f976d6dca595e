package report

import "testing"

// A mark lies over the very word, whatever tokens, frames and letters of several bytes
// stand before it.
func TestAMarkLiesOverItsWord(t *testing.T) {
	f := facts()
	d := draft(full())
	d.Set(Impression, "Größe ± of the ", t0)
	d.Insert(Impression, 15, length("m1", 8), t0)
	field, _ := d.Frame(Span{Kind: TextField, Name: "side", Required: true}, "")
	d.Edit(Impression, d.Sections[Impression]+" "+field+" Fracture of the left thumb.", t0)
	marks := Marks(d, Live(d, f), Impression)
	got := map[string]string{}
	text := []rune(d.Sections[Impression])
	for _, m := range marks {
		got[m.Finding.Rule] = string(text[m.From:m.To])
	}
	if got["side-conflict"] != "left" {
		t.Errorf("the mark lies over %q of %q", got["side-conflict"], d.Plain(Impression))
	}
	if got["unfilled-field"] != field && got["unfilled-field"] != string([]rune(field)[0]) {
		t.Errorf("the open field's mark lies over %q", got["unfilled-field"])
	}
}

func TestWhatWasOverriddenIsNotMarked(t *testing.T) {
	f, d := facts(), draft(full())
	d.Set(Impression, "Fracture of the left thumb.", t0)
	for _, x := range Live(d, f) {
		if x.Stops && !d.OverrideWith(x, "order entered for the wrong hand", f.Reader, t0) {
			t.Fatal("not overridden")
		}
	}
	for _, x := range Live(d, f) {
		if x.Rule == "side-conflict" {
			t.Errorf("%+v", x)
		}
	}
}
