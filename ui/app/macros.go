package app

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/editor"
	"github.com/nocturne/nocturne/ui/notice"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/template"
)

// readMacros reads the phrases anew for each case: a reader writes one and has it in
// the next.
func (m *Model) readMacros(c *openCase) tea.Cmd {
	if m.Macros == nil {
		return nil
	}
	read, epoch := m.Macros, c.epoch
	return func() tea.Msg {
		list, err := read()
		return macrosMsg{epoch, list, err}
	}
}

type macrosMsg struct {
	epoch uint64
	list  []reading.Macro
	err   error
}

func (s macrosMsg) ofEpoch() uint64 { return s.epoch }

func (s macrosMsg) apply(m *Model, c *openCase) tea.Cmd {
	if s.err != nil {
		m.warn(notice.Of(s.err).Line())
	}
	c.macros = s.list
	c.useMacros()
	return nil
}

// useMacros gives the editor the phrases of the case.
func (c *openCase) useMacros() {
	if c.page.Editor == nil {
		return
	}
	text := map[string]string{}
	use := editor.Macros{}
	for _, m := range c.macros {
		use.Names, text[m.Name] = append(use.Names, m.Name), m.Text
	}
	use.Preview = func(name string) string { return unframed(template.ParseText(text[name])) }
	use.Expand = func(name string, framed bool) string {
		if framed {
			return framedIn(c.draft, template.ParseText(text[name]))
		}
		return unframed(template.ParseText(text[name]))
	}
	c.page.Editor.Macros = use
}

// framedIn is a phrase with its fields framed in the draft.
func framedIn(d *report.Draft, pieces []template.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Kind == template.Literal {
			b.WriteString(report.Foreign(p.Text))
			continue
		}
		s := report.Span{Kind: p.Kind, Name: p.Name, Choices: p.Choices, Multiple: p.Multiple, Unit: p.Unit, Min: p.Min, Max: p.Max, Required: p.Required}
		if p.Kind == report.MergeField || p.Kind == template.Module { // facts and modules are templates' own: here the reader is asked
			s.Kind, s.Required = report.TextField, true
		}
		text, _ := d.Frame(s, p.Text)
		b.WriteString(text)
	}
	return b.String()
}

// unframed is a phrase as plain text: fields as what they say at first, or as their
// names in brackets.
func unframed(pieces []template.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		switch {
		case p.Kind == template.Literal || p.Text != "":
			b.WriteString(report.Foreign(p.Text))
		case p.Required || p.Kind == report.MergeField || p.Kind == template.Module:
			b.WriteString("[" + report.Foreign(p.Name) + "]")
		}
	}
	return b.String()
}
