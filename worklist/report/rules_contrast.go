package report

import (
	"slices"
	"strings"

	"github.com/nocturne/nocturne/worklist/prose"
)

// given is whether contrast medium was: by the exam's words and the images' agent.
type given int

const (
	notKnown given = iota
	withContrast
	withoutContrast
	bothContrast
)

var (
	agents  = prose.Set(`omnipaque visipaque ultravist isovue iohexol iodixanol iomeprol iopamidol iopromide imeron iomeron iodinated`)
	gads    = prose.Set(`gadolinium gadobutrol gadovist dotarem gadoterate magnevist multihance gadavist prohance primovist eovist gadoxetate artirem`)
	enteral = prose.Set(`oral enteric rectal barium intra articular intrathecal contrast-enhanced ultrasound column water`)
)

// protocol is what exam and images say of contrast.
func (f Facts) protocol() (g given, why string) {
	t := prose.Parse(f.Exam)
	n := len(t.Words)
	with := t.Says(0, n, "with", "contrast") || t.Says(0, n, "w", "contrast") || t.Says(0, n, "with", "iv", "contrast") || t.Says(0, n, "mit", "km") || t.Any(0, n, "angiography", "cta", "arthrogram", "multiphase", "enhanced")
	without := t.Says(0, n, "without", "contrast") || endsWithout(t) || t.Says(0, n, "w", "o", "contrast") || t.Says(0, n, "ohne", "km") || t.Any(0, n, "noncontrast", "unenhanced", "nativ") || t.Says(0, n, "non", "contrast")
	both := t.Says(0, n, "with", "and", "without") || t.Says(0, n, "without", "and", "with") || t.Says(0, n, "w", "wo") || t.Says(0, n, "w", "and", "w", "o")
	agent := slices.ContainsFunc(f.Series, func(s Series) bool { return strings.TrimSpace(s.Contrast) != "" })
	order := "order: " + oneLine(f.Exam)
	switch {
	case t.Any(0, n, "arthrogram", "arthrography"):
		return notKnown, ""
	case both || with && without:
		return bothContrast, order
	case agent:
		for _, s := range f.Series {
			if c := oneLine(s.Contrast); c != "" {
				return withContrast, "images: " + c
			}
		}
	case with:
		return withContrast, order
	case without, t.Any(0, n, "screening") && t.Any(0, n, "lung"), t.Any(0, n, "kub"):
		return withoutContrast, order
	}
	return notKnown, ""
}

// endsWithout: "CT temporal bones w/o", "CT head without".
func endsWithout(t *prose.Text) bool {
	n := len(t.Words)
	return t.At(n-2, "w", "o") || t.At(n-1, "without")
}

// contrastWords holds what the technique and the findings say of contrast against exam
// and images, and the kind of agent against the modality.
func contrastWords(r *read) (out []Finding) {
	g, why := r.facts.protocol()
	if f, ok := r.wrongAgent(); ok {
		out = append(out, f)
	}
	t := r.text(Technique)
	without, with := unenhanced(t), enhanced(t)
	switch {
	case without >= 0 && (g == withContrast || g == bothContrast):
		out = append(out, r.word(Technique, without, "contrast was given, and the technique says without", why))
	case with >= 0 && without < 0 && g == withoutContrast:
		out = append(out, r.word(Technique, with, "the technique says with contrast, and none was given", why))
	case with < 0 && g == withoutContrast:
		if i := enhancement(r.text(Findings)); i >= 0 {
			out = append(out, r.word(Findings, i, "enhancement is described, and no contrast was given", why))
		}
	}
	return out
}

func (r *read) wrongAgent() (Finding, bool) {
	wrong := agents
	switch r.facts.Modality {
	case "MR":
	case "CT":
		wrong = gads
	default:
		return Finding{}, false
	}
	t := r.text(Technique)
	for i, w := range t.Words {
		if wrong[w.Low] {
			return r.word(Technique, i, "this agent is not one of the modality's", "modality: "+r.facts.Modality), true
		}
	}
	return Finding{}, false
}

