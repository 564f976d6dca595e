package report

import "testing"

func TestALabelWithNothingBehindItDoesNotGoOutAndNoWordOfTheReaderIsLeftOut(t *testing.T) {
	d := New("1.2", "A1", "NORTH", someTime)
	field := func(required bool) string {
		text, _ := d.Frame(Span{Kind: TextField, Name: "tubes", Required: required}, "")
		return text
	}
	wrote := "Lungs: clear.\nTubes: " + field(false) + "\nSize: " + field(true)
	d.Edit(Findings, wrote, someTime)
	d.Applied = map[Section]string{Findings: wrote}
	if got := d.Said(Findings); got != "Lungs: clear.\nSize: [tubes]" {
		t.Errorf("says %q", got)
	}
	d.Edit(Findings, "Nodule in S6: "+field(false)+"\n"+d.Sections[Findings], someTime)
	if got := d.Said(Findings); got != "Nodule in S6: \nLungs: clear.\nSize: [tubes]" {
		t.Errorf("says %q", got)
	}
	p := d.Placed(Findings)[1]
	text := []rune(d.Sections[Findings])
	d.Edit(Findings, string(text[:p.From])+"tip in the cava"+string(text[p.From:]), someTime)
	if got := d.Said(Findings); got != "Nodule in S6: \nLungs: clear.\nTubes: tip in the cava\nSize: [tubes]" {
		t.Errorf("says %q", got)
	}
}
