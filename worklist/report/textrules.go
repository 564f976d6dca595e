package report

// textRule is a check of the report's words. Number is its place in the list of checks
// before signing (1 side … 17 not displayed).
type textRule struct {
	number int
	rule
	read func(*read) []Finding
}

func reads(number int, id string, severity Severity, needs need, read func(*read) []Finding) textRule {
	return textRule{number: number, rule: rule{id: id, severity: severity, needs: needs}, read: read}
}

// textRules are the checks of words, in the order of the sign sheet. Only what tells of
// another patient, of a field left open and of a critical result that nobody was told
// blocks: all else is the reader's to judge.
var textRules = []textRule{
	reads(15, "wrong-patient-text", Block, reason, wrongPatientText),
	reads(5, "unfilled-field", Block, reason, unfilledFields),
	reads(1, "side-conflict", Warn, reason, sideConflict),
	reads(5, "pulled-text", Warn, reason, pulledText),
	reads(12, "critical-untold", Warn, nothing, criticalUntold),
	reads(2, "side-impression", Warn, nothing, sideWithinReport),
	reads(1, "side-findings", Warn, nothing, sideElsewhere),
	reads(11, "negation", Warn, nothing, contradictions),
	reads(9, "number", Warn, nothing, numbers),
	reads(9, "number-differs", Warn, nothing, numbersDiffer),
	reads(9, "number-trend", Warn, nothing, trends),
	reads(13, "category", Warn, nothing, categories),
	reads(3, "sex", Warn, nothing, otherSex),
	reads(3, "organ-removed", Warn, nothing, removedOrgans),
	reads(15, "pronoun", Warn, nothing, pronouns),
	reads(10, "age", Warn, nothing, otherAge),
	reads(7, "body-part", Warn, nothing, otherPart),
	reads(8, "contrast", Warn, nothing, contrastWords),
	reads(6, "comparison", Warn, nothing, comparisons),
	reads(14, "addendum-reason", Warn, nothing, addendumReason),
	reads(5, "unconfirmed", Warn, nothing, unconfirmed),
	reads(16, "slip", Warn, nothing, slips),
}

// checkText runs the checks of words.
func checkText(d *Draft, f Facts) (out []Finding) {
	r := reading(d, f)
	for _, t := range textRules {
		if !t.holds(d) {
			continue
		}
		out = append(out, t.judged(d, t.read(r))...)
	}
	return out
}
