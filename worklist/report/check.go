package report

import (
	"slices"
	"strings"
)

// Severity is how much a finding weighs.
type Severity string

// A block forbids signing, a warning is read before it, an info is for the record.
const (
	Block Severity = "block"
	Warn  Severity = "warn"
	Info  Severity = "info"
)

// Finding is what a check found.
type Finding struct {
	Rule     string   `json:"rule"`
	Severity Severity `json:"severity"`
	Section  Section  `json:"section,omitempty"`
	Evidence []string `json:"evidence,omitempty"` // the words and facts that disagree, quoted
	Hint     string   `json:"hint"`
	// Stops: nothing is signed until it is gone or overridden. Every block does, and
	// the warnings that need a reason.
	Stops bool `json:"stops"`
	// Override is the reader's reason, when there is one.
	Override string `json:"override,omitempty"`
	// Final: no reason overrides it.
	Final bool `json:"final,omitempty"`

	at [2]int // bytes of the section's plain text that it is about; both 0: none
}

// rule is one check. Its function returns findings with Section, Evidence and
// Hint; the rest is the rule's.
type rule struct {
	id       string
	severity Severity
	needs    need
	check    func(*Draft, Facts) []Finding
}

// need is what it takes to sign in spite of a rule's finding.
type need int

const (
	nothing need = iota // it is only said
	reason              // a typed reason
	absence             // nothing will do: it must be gone
)

// rules are all checks, in the order of the sign sheet. A new one is a line here
// and a function.
var rules = []rule{
	{"no-reader", Block, absence, noReader},
	{"display-mammography", Block, absence, unfitDisplay},
	{"impression-empty", Block, absence, impressionEmpty},
	{"wrong-patient-instance", Block, reason, wrongInstances},
	{"critical-open", Block, reason, openCritical},
	{"time-order", Block, absence, timeOrder},
	{"linked-order", Block, absence, linkedOrders},
	{"attending-only", Block, absence, attendingOnly},
	{SitePolicy, Block, absence, barredByPolicy},
	{"signed-together", Warn, nothing, signedTogether},
	{"reason-missing", Block, absence, reasonMissing},
	{"signed-text", Block, absence, signedText},
	{"call-required", Block, absence, callRequired},
	{"missing-images", Warn, reason, missingImages},
	{"late-images", Warn, reason, lateImages},
	{"series-unseen", Warn, nothing, unseenSeries},
	{"number-changed", Warn, nothing, changedNumbers},
	{"measurement-deleted", Warn, reason, deletedMarks},
	{"side-images", Warn, nothing, sideOfImages},
	{"unseen-images", Warn, nothing, unseenImages},
	{"section-empty", Warn, nothing, emptySections},
	{"newer-study", Warn, nothing, newerStudies},
	{"typed-number", Info, nothing, typedNumbers},
	{"reader-assumed", Info, nothing, assumedReader},
}

// Check runs every rule, those of textRules too. It is quick enough to run while the
// reader types: under 5 ms for two thousand words.
func Check(d *Draft, f Facts) (out []Finding) {
	for _, r := range rules {
		if r.holds(d) {
			out = append(out, r.judged(d, r.check(d, f))...)
		}
	}
	return append(append(out, checkText(d, f)...), checkLinked(d, f)...)
}

// judged gives findings their rule's name and weight, and the reason that the reader
// gave for them.
func (r rule) judged(d *Draft, fs []Finding) []Finding {
	for i := range fs {
		fs[i].Rule, fs[i].Severity = r.id, r.severity
		fs[i].Stops, fs[i].Final = r.needs != nothing, r.needs == absence
		if r.needs == reason {
			fs[i].Override = d.overridden(fs[i])
		}
	}
	return fs
}

// overridden is the reason given for this finding; one given for other evidence
// does not count.
func (d *Draft) overridden(f Finding) string {
	for i := len(d.Overrides) - 1; i >= 0; i-- {
		if o := d.Overrides[i]; o.Rule == f.Rule && slices.Equal(o.Evidence, f.Evidence) {
			return o.Reason
		}
	}
	return ""
}

// Stopping are the findings that forbid signing now.
func Stopping(fs []Finding) (out []Finding) {
	for _, f := range fs {
		if f.Stops && strings.TrimSpace(f.Override) == "" {
			out = append(out, f)
		}
	}
	return out
}
