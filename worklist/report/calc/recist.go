package calc

import (
	"errors"
	"fmt"
	"slices"
)

// Response is RECIST's word for how a disease answered.
type Response string

// Responses (Eisenhauer et al., Eur J Cancer 2009;45:228–247). Checked: thresholds of
// response, sizes and numbers of targets, nodes by their short axis (PMC2755245, table 3;
// PMC6936240, table 2). From general knowledge: 5 mm for what is too small to measure.
const (
	Complete     Response = "CR"
	Partial      Response = "PR"
	Stable       Response = "SD"
	Progressive  Response = "PD"
	NonCRNonPD   Response = "non-CR/non-PD"
	NotEvaluable Response = "NE"
)

// Target is a target lesion at one examination. MM is the longest diameter, of a lymph
// node the short axis; 0 when it is gone. What is too small to measure counts 5 mm.
type Target struct {
	Name     string
	Organ    string
	Node     bool
	MM       float64
	TooSmall bool
	Missing  bool // not examined, or not to be measured
}

// Sum is the sum of diameters; ok is false when a target is missing.
func Sum(targets []Target) (mm float64, ok bool) {
	ok = true
	for _, t := range targets {
		switch {
		case t.Missing:
			ok = false
		case t.TooSmall:
			mm += 5
		default:
			mm += t.MM
		}
	}
	return mm, ok
}

// Baseline refuses what cannot be a set of targets: more than five, more than two of an
// organ, lesions below 10 mm, nodes below 15 mm of short axis.
func Baseline(targets []Target) error {
	organs := map[string]int{}
	for _, t := range targets {
		least, what := 10.0, "a target is at least 10 mm long"
		if t.Node {
			least, what = 15, "a lymph node as a target has a short axis of at least 15 mm"
		}
		if t.Missing || t.TooSmall || t.MM < least {
			return fmt.Errorf("%s: %s", t.Name, what)
		}
		if organs[t.Organ]++; t.Organ != "" && organs[t.Organ] > 2 {
			return fmt.Errorf("more than two targets in one organ (%s)", t.Organ)
		}
	}
	if len(targets) > 5 {
		return errors.New("more than five targets")
	}
	return nil
}

// TargetResponse holds the targets of now against those of the baseline and the nadir,
// the smallest sum so far, the baseline's included. Progression is an increase by at
// least 20 % and 5 mm from the nadir, partial response a decrease by at least 30 % from
// the baseline; progression goes before response. Complete is when all lesions are gone
// and all nodes are below 10 mm.
func TargetResponse(baseline, nadir float64, now []Target) Response {
	sum, all := Sum(now)
	gone := all && !slices.ContainsFunc(now, func(t Target) bool {
		return t.TooSmall && !t.Node || !t.TooSmall && (t.Node && t.MM >= 10 || !t.Node && t.MM > 0)
	})
	return targetResponse(baseline, nadir, sum, gone, all)
}

func targetResponse(baseline, nadir, sum float64, gone, all bool) Response {
	const ε = 1e-9
	switch {
	case gone && all:
		return Complete
	case sum-nadir >= 5-ε && sum >= 1.2*nadir-ε:
		return Progressive // also when a target is missing: those that were measured have grown by so much
	case !all:
		return NotEvaluable
	case sum <= 0.7*baseline+ε:
		return Partial
	}
	return Stable
}

// Overall joins targets, other lesions and new ones (RECIST 1.1, tables 1 and 2).
// Without targets, target is ""; without others, other is "".
func Overall(target, other Response, newLesion bool) Response {
	switch {
	case newLesion, target == Progressive, other == Progressive:
		return Progressive
	case target == "" && other == "":
		return NotEvaluable
	case target == "":
		return other
	case target == NotEvaluable:
		return NotEvaluable
	case target == Complete && (other == Complete || other == ""):
		return Complete
	case target == Complete:
		return Partial
	}
	return target
}

// recist is RECIST 1.1 by sums: the page of lesions computes them from marks.
var recist = Calculator{
	ID: "recist", Title: "Response of solid tumours", Version: "RECIST 1.1",
	Fields: []Field{
		sum("baseline", "Sum at baseline"), sum("nadir", "Smallest sum so far"), sum("sum", "Sum now"),
		yesno("gone", "All targets gone, nodes below 10 mm"), yesno("missing", "A target could not be measured"),
		{Name: "other", Title: "Other lesions", Kind: Choice, Options: []Option{
			{"CR", "gone"}, {"non-CR/non-PD", "still there"}, {"PD", "unequivocal progression"}, {"NE", "not evaluated"}}},
		yesno("new", "New lesion"),
	},
	rule: recistRule,
}

func sum(name, title string) Field {
	return Field{Name: name, Title: title, Kind: Number, Unit: "mm", Min: 0, Max: 3000}
}

func recistRule(in *inputs) Result {
	base, nadir, now := in.num("baseline"), in.num("nadir"), in.num("sum")
	if !in.has("nadir") {
		nadir = base
	}
	target := Response("")
	r := Result{Finding: "No target lesions"}
	if in.has("baseline") || in.has("sum") {
		switch {
		case !in.need("baseline", "sum"):
			return Result{}
		case base < 10:
			return in.refuse("baseline", "The sum at baseline is at least 10 mm: a target is not smaller.")
		case nadir > base:
			return in.refuse("nadir", "The smallest sum so far is not more than that at baseline.")
		case in.yes("gone") && in.yes("missing"):
			return in.refuse("missing", "All targets are gone, or one could not be measured: not both.")
		case in.has("gone") && !in.yes("gone") && now == 0 && !in.yes("missing"):
			return in.refuse("gone", "A sum of 0 mm means that all targets are gone.")
		}
		target = targetResponse(base, nadir, now, in.yes("gone") || now == 0 && !in.yes("missing"), !in.yes("missing"))
		r.Finding = recistWords(base, nadir, now, target)
		r.Numbers = []Figure{{"change from baseline", 100 * (now - base) / base, "%"}, {"change from nadir", now - nadir, "mm"}}
		if nadir > 0 {
			r.Numbers = append(r.Numbers, Figure{"change from nadir", 100 * (now - nadir) / nadir, "%"})
		}
	}
	if target == "" && !in.has("other") && !in.yes("new") {
		return in.refuse("sum", "Sums of targets, or what other lesions did, are needed.")
	}
	r.Category = string(Overall(target, Response(in.word("other")), in.yes("new")))
	return r
}

// recistWords is a sum with its changes: "Sum of diameters 42.0 mm (baseline 60.0 mm, −30 %; …)".
func recistWords(base, nadir, now float64, target Response) string {
	s := fmt.Sprintf("Sum of diameters %s mm (baseline %s mm, %s %%", places(now, 1), places(base, 1), signed(100*(now-base)/base, 0))
	if nadir < base {
		s += fmt.Sprintf("; nadir %s mm, %s mm", places(nadir, 1), signed(now-nadir, 1))
		if nadir > 0 {
			s += fmt.Sprintf(", %s %%", signed(100*(now-nadir)/nadir, 0))
		}
	}
	return s + "), targets " + string(target)
}

func signed(n float64, digits int) string {
	s := places(n, digits)
	switch {
	case s[0] == '-':
		return "−" + s[1:]
	case n > 0 && s != places(0, digits):
		return "+" + s
	}
	return s
}
