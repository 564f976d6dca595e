package report

import (
	"strings"
	"testing"
	"time"
)

// longReport is a report of about so many words, made of the corpus's longest findings.
func longReport(tb testing.TB, words int) (*Draft, Facts) {
	tb.Helper()
	clean, _ := corpus(tb)
	var base specimen
	var b strings.Builder
	for _, s := range clean {
		if s.id == "ct-chest-british-long" && s.line == s.id {
			base = s
		}
	}
	for n := 0; n < words; {
		for _, s := range clean {
			if s.line != s.id || n >= words {
				continue
			}
			b.WriteString(s.sections[Findings] + "\n")
			n += len(strings.Fields(s.sections[Findings]))
		}
	}
	d := base.draft()
	d.Set(Findings, b.String(), t0)
	return d, base.facts()
}

// A check of a long report has to fit between two keystrokes: 5 ms.
func BenchmarkCheck(b *testing.B) {
	for _, words := range []int{200, 2000} {
		b.Run("words="+map[int]string{200: "200", 2000: "2000"}[words], func(b *testing.B) {
			d, f := longReport(b, words)
			b.ReportAllocs()
			for b.Loop() {
				Check(d, f)
			}
		})
	}
}

// Whatever is pasted, checking it takes time in proportion: 60 kB without a full stop, of
// nothing but sizes, of nothing but brackets.
func TestAVeryLargePasteIsCheckedInReasonableTime(t *testing.T) {
	for _, unit := range []string{"no left pneumothorax ", "8 mm ", "right rib fracture, ", "(", "left 4 cm nodule.\n"} {
		d := draft(full())
		d.Set(Findings, strings.Repeat(unit, 60_000/len(unit)), t0)
		d.Set(Impression, strings.Repeat(unit, 20_000/len(unit)), t0)
		began := time.Now()
		Check(d, facts())
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%q: %v", unit, took)
		} else {
			t.Logf("%q: %v", unit, took.Round(time.Millisecond))
		}
	}
}
