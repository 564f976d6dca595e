package app

import (
	"strings"
	"testing"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/report"
)

// withFields is a case whose findings are a template's: fields, normal text.
func withFields(n *night) {
	n.Helper()
	n.read("A1")
	d := n.m.open.draft
	size, _ := d.Frame(report.Span{Kind: report.NumberField, Name: "size", Unit: "mm", Min: 1, Max: 300, Required: true}, "")
	lobe, _ := d.Frame(report.Span{Kind: report.ChoiceField, Name: "lobe", Choices: []string{"right upper lobe", "left upper lobe", "lingula"}}, "right upper lobe")
	heart, _ := d.Frame(report.Span{Kind: report.Normal, Name: "heart"}, "Heart normal in size.")
	d.Edit(report.Findings, "Nodule of "+size+" in the "+lobe+". "+heart, n.clock())
	e := n.m.open.page.Editor
	e.Active().Buffer.Replace(d.Sections[report.Findings])
	e.Active().Buffer.Select(len([]rune(e.Active().Buffer.String())), len([]rune(e.Active().Buffer.String())))
	n.key("f3")
	n.key("shift+tab", "shift+tab")
	n.m.open.page.Report, n.m.status = "draft · saved 03:12:04", status{}
}

func TestFrameOfFieldsAndTheirChoices(t *testing.T) {
	n := newNight(t)
	withFields(n)
	n.key("f8")
	n.golden("case-fields")
	n.key("2")
	if got := n.section(report.Findings); got != "Nodule of [size] in the left upper lobe. Heart normal in size." {
		t.Errorf("reads %q", got)
	}
}

func TestLeavingAFieldConfirmsItOnDisk(t *testing.T) {
	n := newNight(t)
	withFields(n)
	n.key("tab", "f3")
	n.until("it on disk", func() bool {
		row, ok, err := n.m.Room.Ledger.Draft(n.Context(), uid("A1"))
		if err != nil || !ok {
			return false
		}
		d, err := report.Decode(row.Body)
		return err == nil && len(d.Placed(report.Findings)) == 3 && len(d.Unconfirmed()) == 0
	})
}

func TestAPhraseIsTypedByName(t *testing.T) {
	n := newNight(t)
	n.m.Macros = func() ([]reading.Macro, error) {
		return []reading.Macro{{Name: "neg", Text: "No acute abnormality."}, {Name: "nodule", Text: "Nodule of [#size mm 1..300]."}}, nil
	}
	n.read("A1")
	n.until("the phrases", func() bool { return len(n.m.open.macros) == 2 })
	n.key("f3")
	n.write("/nod")
	if !strings.Contains(n.frame(), "→ Nodule of [size].") {
		t.Errorf("not shown:\n%s", n.frame())
	}
	n.key("tab", "8")
	n.key("tab")
	if got := n.section(report.Findings); got != "Nodule of 8 mm." {
		t.Errorf("reads %q", got)
	}
}
