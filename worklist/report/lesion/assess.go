package lesion

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/calc"
)

// Answers are what the reader says of a study besides its measurements.
type Answers struct {
	Baseline string        `json:"baseline,omitempty"` // study UID; "": the first one with all targets
	Other    calc.Response `json:"other,omitempty"`    // of lesions that are no targets
}

// Assessment is the sum of the targets over time and the response at the last study.
type Assessment struct {
	Sums     []Sum
	Baseline string // study UID; "" while no study has all targets
	Nadir    float64
	Response calc.Response // overall; "" when there is nothing to compare
	Result   calc.Result   // of RECIST 1.1, with its sentence
	Why      string        // why there is no response, a sentence
}

// Sum is the sum of diameters at a study.
type Sum struct {
	StudyUID, Date string
	MM             float64
	All            bool // every target was measured
}

// Targets are the target lesions.
func Targets(ls []Lesion) []Lesion {
	return slices.DeleteFunc(slices.Clone(ls), func(l Lesion) bool { return !l.Target })
}

// Assess computes the sums at each study, oldest first, and the response at the current
// one, the last.
func Assess(ls []Lesion, studies []Study, current string, say Answers) Assessment {
	var a Assessment
	targets := Targets(ls)
	at := func(study string) (out []calc.Target) {
		for _, l := range targets {
			out = append(out, l.target(study))
		}
		return out
	}
	for _, s := range studies {
		mm, all := calc.Sum(at(s.UID))
		a.Sums = append(a.Sums, Sum{s.UID, s.Date, mm, all && len(targets) > 0})
	}
	now := slices.IndexFunc(a.Sums, func(s Sum) bool { return s.StudyUID == current })
	base := slices.IndexFunc(a.Sums, func(s Sum) bool { return s.StudyUID == say.Baseline && s.All })
	if say.Baseline == "" {
		base = slices.IndexFunc(a.Sums, func(s Sum) bool { return s.All })
	}
	switch {
	case len(targets) == 0:
		a.Why = "No lesion is a target: t makes one."
		return a
	case now < 0 || base < 0 || base >= now:
		a.Why = "No earlier study has all targets: there is no baseline to compare with."
		return a
	}
	a.Baseline = a.Sums[base].StudyUID
	if err := calc.Baseline(at(a.Baseline)); err != nil {
		a.Why = "At the baseline: " + err.Error() + "."
		return a
	}
	return a.respond(ls, base, now, at(current), say)
}

// respond holds the sum of now against baseline and nadir.
func (a Assessment) respond(ls []Lesion, base, now int, targets []calc.Target, say Answers) Assessment {
	a.Nadir = a.Sums[base].MM
	for _, s := range a.Sums[base:now] {
		if s.All {
			a.Nadir = min(a.Nadir, s.MM)
		}
	}
	current := a.Sums[now].StudyUID
	fresh := slices.ContainsFunc(ls, func(l Lesion) bool { _, seen := l.Point(current); return l.New && seen })
	rule, _ := calc.Find("recist")
	v := calc.Values{"baseline": plain(a.Sums[base].MM), "nadir": plain(a.Nadir), "sum": plain(a.Sums[now].MM)}
	switch calc.TargetResponse(a.Sums[base].MM, a.Nadir, targets) {
	case calc.Complete:
		v["gone"] = "yes"
	}
	if !a.Sums[now].All {
		v["missing"] = "yes"
	}
	if fresh {
		v["new"] = "yes"
	}
	if say.Other != "" {
		v["other"] = string(say.Other)
	}
	r, err := rule.Run(v)
	if err != nil {
		a.Why = err.Error()
		return a
	}
	a.Result, a.Response = r, calc.Response(r.Category)
	return a
}

func plain(mm float64) string { return fmt.Sprintf("%.1f", mm) }

// Cell is a lesion at a study in words: "8.0 mm", "gone", "too small", "" when nothing is
// known. The date is not said: it heads the column.
func (l Lesion) Cell(study string) string {
	p, ok := l.Point(study)
	switch {
	case !ok:
		return ""
	case p.Gone:
		return "gone"
	case p.TooSmall:
		return "too small"
	}
	p.Measured.Prior = false
	return report.MeasurementText(p.Measured)
}

