package bir

import (
	"fmt"
	"math"
	"strings"
)

// trial gathers what an item measured.
type trial struct {
	said   []string
	failed []string
	why    string // skipped, for this reason
}

// note adds a figure to the evidence.
func (t *trial) note(format string, args ...any) {
	t.said = append(t.said, fmt.Sprintf(format, args...))
}

// want adds a figure that must hold.
func (t *trial) want(holds bool, format string, args ...any) {
	words := fmt.Sprintf(format, args...)
	if holds {
		t.said = append(t.said, words)
	} else {
		t.failed = append(t.failed, words)
	}
}

// near wants a number within a tolerance of what is expected.
func (t *trial) near(what string, got, want, within float64) {
	t.want(math.Abs(got-want) <= within, "%s %.4g, expected %.4g ± %.2g", what, got, want, within)
}

// skip says why an item cannot be measured here.
func (t *trial) skip(format string, args ...any) { t.why = fmt.Sprintf(format, args...) }

func (t *trial) result() (status, evidence string) {
	switch {
	case len(t.failed) > 0:
		return Fail, "NOT AS IT SHOULD BE: " + strings.Join(append(t.failed, t.said...), "; ")
	case t.why != "":
		return Skip, t.why
	case len(t.said) == 0:
		return Fail, "nothing was measured"
	}
	return Pass, strings.Join(t.said, "; ")
}
