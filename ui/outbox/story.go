package outbox

import (
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/deliver"
)

// Story is one row explained: what was to be sent where, and every answer.
type Story struct {
	Row   ledger.OutboxRow
	Bytes int // of what is sent
	Steps []ledger.Step

	top, most int
}

// From keeps the place in the story as it was told before.
func (s *Story) From(before *Story) { s.top = before.top }

// view is the explanation, its newest step in sight.
func (s *Story) view(p *Page, width, height int) []string {
	r := s.Row
	out := []string{theme.Heading.Render(widget.Fit(" "+strings.Join(fields(title(r), r.Accession, p.who(r.StudyUID)), " · "), width))}
	for _, l := range Explain(r, s.Bytes) {
		for _, w := range widget.Wrap(dicom.Clean(l), width-2) {
			out = append(out, theme.Text.Render(" "+w))
		}
	}
	for _, w := range widget.Wrap(Advice(r, p.call(r.Site)), width-2) {
		out = append(out, theme.Amber.Render(" "+w))
	}
	out = append(out, "")
	var lines []string
	for _, step := range s.Steps {
		lines = append(lines, widget.Fit(" "+Line(step), width))
	}
	room := max(1, height-len(out))
	s.most = max(0, len(lines)-room)
	s.top = min(s.top, s.most)
	from := s.most - s.top // the end first: up goes back
	for _, l := range lines[from:min(len(lines), from+room)] {
		out = append(out, theme.Muted.Render(l))
	}
	return out
}

func title(r ledger.OutboxRow) string {
	n := strings.TrimPrefix(deliver.Noun(r.Kind), "the ")
	return strings.ToUpper(n[:1]) + n[1:]
}

// Explain says in lines what a row is: where it goes, under which name, what bytes.
func Explain(r ledger.OutboxRow, bytes int) []string {
	out := []string{
		fmt.Sprintf("to %s by %s, %s", r.Site, Way(r.Channel), r.Address),
		fmt.Sprintf("control id %s", r.Control),
		fmt.Sprintf("%d bytes, SHA-256 %.16s…, fixed at signing %s", bytes, r.SHA256, r.Signed.Local().Format("2006-01-02 15:04:05 MST")),
	}
	if bytes == 0 {
		out[2] = "nothing was made that could be sent"
	}
	if r.Required {
		out = append(out, "the site's task is completed after this has arrived")
	}
	return out
}

// Advice says what a row's state means and what can be done.
func Advice(r ledger.OutboxRow, call string) string {
	switch {
	case r.Done() && r.Channel == ledger.HL7:
		return "VERIFIED: the receiver accepted it under this control id (" + r.Answer + "). Nothing is left to do."
	case r.Done():
		return "VERIFIED: it was read back and is what was signed. Nothing is left to do."
	case r.State == ledger.Verified:
		return "VERIFIED, and the task is not completed yet: that is tried again by itself once all that the site asks for has arrived."
	case r.State == ledger.Parked && r.SHA256 == "":
		return "PARKED: " + r.Reason + ". It can't be sent again; " + call + "."
	case r.State == ledger.Parked:
		return "PARKED: " + r.Reason + ". It is not tried again by itself: " + call + ", then r sends the same bytes again."
	case r.State == ledger.Retry:
		return "WAITING: " + r.Reason + ". It is tried again by itself, the same bytes under the same id."
	case r.State == ledger.Queued:
		return "QUEUED: not sent yet."
	}
	return "UNDER WAY."
}

// Line is one step: when, what, and why or what was answered.
func Line(s ledger.Step) string {
	out := fmt.Sprintf("%s  %-8s", s.At.Local().Format("2006-01-02 15:04:05.000"), s.State)
	if s.WorkitemDone {
		out += " task settled"
	}
	for _, words := range fields(s.Reason, answered(s.Answer)) {
		out += "  " + words
	}
	return strings.TrimRight(dicom.Clean(out), " ")
}

func answered(s string) string {
	if s == "" {
		return ""
	}
	return "answer: " + s
}