// Table writes the lesions into a draft's section as aligned lines, the numbers as live
// tokens, those of priors with their dates (N6), and below them the sum and the response
// with the rule. It returns the section's new text, for Edit.
func Table(d *report.Draft, section report.Section, at int, ls []Lesion, current string, a Assessment) string {
	rows := [][3]string{}
	for _, l := range ls {
		p, ok := l.Point(current)
		b, before := l.Before(current)
		if !ok && !before {
			continue
		}
		row := [3]string{live(d, p, ok), "", ""}
		if !ok {
			row[0] = "not measured"
		}
		if before {
			row[1] = live(d, b, true)
		}
		if c, ok := l.Change(current); ok {
			row[2] = bound(d, c)
		}
		rows = append(rows, row)
	}
	name := 0
	for _, l := range ls {
		name = max(name, utf8.RuneCountInString(label(l)))
	}
	var b strings.Builder
	wide := [2]int{}
	for _, r := range rows {
		wide[0], wide[1] = max(wide[0], width(d, r[0])), max(wide[1], width(d, r[1]))
	}
	i := 0
	for _, l := range ls {
		_, ok := l.Point(current)
		if _, before := l.Before(current); !ok && !before {
			continue
		}
		r := rows[i]
		i++
		line := pad(label(l), name, utf8.RuneCountInString(label(l))) + "  " + pad(r[0], wide[0], width(d, r[0])) + "  " + pad(r[1], wide[1], width(d, r[1])) + "  " + r[2]
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	if a.Response != "" {
		b.WriteString(a.Result.Sentence() + "\n")
	}
	return put(d.Sections[section], at, b.String(), '\n')
}

// Sentence writes one lesion into a section in words with live numbers: "RUL nodule: 8.0
// mm, previously 5.5 mm (prior, 2025-11-20), +2.5 mm, +45 %." It returns the section's
// new text, for Edit; ok is false when the lesion was not measured at the study.
func Sentence(d *report.Draft, section report.Section, at int, l Lesion, current string) (text string, ok bool) {
	p, ok := l.Point(current)
	if !ok {
		return d.Sections[section], false
	}
	said := l.Name + ": " + live(d, p, true)
	if b, before := l.Before(current); before {
		said += ", previously " + live(d, b, true)
		if c, ok := l.Change(current); ok {
			said += ", " + bound(d, c)
		}
	} else if l.New {
		said += ", new"
	}
	return put(d.Sections[section], at, said+".", ' '), true
}

// put sets text into a section at a rune offset, apart from what stands before it.
func put(section string, at int, text string, apart rune) string {
	old := []rune(section)
	at = max(0, min(at, len(old)))
	if at > 0 && !unicode.IsSpace(old[at-1]) || at > 0 && apart == '\n' && old[at-1] != '\n' {
		text = string(apart) + text
	}
	return string(old[:at]) + text + string(old[at:])
}

// label is a lesion's name with what it is.
func label(l Lesion) string {
	switch {
	case l.Target && l.Node:
		return l.Name + " (target, node)"
	case l.Target:
		return l.Name + " (target)"
	case l.New:
		return l.Name + " (new)"
	}
	return l.Name
}

func live(d *report.Draft, p Point, ok bool) string {
	switch {
	case !ok:
		return ""
	case p.Gone:
		return "gone"
	case p.TooSmall:
		return "too small to measure"
	}
	return bound(d, p.Measured)
}

// bound is a measurement's token, else its words.
func bound(d *report.Draft, m report.Measurement) string {
	if t, ok := d.Bind(m); ok {
		return string(t.Rune)
	}
	return report.MeasurementText(m)
}

// width is how many letters a cell has when it is read.
func width(d *report.Draft, cell string) int {
	r, _ := utf8.DecodeRuneInString(cell)
	if t, ok := d.Token(r); ok {
		return utf8.RuneCountInString(t.Text)
	}
	return utf8.RuneCountInString(cell)
}

func pad(s string, to, is int) string { return s + strings.Repeat(" ", max(0, to-is)) }
