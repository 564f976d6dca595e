package report

import "strings"

// Body is all that a release says, section by section in a report's order, for whoever
// passes it on as text: its parts, the footer behind Technique (as in the SR), and why it
// was corrected or withdrawn.
func (r Release) Body() (out []Part) {
	for _, s := range Order {
		text := strings.TrimRight(r.Part(s), " \n")
		switch {
		case s == Technique && r.Footer != "" && !strings.Contains(text, r.Footer):
			text += "\n" + r.Footer
		case s == Addendum && r.Reason != "" && (r.Kind == Corrected || r.Kind == Withdrawn) && !r.says(r.Reason):
			text += "\nReason for the " + string(r.Kind) + ": " + r.Reason
		}
		if text = strings.Trim(text, "\n"); strings.TrimSpace(text) != "" {
			out = append(out, Part{Section: s, Title: s.Title(), Text: text})
		}
	}
	for _, p := range r.Parts { // a section that Order does not know is never lost
		if p.Section.LOINC() == "" && strings.TrimSpace(p.Text) != "" {
			out = append(out, p)
		}
	}
	return out
}

func (r Release) says(words string) bool {
	for _, p := range r.Parts {
		if strings.Contains(p.Text, words) {
			return true
		}
	}
	return false
}
