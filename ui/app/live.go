package app

import (
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/ui/editor"
	"github.com/nocturne/nocturne/worklist/report"
)

// live is what the checks of words say of the report as it stands, while it is typed.
type live struct {
	facts report.Facts
	known bool // the facts were gathered at least once
	marks map[string][]report.Mark
}

// learn takes the facts that the checks compare with.
func (l *live) learn(f report.Facts) { l.facts, l.known = f, true }

// recheck runs the checks of words; it is called when words or facts changed.
func (c *openCase) recheck() {
	c.live.marks, c.page.Checks = nil, ""
	if c.draft == nil || c.page.Editor == nil || c.signed || !c.live.known {
		return
	}
	if c.length() > checkedLive {
		c.page.Checks = "too long to be checked while typing · F12"
		return
	}
	findings := report.Live(c.draft, c.live.facts)
	c.live.marks = map[string][]report.Mark{}
	for _, s := range c.page.Editor.Sections {
		c.live.marks[s.Key] = report.Marks(c.draft, findings, report.Section(s.Key))
	}
	c.page.Checks = summary(findings)
}

// checkedLive is how long a report, in bytes, is checked at every keystroke: some 8,000
// words, which take about 20 ms. A longer one is checked by the sign sheet alone.
const checkedLive = 50_000

func (c *openCase) length() (n int) {
	for _, s := range c.draft.Sections {
		n += len(s)
	}
	return n
}

// summary is "1 to settle · 2 warnings · F12"; "" where nothing was found.
func summary(findings []report.Finding) string {
	stops, warns := len(report.Stopping(findings)), 0
	for _, f := range findings {
		if !f.Stops {
			warns++
		}
	}
	var parts []string
	if stops > 0 {
		parts = append(parts, fmt.Sprintf("%d to settle", stops))
	}
	switch warns {
	case 0:
	case 1:
		parts = append(parts, "1 warning")
	default:
		parts = append(parts, fmt.Sprintf("%d warnings", warns))
	}
	if parts == nil {
		return ""
	}
	return strings.Join(append(parts, "F12"), " · ")
}

// marksIn is what the editor marks in a section.
func (c *openCase) marksIn(section string) []editor.Mark {
	var out []editor.Mark
	for _, m := range c.live.marks[section] {
		severity := m.Finding.Severity
		if m.Finding.Stops {
			severity = report.Block // it holds the report back, whatever a reason may do
		}
		out = append(out, editor.Mark{From: m.From, To: m.To, Severity: severity})
	}
	return out
}

// underCaret is the sentence of the finding that the caret stands on.
func (c *openCase) underCaret() string {
	if c.page.Editor == nil || !c.page.Typing {
		return ""
	}
	key, caret := c.page.Editor.At()
	for _, m := range c.live.marks[key] {
		if caret >= m.From && caret <= m.To {
			return sentenceOf(m.Finding)
		}
	}
	return ""
}

// sentenceOf is a finding in one line: what it is, and what it disagrees with.
func sentenceOf(f report.Finding) string {
	var against []string
	for _, e := range f.Evidence {
		if !strings.HasPrefix(e, string(f.Section)+": ") {
			against = append(against, e)
		}
	}
	if len(against) == 0 {
		return f.Hint
	}
	return f.Hint + " (" + strings.Join(against, " · ") + ")"
}
