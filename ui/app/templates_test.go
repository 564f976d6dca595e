package app

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/assets"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/template"
)

// shipped are the program's own templates.
func shipped() (*template.Set, error) {
	dir, err := fs.Sub(assets.Reports, "report")
	if err != nil {
		return nil, err
	}
	ts, err := template.Load(dir, false)
	return template.NewSet(ts...), err
}

func TestATemplateIsChosenByItsNumberAndTakenBackByUndo(t *testing.T) {
	n := newNight(t)
	n.m.Room.Templates = shipped
	n.read("A1")
	n.pass(time.Second)
	n.key("f8")
	n.says("The keys belong to the images")
	n.key("f3", "f8")
	n.key("1") // before the list is there
	n.until("the template", func() bool { return n.section(report.Findings) != "" })
	if got := n.section(report.Findings); !strings.Contains(got, "Lungs: ") || n.m.open.page.Editor.Active().Key != "findings" {
		t.Fatalf("findings read %q, the caret is in %s", got, n.m.open.page.Editor.Active().Key)
	}
	n.until("it on disk", func() bool { return strings.Contains(n.stored(uid("A1"), report.Findings), "Lungs: ") })
	n.key("ctrl+z")
	if got := n.section(report.Findings); got != "" {
		t.Errorf("after undo findings read %q", got)
	}
}

func TestATemplateLeavesTheReadersWords(t *testing.T) {
	n := newNight(t)
	n.m.Room.Templates = shipped
	n.read("A1")
	n.pass(time.Second)
	n.key("f3")
	n.write("Mine.")
	n.key("f8")
	n.until("the list", func() bool { return n.m.open.page.Editor.Picking() })
	n.key("1")
	if got := n.section(report.Findings); !strings.HasPrefix(got, "Mine.") {
		t.Errorf("findings read %q", got)
	}
}
