package editor

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// NextField selects the content of the next (+1) or previous (−1) field of the
// section, and what is proposed there: normal and pulled text that is not confirmed.
// Behind the last one it goes to the next section and there to its first.
func (e *Editor) NextField(by int) {
	b := e.Active().Buffer
	stops := e.stops(b)
	here, inside := b.frameAt(b.caret)
	at := -1
	if by > 0 {
		at = slices.IndexFunc(stops, func(f frame) bool { return f.open >= b.caret && !(inside && f == here) })
	} else {
		for i, f := range stops {
			if f.end < b.caret && !(inside && f == here) {
				at = i
			}
		}
	}
	if at >= 0 {
		b.Select(stops[at].open+1, stops[at].end)
		return
	}
	e.Step(by)
	b = e.Active().Buffer
	if stops = e.stops(b); len(stops) > 0 {
		f := stops[0]
		if by < 0 {
			f = stops[len(stops)-1]
		}
		b.Select(f.open+1, f.end)
	}
}

// stops are the frames that Tab goes to.
func (e *Editor) stops(b *Buffer) (out []frame) {
	for _, f := range b.marks().frames {
		s, ok := e.span(f.rune)
		if !ok {
			continue
		}
		switch s.Kind {
		case report.Normal, report.Pulled:
			ok = !s.Confirmed
		case report.MergeField:
			ok = f.empty()
		}
		if ok {
			out = append(out, f)
		}
	}
	return out
}

func (e *Editor) span(r rune) (report.Span, bool) {
	if e.Span == nil || !opens(r) {
		return report.Span{}, false
	}
	return e.Span(r)
}

// Field is the span that the caret stands in with its content as it reads.
func (e *Editor) Field() (s report.Span, content string, ok bool) {
	b := e.Active().Buffer
	f, ok := b.frameAt(b.caret)
	if !ok {
		return s, "", false
	}
	s, ok = e.span(f.rune)
	return s, e.read(b.text[f.open+1 : f.end]), ok
}

// read is text with tokens as what is shown for them.
func (e *Editor) read(text []rune) string {
	var out strings.Builder
	for i := range text {
		out.WriteString(e.show(text, i))
	}
	return out.String()
}

// Accept confirms the proposal that the caret stands in, else all of the section:
// normal text, defaults, text of a prior. It tells how many there were.
func (e *Editor) Accept() int {
	b := e.Active().Buffer
	if f, ok := b.frameAt(b.caret); ok && e.proposes(b, f) {
		e.confirm(f.rune)
		return 1
	}
	n := 0
	for _, f := range b.marks().frames {
		if e.proposes(b, f) {
			e.confirm(f.rune)
			n++
		}
	}
	return n
}

// proposes reports whether a frame holds what the reader has not confirmed (N18); see
// report.Draft.Unconfirmed.
func (e *Editor) proposes(b *Buffer, f frame) bool {
	s, ok := e.span(f.rune)
	return ok && !s.Confirmed && s.Kind != report.MergeField && strings.TrimSpace(string(b.text[f.open+1:f.end])) != ""
}

// Settle confirms the field that the caret stands in as if it were left: the reader
// goes to the images or to the sign sheet.
func (e *Editor) Settle() {
	e.list = nil
	if e.inside != 0 {
		e.left(e.inside)
	}
}

// follow notes which span the caret is in now, and that the one before was left.
func (e *Editor) follow() {
	b := e.Active().Buffer
	now := rune(0)
	if f, ok := b.frameAt(b.caret); ok {
		now = f.rune
	}
	if e.inside != 0 && e.inside != now {
		e.left(e.inside)
	}
	e.inside = now
}

// left confirms a field or normal text that the reader was in. What was pulled from a
// prior needs more than a look; a number that cannot be stays unconfirmed and is said.
func (e *Editor) left(r rune) {
	s, ok := e.span(r)
	if !ok || s.Kind == report.Pulled {
		return
	}
	if s.Kind == report.NumberField {
		if problem := NumberProblem(s, e.content(r)); problem != "" {
			e.say(problem)
			return
		}
		e.unit(s)
	}
	if !s.Confirmed {
		e.confirm(r)
	}
}

// unit writes a number's unit behind it, where neither the reader nor the text around
// has.
func (e *Editor) unit(s report.Span) {
	for _, section := range e.Sections {
		b := section.Buffer
		for _, f := range b.marks().frames {
			if f.rune != s.Rune {
				continue
			}
			m := numeric.FindStringSubmatch(strings.TrimSpace(e.read(b.text[f.open+1 : f.end])))
			rest := strings.TrimLeft(string(b.text[f.end+1:min(len(b.text), f.end+20)]), " ")
			if m == nil || m[1] != "" || s.Unit == "" || strings.HasPrefix(rest, s.Unit) {
				return
			}
			text := " " + s.Unit
			if s.Unit == "%" || s.Unit == "°" {
				text = s.Unit
			}
			b.insertAt(f.end, text)
			e.changed[section.Key] = true
			return
		}
	}
}