var sparing = prose.Set(`without no ohne non noncontrast unenhanced`)

// unenhanced is the word that says that no contrast was given; −1 where none does.
func unenhanced(t *prose.Text) int {
	for i, w := range t.Words {
		if !sparing[w.Low] && !t.At(i, "w", "o") {
			continue
		}
		from, to := t.Clause(i)
		if t.At(i, "w", "o") && i+2 < to && (t.Any(i+2, i+3, "contrast", "iv") || gads[t.Words[i+2].Low] || agents[t.Words[i+2].Low]) {
			return i
		}
		if t.Has(from, to, enteral) && !t.Any(from, to, "intravenous", "iv") {
			continue
		}
		switch {
		case (w.Low == "no" || w.Low == "without") && (i+1 < to && (gads[t.Words[i+1].Low] || agents[t.Words[i+1].Low])):
			return i
		case t.At(i, "without", "contrast"), t.At(i, "without", "intravenous"), t.At(i, "without", "iv"), t.At(i, "no", "contrast"), t.At(i, "no", "intravenous"),
			t.At(i, "without", "the", "administration"), t.At(i, "ohne", "kontrastmittel"):
			if t.Any(i+2, i+5, "and", "series", "followed", "then") {
				continue
			}
			return i
		case w.Low == "noncontrast" || w.Low == "unenhanced" || t.At(i, "non", "contrast"):
			if t.Any(i+1, i+4, "series", "and", "late") || phased(t, i) {
				continue
			}
			return i
		}
	}
	return -1
}

var phaseWords = prose.Set(`phase phases arterial portal venous delayed nephrographic followed corticomedullary post`)

// phased: other phases follow: "unenhanced, 60 s and 15 min".
func phased(t *prose.Text, i int) bool {
	_, end := t.Sentence(t.Words[i].Sentence)
	return t.Has(i, end, phaseWords)
}

// enhanced is the word that says that contrast was given; −1 where none does.
func enhanced(t *prose.Text) int {
	for i, w := range t.Words {
		from, to := t.Clause(i)
		if t.Has(from, to, enteral) && !t.Any(from, to, "intravenous", "iv", "intravenously") || t.Any(max(from, i-3), i+1, "no", "not", "without", "non") {
			continue
		}
		switch {
		case w.Low == "post" && i+1 < to && (gads[t.Words[i+1].Low] || agents[t.Words[i+1].Low]):
			return i
		case t.At(i, "with", "contrast"), t.At(i, "with", "intravenous"), t.At(i, "with", "iv"), t.At(i, "after", "contrast"), t.At(i, "after", "intravenous"), t.At(i, "after", "iv"),
			t.At(i, "contrast", "enhanced"), t.At(i, "post", "contrast"), t.At(i, "intravenous", "contrast"), t.At(i, "intravenous", "gadolinium"), t.At(i, "iv", "contrast"),
			t.At(i, "mit", "kontrastmittel"), t.At(i, "portal", "venous", "phase"):
			return i
		case agents[w.Low] || gads[w.Low]:
			return i
		}
	}
	return -1
}

var unassessed = prose.Set(`cannot limited assess assessed evaluation evaluated without difficult would may if suggested recommended`)

// enhancement is the word of findings that describes enhancement; −1 where none does.
func enhancement(t *prose.Text) int {
	for i, w := range t.Words {
		switch w.Low {
		case "enhances", "enhance", "enhancing", "enhancement", "hyperenhancement", "hypoenhancing":
			if from, to := t.Sentence(w.Sentence); !t.Has(from, to, unassessed) {
				return i
			}
		}
		if t.At(i, "after", "gadolinium") || t.At(i, "after", "contrast") {
			return i
		}
	}
	return -1
}
