package template

import (
	"slices"
	"strings"
	"unicode"
)

// words are the words of a text in lower case; a full stop, comma or line end is
// the word ".".
func words(text string) (out []string) {
	var w strings.Builder
	end := func() {
		if w.Len() > 0 {
			out = append(out, w.String())
			w.Reset()
		}
	}
	for _, r := range strings.ToLower(text) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r):
			w.WriteRune(r)
		default:
			end()
			if strings.ContainsRune(".,;:?!\n()", r) {
				out = append(out, string(r))
			}
		}
	}
	end()
	return out
}

// has reports whether the phrase stands in the words; a word of the phrase that ends
// in * is the beginning of one.
func has(in []string, phrase string) bool { return index(in, phrase) >= 0 }

func index(in []string, phrase string) int {
	want := strings.Fields(strings.ToLower(phrase))
	for i := 0; len(want) > 0 && i+len(want) <= len(in); i++ {
		if slices.EqualFunc(in[i:i+len(want)], want, alike) {
			return i
		}
	}
	return -1
}

func alike(word, want string) bool {
	if start, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(word, start)
	}
	return word == want
}

// Words that say of an operation that it was done, and that it was not. A question
// mark or a word of the second kind before it makes nothing of the first.
var (
	doneWords = []string{"post", "after", "s", "p", "previous", "previously", "prior", "history", "h", "o", "had", "underwent", "known", "old", "former",
		"nach", "zustand", "z", "n", "st", "since", "years", "year", "months", "days", "weeks", "pod", "following", "undergone"}
	notDone = []string{"before", "planned", "planning", "scheduled", "for", "pre", "preoperative", "preop", "candidate", "consider", "considered", "no", "not", "without",
		"denies", "vor", "geplant", "kein", "keine", "possible", "question", "?", "to", "refused", "declined", "never", "family", "fam"}
)

// operations are other words for some that templates ask for.
var operations = map[string][]string{
	"appendectomy": {"appendicectomy", "appendektomie"}, "cholecystectomy": {"cholezystektomie", "cholecystektomie"},
	"hysterectomy": {"tah", "hysterektomie"}, "oophorectomy": {"ovariectomy", "adnexectomy", "bso", "ovarektomie", "salpingo oophorectomy"},
	"prostatectomy": {"prostatektomie", "rarp"}, "nephrectomy": {"nephrektomie"}, "splenectomy": {"splenektomie"},
	"colectomy": {"hemicolectomy", "sigmoidectomy", "sigmoid resection", "hemikolektomie"}, "whipple": {"pancreatoduodenectomy", "pancreaticoduodenectomy", "ppd", "pppd"},
	"thyroidectomy": {"thyreoidektomie", "strumectomy"}, "mastectomy": {"ablatio", "mastektomie"}, "orchiectomy": {"orchidectomy", "semicastration"},
	"craniotomy": {"craniectomy", "trepanation", "kraniotomie"}, "lobectomy": {"pneumonectomy", "bilobectomy", "lobektomie"}, "discectomy": {"microdiscectomy", "discektomie"},
	"fusion": {"spondylodesis", "spondylodese", "acdf", "plif", "tlif"}, "acl reconstruction": {"acl graft", "acl repair"},
	"arthroplasty": {"hemiarthroplasty", "prosthesis", "joint replacement", "hip replacement", "knee replacement", "shoulder replacement", "tep", "thr", "tkr", "tka", "tha"},
	"evar":         {"aortic stent graft"}, "implant": {"implants", "augmentation"},
}

// had tells whether the words say that the patient had the operation, by any of its
// names.
func had(in []string, operation string) answer {
	out := no
	for _, name := range append([]string{operation}, operations[operation]...) {
		switch hadNamed(in, name) {
		case yes:
			return yes
		case unclear:
			out = unclear
		}
	}
	return out
}

// hadNamed tells whether the words say that the patient had the operation: yes after
// "status post", "after", "previous" or a year; unclear when it is only named, as in
// "before cholecystectomy" or "cholecystectomy?".
func hadNamed(in []string, operation string) answer {
	at := index(in, operation)
	if at < 0 {
		return no
	}
	from := at
	for from > 0 && at-from < 4 && !strings.ContainsAny(in[from-1], ".;:!") {
		from--
	}
	n := len(strings.Fields(operation))
	after := in[min(at+n, len(in)):min(at+n+3, len(in))]
	done := slices.ContainsFunc(in[from:at], func(w string) bool { return slices.Contains(doneWords, w) }) ||
		slices.ContainsFunc(after, isPast)
	against := slices.ContainsFunc(in[from:at], func(w string) bool { return slices.Contains(notDone, w) }) ||
		len(after) > 0 && after[0] == "?" || slices.Contains(after, "planned") || slices.Contains(after, "scheduled")
	if done && !against {
		return yes
	}
	return unclear
}

// isPast is a year of the last hundred, as in "cholecystectomy 2019", and "ago".
func isPast(w string) bool {
	return w == "ago" || len(w) == 4 && (strings.HasPrefix(w, "19") || strings.HasPrefix(w, "20")) && strings.Trim(w, "0123456789") == ""
}