// edited confirms the span that was just changed; a number is looked at when it is
// left.
func (e *Editor) edited() {
	if s, _, ok := e.Field(); ok && !s.Confirmed && s.Kind != report.NumberField {
		e.confirm(s.Rune)
	}
}

// content is what stands in a span, wherever it is.
func (e *Editor) content(r rune) string {
	for _, s := range e.Sections {
		for _, f := range s.Buffer.marks().frames {
			if f.rune == r {
				return e.read(s.Buffer.text[f.open+1 : f.end])
			}
		}
	}
	return ""
}

func (e *Editor) confirm(r rune) {
	if e.Confirm != nil {
		e.Confirm(r)
	}
}

func (e *Editor) say(sentence string) {
	if e.Say != nil {
		e.Say(sentence)
	}
}

var number = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)?`)

// numeric is all that may stand in a number field: numbers, what joins them into a
// range or a product, and a unit behind.
var numeric = regexp.MustCompile(`^\s*(?:[<>≤≥~±+−-]\s*)?[0-9]+(?:[.,][0-9]+)?(?:\s*(?:x|×|–|-|to|±)\s*[0-9]+(?:[.,][0-9]+)?)*\s*(.*)$`)

// NumberProblem says what is wrong with the content of a number field, or nothing.
// An empty one is no number that is wrong: an unfilled field is another matter.
func NumberProblem(s report.Span, content string) string {
	content = strings.TrimSpace(content)
	if content == "" {
		return ""
	}
	m := numeric.FindStringSubmatch(content)
	switch {
	case m == nil:
		return fmt.Sprintf("%s is no number: %q. Shift+Tab goes back to it.", field(s), content)
	case m[1] != "" && s.Unit != "" && !strings.HasPrefix(m[1], s.Unit):
		return fmt.Sprintf("%s is asked for in %s, not in %s. Shift+Tab goes back to it.", field(s), s.Unit, m[1])
	}
	if s.Min >= s.Max {
		return ""
	}
	for _, n := range number.FindAllString(strings.TrimSuffix(content, m[1]), -1) {
		v, err := strconv.ParseFloat(strings.Replace(n, ",", ".", 1), 64)
		if err != nil || v < s.Min || v > s.Max {
			return fmt.Sprintf("%s is %s, outside %s. Shift+Tab goes back to it.", field(s), n, bounds(s))
		}
	}
	return ""
}

func field(s report.Span) string {
	if s.Name == "" {
		return "This field"
	}
	return "The field " + s.Name
}

// bounds is "1…300 mm".
func bounds(s report.Span) string {
	text := strconv.FormatFloat(s.Min, 'g', -1, 64) + "…" + strconv.FormatFloat(s.Max, 'g', -1, 64)
	return strings.TrimSpace(text + " " + s.Unit)
}

// Hint says what the caret stands in and which keys matter there; empty outside any
// span.
func (e *Editor) Hint() string {
	s, content, ok := e.Field()
	if !ok || e.list != nil {
		return ""
	}
	switch {
	case s.Kind == report.Pulled && !s.Confirmed:
		return "from the report of " + day(s.From.Date) + ", not accepted · Ctrl+K accepts"
	case s.Kind == report.Normal && !s.Confirmed:
		return "normal text, unconfirmed · Tab confirms · type over it to change it"
	case !s.IsField():
		return ""
	}
	parts := []string{strings.TrimSpace("field " + s.Name)}
	switch {
	case len(s.Choices) > 0:
		parts = append(parts, "F8 lists its choices")
	case s.Kind == report.NumberField && NumberProblem(s, content) != "":
		parts = append(parts, NumberProblem(s, content))
	case s.Kind == report.NumberField && s.Min < s.Max:
		parts = append(parts, "a number, "+bounds(s))
	case s.Kind == report.NumberField:
		parts = append(parts, strings.TrimSpace("a number "+s.Unit))
	}
	return strings.Join(append(parts, "Tab next field"), " · ")
}

// day writes a DA as a date.
func day(da string) string {
	if len(da) == 8 {
		return da[:4] + "-" + da[4:6] + "-" + da[6:]
	}
	if da == "" {
		return "unknown date"
	}
	return da
}
