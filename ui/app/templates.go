package app

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/editor"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/template"
)

// chooseTemplate lists the templates under the caret (F8 outside a field): those that
// fit the case first, each with the reason, then the others.
func (m *Model) chooseTemplate(c *openCase) tea.Cmd {
	draft, epoch, room, gather := c.draft, c.epoch, m.Room, m.facts(c)
	m.say("Looking for templates …")
	c.listing = true
	return func() tea.Msg {
		set, err := room.TemplateSet()
		return templatesMsg{epoch: epoch, draft: draft, set: set, facts: gather(), err: err}
	}
}

type templatesMsg struct {
	epoch uint64
	draft *report.Draft // that they were asked for: an addendum has its own
	set   *template.Set
	facts report.Facts
	err   error
}

func (t templatesMsg) ofEpoch() uint64 { return t.epoch }

// apply opens the list; keys that were pressed while it was being made are its own.
func (t templatesMsg) apply(m *Model, c *openCase) tea.Cmd {
	ahead := c.ahead
	c.listing, c.ahead = false, nil
	cmds := []tea.Cmd{t.open(m, c)}
	for _, k := range ahead {
		cmds = append(cmds, m.key(k))
	}
	return tea.Batch(cmds...)
}

func (t templatesMsg) open(m *Model, c *openCase) tea.Cmd {
	if c.page.Editor == nil || c.signed || c.draft != t.draft || m.page != onCase || !c.page.Typing {
		return nil
	}
	m.status = status{}
	if t.err != nil {
		m.warn("Some templates could not be read: " + sentence(t.err))
	}
	if t.set == nil {
		return nil
	}
	names, of := listed(t.set, c.draft, t.facts)
	if len(names) == 0 {
		m.say("There is no template for this.")
		return nil
	}
	c.page.Editor.Pick(editor.List{Title: "template", Items: names, Done: func(chosen []string) {
		if i := slices.Index(names, chosen[0]); i >= 0 {
			c.useTemplate(m, of[i], t.facts)
		}
	}})
	return nil
}

// listed are the templates as they are chosen from.
func listed(set *template.Set, d *report.Draft, f report.Facts) (names []string, of []*template.Template) {
	for _, r := range set.Choose(d, f) {
		names, of = append(names, r.Title+" · "+r.Reason), append(of, r.Template)
	}
	for _, t := range set.All() {
		if !slices.Contains(of, t) && !t.Scope.Module && t.Scope.Addendum == (d.What() == report.Added) {
			names, of = append(names, t.Title), append(of, t)
		}
	}
	return names, of
}

// useTemplate writes the template into the report, one step of undo for each section,
// and goes to the first field.
func (c *openCase) useTemplate(m *Model, t *template.Template, f report.Facts) {
	done := t.Apply(c.draft, f, m.Now())
	for _, s := range c.page.Editor.Sections {
		if slices.Contains(done.Changed, report.Section(s.Key)) {
			s.Buffer.Replace(c.draft.Sections[report.Section(s.Key)])
			s.Buffer.Select(0, 0)
		}
	}
	if len(done.Changed) > 0 {
		first := done.Changed[0]
		if slices.Contains(done.Changed, report.Findings) {
			first = report.Findings
		}
		c.page.Editor.Go(string(first))
		c.page.Editor.NextField(1)
	}
	c.dirty = true
	m.say(outcome(t, done))
}

func outcome(t *template.Template, done template.Outcome) string {
	said := t.Title + ". Tab goes through its fields; Ctrl+K confirms what stands there."
	if len(done.Kept) > 0 {
		var kept []string
		for _, s := range done.Kept {
			kept = append(kept, s.Title())
		}
		said = fmt.Sprintf("%s; your own words in %s were left.", t.Title, strings.Join(kept, ", "))
	}
	return said
}
