package template

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/nocturne/nocturne/worklist/report"
)

// Outcome is what Apply did: the sections that it wrote, for the editor to take as
// one step of undo, and those whose words are the reader's and were left.
type Outcome struct {
	Changed, Kept []report.Section
}

// Apply begins the report with the template: its sections are written as text with
// framed fields, normal text as a proposal that is unconfirmed until the reader was
// there (N18), merge fields from the facts. A section that holds the reader's own
// words is never replaced: normal text goes below them, once, anything else is left.
// Sections that the template says nothing of, and those that are only a fact which
// the draft fills itself (Prefill), are left as they are.
//
// What another template wrote and the reader did not change is replaced. In an
// addendum only the addendum is written, in a withdrawal nothing.
func (t *Template) Apply(d *report.Draft, f report.Facts, now time.Time) (out Outcome) {
	d.Prefill(f, now)
	of := about(f)
	for _, s := range t.Sections {
		if (s.Key == report.Addendum) != (d.What() == report.Added) || d.What() == report.Withdrawn || s.isPrefilled() {
			continue
		}
		before := d.Sections[s.Key]
		own := before != "" && before != d.Filled[s.Key] && before != d.Applied[s.Key]
		if own && (!s.proposes() || hasProposals(d, s.Key) || d.What() == report.Corrected) {
			out.Kept = append(out.Kept, s.Key)
			continue
		}
		text := s.write(d, of)
		if text == "" {
			continue
		}
		if d.Applied == nil {
			d.Applied = map[report.Section]string{}
		}
		if d.Applied[s.Key] = text; own {
			text = strings.TrimRight(before, "\n ") + "\n\n" + text
		}
		d.Edit(s.Key, text, now)
		if !own {
			d.Applied[s.Key] = d.Sections[s.Key]
		}
		out.Changed = append(out.Changed, s.Key)
	}
	d.Template = t.ID
	return out
}

// isPrefilled reports whether the section is nothing but what Prefill writes.
func (s Section) isPrefilled() bool {
	return len(s.Lines) == 1 && len(s.Lines[0].Pieces) == 1 && s.Lines[0].Pieces[0].Kind == report.MergeField &&
		(s.Key == report.Indication || s.Key == report.Comparison || s.Key == report.Technique) &&
		strings.EqualFold(s.Lines[0].Pieces[0].Name, string(s.Key))
}

func (s Section) proposes() bool {
	return slices.ContainsFunc(s.Lines, Line.proposes)
}

func (l Line) proposes() bool {
	return slices.ContainsFunc(l.Pieces, func(p Piece) bool { return p.Kind == report.Normal })
}

// hasProposals reports whether a template wrote into the section before.
func hasProposals(d *report.Draft, s report.Section) bool {
	return slices.ContainsFunc(d.Placed(s), func(p report.Placed) bool { return p.Kind != report.Pulled })
}

// write is the section as text with frames registered in the draft.
func (s Section) write(d *report.Draft, of circumstances) string {
	var lines []string
	for _, l := range s.Lines {
		switch l.If.holds(of) {
		case yes:
			lines = append(lines, l.write(d, of.facts))
		case unclear:
			if l.If.NotAfter != "" && l.proposes() { // the line of who was not operated asks; the other is left out
				lines = append(lines, l.ask(d))
			}
		}
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n ")
}

func (l Line) write(d *report.Draft, facts facts) string {
	var b strings.Builder
	for _, p := range l.Pieces {
		text := p.write(d, facts)
		if p.Kind == report.MergeField && empty(text) && endsBlank(b.String()) { // a merge field brings its own blank, see Refresh
			held := strings.TrimRight(b.String(), " ")
			b.Reset()
			b.WriteString(held)
		}
		b.WriteString(text)
	}
	return strings.TrimRight(b.String(), " ")
}

func endsBlank(s string) bool { return strings.HasSuffix(s, " ") }

// empty reports whether the framed text has no content.
func empty(framed string) bool {
	return framed != "" && !strings.ContainsFunc(framed, func(r rune) bool { return !unicode.Is(unicode.Co, r) })
}

// ask is a line whose normal text cannot be proposed, because the request names the
// operation but not whether it was done: a field that must be filled in.
func (l Line) ask(d *report.Draft) string {
	label := ""
	if len(l.Pieces) > 0 && l.Pieces[0].Kind == Literal {
		label = l.Pieces[0].Text
	}
	text, _ := d.Frame(report.Span{Kind: report.TextField, Name: l.If.NotAfter + "?", Required: true}, "")
	return label + text
}

// write frames the piece. A fact that is not known leaves an empty frame, so that
// Refresh can fill it; a merge field nobody knows becomes a field to fill in.
func (p Piece) write(d *report.Draft, facts facts) string {
	if p.Kind == Literal {
		return p.Text
	}
	span := report.Span{Kind: p.Kind, Name: p.Name, Choices: p.Choices, Multiple: p.Multiple, Unit: p.Unit, Min: p.Min, Max: p.Max, Required: p.Required}
	content := p.Text
	switch {
	case p.Kind == Module:
		span.Kind, span.Required = report.TextField, true
	case p.Kind == report.MergeField && !known(p.Name):
		span.Kind, span.Required = report.TextField, true
	case p.Kind == report.MergeField:
		content = facts.text(p.Name)
	case p.Fact != "":
		content, span.From = facts.fill(p)
	}
	text, _ := d.Frame(span, content)
	return text
}

// touches reports whether words put behind the text would run into it.
func touches(text []rune) bool {
	for _, r := range slices.Backward(text) {
		if !unicode.Is(unicode.Co, r) {
			return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".,;:)", r)
		}
	}
	return false
}

// Refresh writes merge fields anew whose facts changed since the template was
// applied and that the reader was not in. It returns the sections that changed.
func Refresh(d *report.Draft, f report.Facts, now time.Time) (changed []report.Section) {
	facts := factsOf(f)
	for _, s := range report.Order {
		placed := d.Placed(s)
		text := []rune(d.Sections[s])
		for _, p := range slices.Backward(placed) {
			want := facts.text(p.Name)
			if p.Kind != report.MergeField || p.Confirmed || want == "" || want == strings.TrimSpace(p.Text) {
				continue
			}
			if strings.HasPrefix(p.Text, " ") {
				want = " " + want
			}
			if p.Text == "" && touches(text[:p.From]) {
				want = " " + want
			}
			text = slices.Concat(text[:p.From], []rune(report.Foreign(want)), text[p.To:])
		}
		if after := string(text); after != d.Sections[s] && utf8.ValidString(after) {
			ours := d.Applied[s] == d.Sections[s]
			d.Edit(s, after, now)
			if ours {
				d.Applied[s] = d.Sections[s]
			}
			changed = append(changed, s)
		}
	}
	return changed
}
