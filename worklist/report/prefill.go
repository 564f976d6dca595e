package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Prefill writes Indication, Technique and Comparison from the facts (N17), each
// only where the section still reads as Prefill left it, or was never touched: a
// prior that arrives later changes the comparison, the reader's own words stay,
// and what the reader emptied stays empty. It tells whether anything changed.
func (d *Draft) Prefill(f Facts, now time.Time) (changed bool) {
	if d.What() != Final {
		return false
	}
	changed = d.Adopt(f.Preliminary, now)
	if d.Filled == nil {
		d.Filled = map[Section]string{}
	}
	for s, text := range map[Section]string{
		Indication: strings.TrimSpace(Foreign(f.Indication)), Technique: f.technique(), Comparison: f.comparison(),
	} {
		if now := d.Sections[s]; text == "" || text == now || now != d.Filled[s] {
			continue
		}
		d.Filled[s] = text
		d.put(s, text, now)
		changed = true
	}
	return changed
}

// Compared and Technique are what Prefill writes, for templates to merge in.
func (f Facts) Compared() string { return f.comparison() }

// Technique says what was done, as far as order and images tell it.
func (f Facts) Technique() string { return f.technique() }

// comparison names the priors that were loaded, or says why there are none, and
// never hides that the search is incomplete.
func (f Facts) comparison() string {
	var parts []string
	var loaded, other []string
	for _, p := range f.Priors {
		if p.Loaded {
			loaded = append(loaded, p.name())
		} else {
			other = append(other, p.name())
		}
	}
	switch {
	case len(loaded) > 0:
		parts = append(parts, strings.Join(loaded, ", ")+".")
	case len(other) > 0:
		parts = append(parts, "Not compared; on file: "+strings.Join(other, ", ")+".")
	case f.Asked && len(f.Silent) == 0:
		parts = append(parts, "No prior found.")
	}
	if len(f.Silent) > 0 {
		var who []string
		for _, s := range f.Silent {
			who = append(who, fmt.Sprintf("%s not answering %s", Foreign(s.Site), s.At.Format("15:04")))
		}
		parts = append(parts, "Prior search not completed ("+strings.Join(who, ", ")+").")
	}
	return strings.Join(parts, " ")
}

// name is "CT chest 2025-11-20".
func (p Prior) name() string {
	words := oneLine(p.Description)
	if p.Modality != "" && !hasWord(words, p.Modality) {
		words = strings.TrimSpace(oneLine(p.Modality) + " " + words)
	}
	if words == "" {
		words = "Study"
	}
	if date := dicom.ISODay(p.Date); date != "" {
		return words + " " + date
	}
	return words + " of unknown date"
}

func oneLine(s string) string { return strings.Join(strings.Fields(Foreign(s)), " ") }

// technique says what was done, as far as the images themselves tell it.
func (f Facts) technique() string {
	var said []string
	var modalities []string
	for _, s := range f.Series {
		if !slices.Contains(modalities, s.Modality) {
			modalities = append(modalities, s.Modality)
		}
	}
	for _, m := range modalities {
		if text := strings.TrimSpace(f.techniqueOf(m)); text != "" {
			said = append(said, text)
		}
	}
	what := oneLine(f.Exam)
	switch {
	case len(said) == 0 && what == "":
		return ""
	case len(said) == 0:
		return what + "."
	case what == "":
		return strings.Join(said, " ")
	}
	return what + ". " + strings.Join(said, " ")
}

func (f Facts) techniqueOf(modality string) string {
	var of []Series
	for _, s := range f.Series {
		if s.Modality == modality && !s.Localizer {
			of = append(of, s)
		}
	}
	switch modality {
	case "CT":
		return sentence("CT slices of", thicknesses(of)) + contrast(of)
	case "MR":
		return sentence("MR"+fields(of)+":", distinct(of, func(s Series) string { return oneLine(s.Description) })) + contrast(of)
	case "CR", "DX", "RG":
		return sentence("Views:", distinct(of, func(s Series) string { return oneLine(s.View) }))
	case "MG":
		return sentence("Views:", distinct(of, func(s Series) string { return strings.TrimSpace(s.Side + " " + oneLine(s.View)) }))
	case "PT":
		return sentence("PET with", distinct(of, func(s Series) string { return oneLine(s.Tracer) }))
	}
	return ""
}

func sentence(head string, parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return head + " " + strings.Join(parts, ", ") + "."
}

// contrast quotes the agent; that none is recorded does not prove that none was
// given, and says no more.
func contrast(of []Series) string {
	if agents := distinct(of, Series.contrast); len(agents) > 0 {
		return " Contrast agent: " + strings.Join(agents, "; ") + "."
	}
	if len(of) == 0 {
		return ""
	}
	return " No contrast agent recorded."
}

func thicknesses(of []Series) []string {
	var mm []float64
	for _, s := range of {
		if s.Thickness > 0 && !slices.Contains(mm, s.Thickness) {
			mm = append(mm, s.Thickness)
		}
	}
	slices.Sort(mm)
	out := make([]string, len(mm))
	for i, t := range mm {
		out[i] = strconv.FormatFloat(t, 'g', 4, 64) + " mm"
	}
	return out
}

func fields(of []Series) string {
	for _, s := range of {
		if s.Field > 0 {
			return " at " + strconv.FormatFloat(s.Field, 'g', 3, 64) + " T"
		}
	}
	return ""
}

func distinct(of []Series, text func(Series) string) (out []string) {
	for _, s := range of {
		if t := text(s); t != "" && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}
