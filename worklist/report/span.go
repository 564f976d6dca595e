package report

import (
	"strings"
	"unicode"
)

// Runes that frame a span in a section's text: the first one names it, the other
// closes whichever is open. Both are private use (planes 15 and 16), so that nothing
// from outside holds one; see Set.
const (
	firstSpan = '\U000F0000'
	lastSpan  = '\U000FFFFD'
	// SpanEnd closes a span.
	SpanEnd = '\U00100000'
)

// SpanKind is what a framed part of a section is.
type SpanKind string

// A field is filled in by the reader; Normal is a template's own text and Pulled a
// prior report's, both only proposals until the reader was there (N18).
const (
	TextField   SpanKind = "text"
	NumberField SpanKind = "number"
	ChoiceField SpanKind = "choice"
	MergeField  SpanKind = "merge" // filled in from facts
	Normal      SpanKind = "normal"
	Pulled      SpanKind = "pulled"
)

// Span is a part of a section that is more than text. It stands in the text as its
// rune, its content and SpanEnd; spans never lie within each other. Like a token it
// is never removed from its draft: undo may bring its rune back.
type Span struct {
	Rune      rune     `json:"rune"`
	Kind      SpanKind `json:"kind"`
	Name      string   `json:"name,omitempty"` // "size", as a reader is asked for it
	Choices   []string `json:"choices,omitempty"`
	Multiple  bool     `json:"multiple,omitempty"` // several choices, joined by commas
	Unit      string   `json:"unit,omitempty"`     // of a number, written behind it
	Min       float64  `json:"min,omitempty"`      // of a number; Min = Max: no bounds
	Max       float64  `json:"max,omitempty"`
	Required  bool     `json:"required,omitempty"`  // empty, it is an unfilled field
	Confirmed bool     `json:"confirmed,omitempty"` // the reader was in it, accepted or changed it
	From      Source   `json:"from,omitzero"`       // of Pulled
}

// Source is the report that text was pulled from.
type Source struct {
	StudyUID string `json:"study_instance_uid,omitempty"`
	Date     string `json:"date,omitempty"` // DA of the study
	Title    string `json:"title,omitempty"`
}

// IsField reports whether the reader is to fill it in.
func (s Span) IsField() bool { return s.Kind != Normal && s.Kind != Pulled }

// Frame registers a span with the draft under a rune of its own and returns the text
// that stands for it. Runes that would forge tokens or spans are taken out of the
// content. ok is false when the draft has no rune left; the content alone comes back.
func (d *Draft) Frame(s Span, content string) (text string, ok bool) {
	content = Foreign(content)
	next := rune(firstSpan)
	if n := len(d.Spans); n > 0 {
		next = d.Spans[n-1].Rune + 1
	}
	if next > lastSpan {
		return content, false
	}
	s.Rune = next
	d.Spans = append(d.Spans, s)
	return string(next) + content + string(SpanEnd), true
}

func (d *Draft) span(r rune) *Span {
	if i := int(r - firstSpan); r >= firstSpan && i < len(d.Spans) {
		return &d.Spans[i]
	}
	return nil
}

// Span returns the span that a rune opens; ok is false for any other rune.
func (d *Draft) Span(r rune) (s Span, ok bool) {
	if p := d.span(r); p != nil {
		return *p, true
	}
	return Span{}, false
}

// Confirm notes that the reader was in the spans, or took them as they are.
func (d *Draft) Confirm(runes ...rune) {
	for _, r := range runes {
		if s := d.span(r); s != nil {
			s.Confirmed = true
		}
	}
}

// Placed is a span where it stands.
type Placed struct {
	Span
	Section  Section
	From, To int    // its content in the section's text, in runes
	Text     string // the content, with tokens as their measurements' text
}

// Placed lists the spans of a section in the order they stand there.
func (d *Draft) Placed(s Section) (out []Placed) {
	at := 0
	for _, r := range d.Sections[s] {
		if p := d.span(r); p != nil {
			out = append(out, Placed{Span: *p, Section: s, From: at + 1})
		}
		if n := len(out); r == SpanEnd && n > 0 {
			out[n-1].To = at
			out[n-1].Text = d.read([]rune(d.Sections[s])[out[n-1].From:at])
		}
		at++
	}
	return out
}

// Unfilled are the required fields without content, and those left as they were
// asked for.
func (d *Draft) Unfilled() []Placed {
	return d.placed(func(p Placed) bool { return p.IsField() && p.Required && strings.TrimSpace(p.Text) == "" })
}

// Unconfirmed are the proposals that the reader has not been in (N18): normal text,
// text pulled from a prior report, and fields that still say their default.
func (d *Draft) Unconfirmed() []Placed {
	return d.placed(func(p Placed) bool {
		return !p.Confirmed && p.Kind != MergeField && strings.TrimSpace(p.Text) != ""
	})
}

func (d *Draft) placed(want func(Placed) bool) (out []Placed) {
	for _, s := range Order {
		for _, p := range d.Placed(s) {
			if want(p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// balanced makes frames whole: a span is closed where the next one opens or the text
// ends, stands once, and a close that closes nothing is taken out.
func (d *Draft) balanced(text string) string {
	var b strings.Builder
	open, seen := false, map[rune]bool{}
	for _, r := range text {
		switch {
		case r == SpanEnd && !open, d.span(r) != nil && seen[r]:
			continue
		case r == SpanEnd:
			open = false
		case d.span(r) != nil:
			if open {
				b.WriteRune(SpanEnd)
			}
			open, seen[r] = true, true
		}
		b.WriteRune(r)
	}
	if open {
		b.WriteRune(SpanEnd)
	}
	return b.String()
}

// own reports whether a private-use rune is one of this draft's.
func (d *Draft) own(r rune) bool { return d.token(r) != nil || d.span(r) != nil || r == SpanEnd }

// read is text as it is read: tokens as their measurements, a required field without
// content as its name in brackets, frames left out.
func (d *Draft) read(text []rune) string {
	var b strings.Builder
	b.Grow(len(text))
	for i, r := range text {
		switch {
		case r < firstRune || !unicode.Is(unicode.Co, r):
			b.WriteRune(r)
		case d.token(r) != nil:
			b.WriteString(d.token(r).Text)
		case d.span(r) != nil && d.span(r).Required && d.span(r).IsField() && i+1 < len(text) && text[i+1] == SpanEnd:
			b.WriteString("[" + d.span(r).Name + "]")
		}
	}
	return b.String()
}
