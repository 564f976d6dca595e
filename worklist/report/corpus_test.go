package report

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// numberOf gives the rules that read facts their place in the list of checks.
var numberOf = map[string]int{"impression-empty": 4, "section-empty": 4, "side-images": 1, "wrong-patient-instance": 15, "critical-open": 12,
	"missing-images": 17, "late-images": 17, "unseen-images": 17, "series-unseen": 17, "measurement-deleted": 9, "number-changed": 9}

func numberOfRule(id string) int {
	for _, t := range textRules {
		if t.id == id {
			return t.number
		}
	}
	return numberOf[id]
}

// specimen is one report of the corpus: a text and the facts it is checked against.
type specimen struct {
	id       string
	sections map[Section]string
	heads    map[string][]string
	expect   []int  // numbers of the rules that must find something; none: it is clean
	part     string // developed, held out or fresh; see portions
	line     string
}

// corpus reads the clean reports and, with them, everything that was planted in them.
func corpus(t testing.TB) (clean, planted []specimen) {
	t.Helper()
	bases := map[string]specimen{}
	for _, file := range glob(t, "reports-*.txt") {
		for _, part := range strings.Split("\n"+read1(t, file), "\n=== ")[1:] {
			s := parseReport(part)
			bases[s.id] = s
			clean = append(clean, s)
		}
	}
	for _, file := range glob(t, "errors-*.txt") {
		number := 0
		for _, line := range strings.Split(read1(t, file), "\n") {
			switch {
			case strings.HasPrefix(line, "## "):
				number, _ = strconv.Atoi(strings.Fields(line)[1])
			case strings.HasPrefix(line, "+ "):
				planted = append(planted, mutate(t, bases, line, number))
			case strings.HasPrefix(line, "- "):
				clean = append(clean, mutate(t, bases, line, 0))
			}
		}
	}
	return clean, planted
}

func glob(t testing.TB, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "corpus", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	return files
}

