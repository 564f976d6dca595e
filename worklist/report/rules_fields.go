package report

import (
	"regexp"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/prose"
)

// blank is a field that a template or a dictation left open.
var blank = regexp.MustCompile(`\[[ _%]*\]|\*{3,}|\?{3,}|_{2,}|#{3,}|\{[^{}\n]{0,60}\}|<[A-Za-z][A-Za-z _-]{0,40}>|\bX{2,4} (?:mm|cm|mL|ml|HU|%)|\b(?:TBD|TBC|TBA)\b|\[[^\[\]\n]{1,60}\]`)

// macro is a shortcut that was not expanded: "/nolymph" where a sentence would begin.
var macro = regexp.MustCompile(`(?:^|[.:;\n])[ \t]*(/[a-z][a-z0-9]{1,20})\b`)

// cited is what may stand in square brackets: numbers, an abbreviation, a place in the
// images.
var cited = regexp.MustCompile(`^\[(?:[0-9][0-9 ,.:/–-]*|[A-Z0-9/-]{2,6}|(?i:(?:images?|im|img|series|se|slices?|sl|roi|fig|figure|ref|table|page|level|bild|serie)\b[^\]]*)|(?i:sic)|[^\]]*[0-9] ?(?:mm|cm|HU|mL|%)[^\]]*)\]$`)

func unfilledFields(r *read) (out []Finding) {
	for _, s := range Order {
		text := r.text(s).Raw
		if from, to, ok := openField(text); ok {
			f := r.says(s, from, to, "a field is not filled in")
			f.Evidence[0] = quote(text, from, to)
			out = append(out, f)
		}
	}
	return append(out, emptyFrames(r, out)...)
}

// emptyFrames are the required fields that say nothing, in sections of which nothing
// was found in the words: "[HC]" may be prose, a frame is a field.
func emptyFrames(r *read, found []Finding) (out []Finding) {
	for _, p := range r.Unfilled() {
		if !slices.ContainsFunc(append(found, out...), func(f Finding) bool { return f.Section == p.Section }) {
			out = append(out, Finding{Section: p.Section, Evidence: []string{"[" + p.Name + "]"}, Hint: "a field is not filled in"})
		}
	}
	return out
}

// openField is the first field of a text that is open; only lines that may hold one are
// looked at closely.
func openField(text string) (from, to int, ok bool) {
	for at := 0; at < len(text); {
		line := text[at:]
		if end := strings.IndexByte(line, '\n'); end >= 0 {
			line = line[:end+1]
		}
		if strings.ContainsAny(line, "[*?_#{<") || strings.Contains(line, "XX") || strings.Contains(line, "TB") {
			for _, m := range blank.FindAllStringIndex(line, -1) {
				if !cited.MatchString(line[m[0]:m[1]]) {
					return at + m[0], at + m[1], true
				}
			}
		}
		if strings.HasPrefix(line, "/") || strings.Contains(line, " /") {
			for _, m := range macro.FindAllStringSubmatchIndex(line, -1) {
				if !strings.HasPrefix(line[m[3]:], "/") {
					return at + m[2], at + m[3], true
				}
			}
		}
		at += len(line)
	}
	return 0, 0, false
}

// unconfirmed lists, for each section, what a template proposed and the reader was never
// in (N18).
func unconfirmed(r *read) (out []Finding) {
	for _, p := range r.Unconfirmed() {
		if p.Kind == Pulled {
			continue
		}
		if n := len(out); n == 0 || out[n-1].Section != p.Section {
			out = append(out, Finding{Section: p.Section, Hint: "not confirmed in " + string(p.Section)})
		}
		last := &out[len(out)-1]
		last.Evidence = append(last.Evidence, short(p.Text))
	}
	return out
}

// pulledText asks for a reason where a prior report's words go out unread.
func pulledText(r *read) (out []Finding) {
	for _, p := range r.Unconfirmed() {
		if p.Kind == Pulled {
			out = append(out, Finding{Section: p.Section, Evidence: []string{string(p.Section) + ": " + short(p.Text), sourceOf(p.Span.From)},
				Hint: "words of a prior report were pulled and not accepted"})
		}
	}
	return out
}

func sourceOf(s Source) string {
	return strings.TrimSpace("from " + strings.TrimSpace(oneLine(s.Title)+" "+dicom.ISODay(s.Date)))
}

// short is the beginning of a text on one line.
func short(s string) string {
	s = oneLine(s)
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

var (
	becauseWords = prose.Set(`because due after following review reviewed request requested correction corrected clarification clarify omitted
		error erratum dictation read typographical typing available received additional additionally obtained discussed discussion
		discrepancy information question inquiry reconstruction reconstructions loaded view update updated overlooked missed communicated
		informed reading meeting board conference now amended later nachtrag rücksprache korrektur ergänzend nachträglich anfrage`)
	onlyTitle = prose.Set(`addendum nachtrag`)
)

// addendumReason: who reads an addendum is told why it was written.
func addendumReason(r *read) []Finding {
	t := r.text(Addendum)
	if r.What() != Added || r.Reason != "" || len(t.Words) == 0 {
		return nil
	}
	from := 0
	if onlyTitle[t.Words[0].Low] && t.Words[0].Low == "addendum" {
		from = 1
	}
	if t.Has(from, len(t.Words), becauseWords) {
		return nil
	}
	return []Finding{{Section: Addendum, Evidence: []string{short(t.Raw)}, Hint: "the addendum does not say why it was written"}}
}

// slips finds slips of the pen; a German report's words are not known well enough.
func slips(r *read) (out []Finding) {
	for _, s := range Order {
		for _, x := range r.text(s).Slips() {
			hint := map[string]string{"doubled": "a word stands twice", "bracket": "a bracket has no partner", "spelling": "perhaps a slip"}[x.Kind]
			if x.Kind == "spelling" {
				hint += " for “" + x.Meant + "”"
			}
			out = append(out, r.says(s, x.From, x.To, hint))
		}
	}
	return out
}
