package prose

import "strings"

// sided are the three letters that name a lobe or a quadrant with its side: each letter
// is read as a word.
var sided = map[string][3]string{
	"RUL": {"right", "upper", "lobe"}, "RML": {"right", "middle", "lobe"}, "RLL": {"right", "lower", "lobe"},
	"LUL": {"left", "upper", "lobe"}, "LLL": {"left", "lower", "lobe"},
	"RUQ": {"right", "upper", "quadrant"}, "RLQ": {"right", "lower", "quadrant"},
	"LUQ": {"left", "upper", "quadrant"}, "LLQ": {"left", "lower", "quadrant"},
	"RIF": {"right", "iliac", "fossa"}, "LIF": {"left", "iliac", "fossa"},
}

// put appends a word, or the words that an abbreviation stands for. Each covers bytes of
// its own, so that what is found can be shown in the text.
func (t *Text) put(w Word) {
	raw := t.Raw[w.From:w.To]
	if len(raw) == 3 {
		if words, ok := sided[raw]; ok {
			for i, low := range words {
				part := w
				part.Low, part.From, part.To = low, w.From+i, w.From+i+1
				if i > 0 {
					part.Before = 0
				}
				t.Words = append(t.Words, part)
			}
			return
		}
	}
	if len(raw) <= 2 {
		w.Low = t.short(w, raw)
	}
	t.Words = append(t.Words, w)
}

// short reads "R kidney", "R>L", "B/L", "Rt." and "Lt" as sides. "RT" is radiotherapy,
// "2 L" litres, "L-spine" and "L5" lumbar, "R/O" a question.
func (t *Text) short(w Word, raw string) string {
	switch raw {
	case "Rt", "rt":
		return "right"
	case "Lt", "lt":
		return "left"
	case "B":
		if next := t.from(w.To, 3); next == "/L " || next == "/L," || next == "/L." || next == "/L" {
			return "both"
		}
	case "R", "L":
		if !t.aloneAt(w) {
			return w.Low
		}
		if t.compared(w) {
			return "both"
		}
		if raw == "R" {
			return "right"
		}
		return "left"
	}
	return w.Low
}

// compared: "R>L", "L < R": both have it.
func (t *Text) compared(w Word) bool {
	after, before := strings.TrimLeft(t.from(w.To, 4), " "), strings.TrimRight(t.Raw[max(0, w.From-3):w.From], " ")
	return strings.HasPrefix(after, ">") || strings.HasPrefix(after, "<") || strings.HasSuffix(before, ">") || strings.HasSuffix(before, "<")
}

func (t *Text) from(at, n int) string { return t.Raw[at:min(len(t.Raw), at+n)] }

// aloneAt: a blank or a comparison stands before and behind the letter, and no number.
func (t *Text) aloneAt(w Word) bool {
	if w.From > 0 {
		switch c := t.Raw[w.From-1]; c {
		case ' ', '\n', '(', '>', '<', '=', '+':
		default:
			return false
		}
	}
	if n := len(t.Words); n > 0 && t.Words[n-1].To == w.From-1 && t.Raw[w.From-1] == ' ' {
		if c := t.Words[n-1].Low[0]; c >= '0' && c <= '9' {
			return false
		}
	}
	switch next := t.from(w.To, 2); {
	case next == "", next[0] == '>', next[0] == '<', next[0] == '=', next[0] == ',', next[0] == ')', next[0] == ':', next[0] == '\n':
		return true
	case next[0] == ' ':
		return len(next) < 2 || next[1] < '0' || next[1] > '9'
	case next[0] == '.':
		return len(next) < 2 || next[1] == ' ' || next[1] == '\n'
	}
	return false
}