func read1(t testing.TB, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func parseReport(part string) specimen {
	head, rest, _ := strings.Cut(part, "\n")
	s := specimen{id: strings.TrimSpace(head), sections: map[Section]string{}, heads: map[string][]string{}, line: head}
	var at Section
	for _, line := range strings.Split(rest, "\n") {
		if name, ok := strings.CutPrefix(line, "--- "); ok {
			at = Section(name)
			continue
		}
		if at != "" {
			s.sections[at] += line + "\n"
			continue
		}
		if key, value, ok := strings.Cut(line, ":"); ok {
			s.heads[key] = append(s.heads[key], strings.TrimSpace(value))
		}
	}
	for k, v := range s.sections {
		s.sections[k] = strings.TrimSpace(v)
	}
	s.part = partOf(s.id)
	return s
}

// portions of the corpus: two thirds of the reports the rules were developed on; a third, with
// all that was planted in them, was looked at only when the rules stood: then they found
// 0.98 of what was planted with a precision of 0.95, and 4 of its 140 clean reports raised
// an alarm; and a few were written last of all and run once before anything was mended.
// Then, in "unseen", a batch with its errors was written by someone who had read neither
// the rules nor the other reports, and run once; the last part was written in the same way
// after the rules had been mended. README.md beside the texts keeps the first figures of each.
var portions = []string{"developed on", "held out", "fresh", "unseen", "unseen again", "unseen at last", "by another hand"}

func partOf(id string) string {
	h := fnv.New32a()
	h.Write([]byte(id))
	switch {
	case strings.HasPrefix(id, "f-"):
		return portions[2]
	case strings.HasPrefix(id, "u-"):
		return portions[3]
	case strings.HasPrefix(id, "v4-"):
		return portions[5]
	case strings.HasPrefix(id, "v5-"):
		return portions[6]
	case strings.HasPrefix(id, "v-"):
		return portions[4]
	case h.Sum32()%3 == 0:
		return portions[1]
	}
	return portions[0]
}

// mutate makes the edits of a line: "base | section | old | new || …".
func mutate(t testing.TB, bases map[string]specimen, line string, number int) specimen {
	t.Helper()
	edits := strings.Split(line[2:], "||")
	id, first, _ := strings.Cut(edits[0], "|")
	edits[0] = first
	base, ok := bases[strings.TrimSpace(id)]
	if !ok {
		t.Fatalf("%s: no such report", line)
	}
	s := specimen{id: base.id, sections: map[Section]string{}, heads: map[string][]string{}, line: line, part: base.part}
	for k, v := range base.sections {
		s.sections[k] = v
	}
	for k, v := range base.heads {
		s.heads[k] = v
	}
	if number > 0 {
		s.expect = []int{number}
	}
	for _, e := range edits {
		f := append(strings.Split(e, "|"), "", "")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		s.edit(t, f)
	}
	return s
}

func (s *specimen) edit(t testing.TB, f []string) {
	t.Helper()
	if f[0] == "also" {
		for _, n := range strings.Split(f[1], ",") {
			i, _ := strconv.Atoi(n)
			s.expect = append(s.expect, i)
		}
		return
	}
	if key, ok := strings.CutPrefix(f[0], "@"); ok {
		s.heads[key] = []string{f[1]}
		return
	}
	at := Section(f[0])
	switch {
	case f[1] == "$":
		s.sections[at] = strings.TrimSpace(s.sections[at] + "\n" + f[2])
	case f[1] == "*":
		s.sections[at] = f[2]
	case !strings.Contains(s.sections[at], f[1]):
		t.Errorf("%s: %q is not in %s", s.line, f[1], at)
	default:
		s.sections[at] = strings.Replace(s.sections[at], f[1], f[2], 1)
	}
}

func (s specimen) head(key string) string {
	if v := s.heads[key]; len(v) > 0 {
		return v[0]
	}
	return ""
}

func (s specimen) draft() *Draft {
	d := New("1.2", "NOC-1001", "", t0)
	if s.head("addendum") == "yes" {
		d.Kind = Added
	}
	for k, v := range s.sections {
		d.Set(k, v, t0)
	}
	for i, mm := range strings.Fields(s.head("marks")) {
		v, _ := strconv.ParseFloat(mm, 64)
		d.Bind(length(fmt.Sprint("m", i), v))
	}
	return d
}

func (s specimen) facts() Facts {
	who := strings.Fields(s.head("who"))
	of := strings.Fields(s.head("of"))
	f := Facts{Patient: Patient{Name: "PHANTOM^ANNA", ID: "PID-1", Birth: strings.ReplaceAll(who[1], "-", ""), Sex: who[0]}, Accession: "NOC-1001",
		Exam: s.head("exam"), Modality: of[0], Reader: Reader{Name: "READER^DEMO"}, Asked: true, Study: &dicom.Dataset{},
		Others: []Other{{Name: "MILLER^JOHN", ID: "OTHER-4471", Accession: "ACC-778"}}}
	f.Study.SetStr(dicom.StudyDate, strings.ReplaceAll(of[1], "-", ""))
	if a := s.head("agent"); a != "" {
		f.Series = []Series{{Modality: of[0], Contrast: a}}
	}
	for _, p := range s.heads["prior"] {
		part := strings.Split(p, "|")
		w := strings.Fields(part[0])
		f.Priors = append(f.Priors, Prior{Date: strings.ReplaceAll(w[0], "-", ""), Modality: w[1], Description: strings.TrimSpace(part[1]), Loaded: len(part) > 2})
	}
	if c := s.head("critical"); c != "" {
		f.Critical = []Communication{{Finding: "bleed", Identified: t0}}
		if c == "closed" {
			f.Critical[0].Closed = t0
		}
	}
	fmt.Sscanf(s.head("have"), "%d/%d", &f.Have, &f.Expected)
	f.Unseen, _ = strconv.Atoi(s.head("unseen"))
	f.LateUnseen, _ = strconv.Atoi(s.head("late"))
	if u := s.head("undisplayed"); u != "" {
		f.Undisplayed = []string{u}
	}
	return f
}

// tally counts for one rule, or for all.
type tally struct{ planted, found, alarms int }

func (t tally) recall() float64    { return ratio(t.found, t.planted) }
func (t tally) precision() float64 { return ratio(t.found, t.found+t.alarms) }

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// score runs all rules over the corpus. Of a clean report every finding is a false
// alarm, of a planted one every finding of a rule that was not planted.
func score(t *testing.T, clean, planted []specimen, show bool) (rules map[int]tally, alarmed int) {
	rules = map[int]tally{}
	hits := func(s specimen) (numbers []int, fs []Finding) {
		for _, f := range Check(s.draft(), s.facts()) {
			if n := numberOfRule(f.Rule); n > 0 && f.Severity != Info {
				numbers, fs = append(numbers, n), append(fs, f)
			}
		}
		return numbers, fs
	}
	for _, s := range planted {
		got, fs := hits(s)
		for i, n := range s.expect {
			x := rules[n]
			if i == 0 {
				x.planted++
				if slices.Contains(got, n) {
					x.found++
				} else if show {
					t.Logf("missed by %d: %s", n, s.line)
				}
			}
			rules[n] = x
		}
		alarm(t, rules, s, got, fs, show)
	}
	for _, s := range clean {
		got, fs := hits(s)
		if alarm(t, rules, s, got, fs, show) {
			alarmed++
		}
	}
	return rules, alarmed
}

func alarm(t *testing.T, rules map[int]tally, s specimen, got []int, fs []Finding, show bool) (any bool) {
	counted := map[int]bool{}
	for i, n := range got {
		if slices.Contains(s.expect, n) {
			continue
		}
		any = true
		if !counted[n] {
			counted[n] = true
			x := rules[n]
			x.alarms++
			rules[n] = x
		}
		if show {
			t.Logf("false alarm of %d in %s: %s %v", n, s.line, fs[i].Hint, fs[i].Evidence)
		}
	}
	return any
}

var ruleNames = []string{"", "side against the order", "side in the report", "organ of the other sex", "empty section", "unfilled field", "comparison",
	"body part", "contrast", "number and unit", "age", "negation", "critical result", "category", "addendum's reason", "another patient", "slip", "not displayed"}

// TestTheRulesFindWhatWasPlantedAndLittleElse prints recall and precision of each of the
// 17 rules on reports of our own, and on the third that was kept out of sight while the
// rules were written.
func TestTheRulesFindWhatWasPlantedAndLittleElse(t *testing.T) {
	clean, planted := corpus(t)
	if len(planted) < 300 || len(clean) < 300 {
		t.Fatalf("%d planted and %d clean reports", len(planted), len(clean))
	}
	for _, part := range portions {
		var c, p []specimen
		for _, s := range clean {
			if s.part == part {
				c = append(c, s)
			}
		}
		for _, s := range planted {
			if s.part == part {
				p = append(p, s)
			}
		}
		rules, alarmed := score(t, c, p, testing.Verbose())
		report1(t, rules, part, len(p), len(c), alarmed)
	}
}

func report1(t *testing.T, rules map[int]tally, part string, planted, clean, alarmed int) {
	t.Helper()
	var b bytes.Buffer
	least, most := 0.9, 0.02
	if part == portions[2] || part == portions[4] || part == portions[5] || part == portions[6] {
		least = 0.6 // few of a rule
	}
	var all tally
	fmt.Fprintf(&b, "%s: %d planted, %d clean\n", part, planted, clean)
	for n := 1; n <= 17; n++ {
		x := rules[n]
		all.planted, all.found, all.alarms = all.planted+x.planted, all.found+x.found, all.alarms+x.alarms
		fmt.Fprintf(&b, "%2d %-24s planted %3d  recall %.2f  precision %.2f\n", n, ruleNames[n], x.planted, x.recall(), x.precision())
		if x.recall() < least {
			t.Errorf("%s: rule %d finds %.2f of what was planted", part, n, x.recall())
		}
	}
	fmt.Fprintf(&b, "   all                      planted %3d  recall %.2f  precision %.2f  clean reports with an alarm %d of %d (%.1f %%)",
		all.planted, all.recall(), all.precision(), alarmed, clean, 100*ratio(alarmed, clean))
	t.Log(b.String())
	if ratio(alarmed, clean) > most {
		t.Errorf("%s: %d of %d clean reports raise an alarm", part, alarmed, clean)
	}
}
