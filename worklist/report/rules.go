package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/nocturne/nocturne/cache/dicom"
)

func noReader(_ *Draft, f Facts) []Finding {
	if strings.Trim(f.Reader.Name, "^= ") != "" {
		return nil
	}
	return []Finding{{Hint: "no reader name is configured: set [reader] name in config.toml"}}
}

// unfitDisplay holds a mammogram's report back that was read on a display not for it
// (N22). An addendum is about no images.
func unfitDisplay(d *Draft, f Facts) []Finding {
	if f.Display.Unfit == "" || f.Display.Allowed || d.What() == Added {
		return nil
	}
	return []Finding{{Evidence: []string{f.Display.Unfit},
		Hint: "this display is not for primary mammography: check it, or read this case elsewhere"}}
}

func assumedReader(_ *Draft, f Facts) []Finding {
	if !f.Reader.Assumed {
		return nil
	}
	return []Finding{{Evidence: []string{dicom.ParsePN(f.Reader.Name).Display()},
		Hint: "the reader's name comes from the system: set [reader] in config.toml"}}
}

func impressionEmpty(d *Draft, _ Facts) []Finding {
	if d.What() == Added {
		if nothingSaid(d.Plain(Addendum)) {
			return []Finding{{Section: Addendum, Hint: "the addendum is empty"}}
		}
		return nil
	}
	if nothingSaid(d.Plain(Impression)) {
		return []Finding{{Section: Impression, Hint: "the impression is empty"}}
	}
	return nil
}

// nothingSaid: a section without a letter is empty, whatever numbers its list has.
func nothingSaid(text string) bool {
	if !strings.ContainsFunc(text, unicode.IsLetter) {
		return !slices.ContainsFunc(strings.Fields(text), func(w string) bool { return len(strings.Trim(w, ".-/,:;()")) > 2 })
	}
	return false
}

func emptySections(d *Draft, _ Facts) (out []Finding) {
	if d.What() == Added {
		return nil
	}
	for _, s := range []Section{Indication, Technique, Comparison, Findings} {
		if nothingSaid(d.Plain(s)) {
			out = append(out, Finding{Section: s, Hint: string(s) + " is empty"})
		}
	}
	return out
}

func wrongInstances(_ *Draft, f Facts) []Finding {
	if len(f.Foreign) == 0 {
		return nil
	}
	return []Finding{{Evidence: slices.Clone(f.Foreign), Hint: "images do not belong to the order"}}
}

// timeOrder keeps a report from being verified before it was begun, as a clock
// set back would have it (PS3.3 C.17.2). Sign compares with its own time.
func timeOrder(d *Draft, _ Facts) []Finding {
	if d.Changed.Before(d.Started) {
		return []Finding{{Hint: "the clock was set back since the report was begun"}}
	}
	return nil
}

func missingImages(_ *Draft, f Facts) []Finding {
	if f.Expected == 0 || f.Have >= f.Expected {
		return nil
	}
	return []Finding{{Evidence: []string{fmt.Sprintf("%d/%d", f.Have, f.Expected)}, Hint: "images are missing"}}
}

// lateImages holds a report back whose reader was told that images came late and has
// not looked at them (scenario 8).
func lateImages(_ *Draft, f Facts) []Finding {
	if f.LateUnseen == 0 {
		return nil
	}
	return []Finding{{Evidence: []string{fmt.Sprintf("%d came late", f.LateUnseen)}, Hint: "images came late and were not looked at (* goes to the next)"}}
}

func unseenImages(_ *Draft, f Facts) []Finding {
	if f.Unseen == 0 {
		return nil
	}
	evidence := f.UnseenIn
	if len(evidence) == 0 {
		evidence = []string{fmt.Sprintf("%d", f.Unseen)}
	}
	return []Finding{{Evidence: evidence, Hint: "images were never on screen (* goes to the next)"}}
}

// unseenSeries: a series of which nothing was ever on screen.
func unseenSeries(_ *Draft, f Facts) []Finding {
	if len(f.Undisplayed) == 0 {
		return nil
	}
	return []Finding{{Evidence: slices.Clone(f.Undisplayed), Hint: "a whole series was never on screen"}}
}

// openCritical: somebody has still to be told.
func openCritical(_ *Draft, f Facts) (out []Finding) {
	for _, c := range f.Critical {
		if c.Open() {
			out = append(out, Finding{Evidence: []string{oneLine(c.Finding)}, Hint: "a critical result is open: F7 records the call"})
		}
	}
	return out
}

func changedNumbers(d *Draft, _ Facts) (out []Finding) {
	for _, t := range d.stale() {
		if !t.Gone {
			out = append(out, Finding{Evidence: []string{t.SeenText, t.Text}, Hint: "a number changed after it was last on screen"})
		}
	}
	return out
}

func deletedMarks(d *Draft, _ Facts) (out []Finding) {
	for _, t := range d.Used() {
		if t.Gone {
			out = append(out, Finding{Evidence: []string{t.Text}, Hint: "the measurement was deleted and is still in the text"})
		}
	}
	return out
}

func newerStudies(_ *Draft, f Facts) (out []Finding) {
	for _, p := range f.Newer {
		out = append(out, Finding{Evidence: []string{p.name()}, Hint: "there is a newer study of this patient"})
	}
	return out
}
