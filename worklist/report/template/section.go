package template

import (
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// headings are the codes of sections (LOINC; PS3.16 CID 7001).
var headings = map[report.Section]Code{
	report.Indication:     {"18785-6", "LN", "Indications"},
	report.Technique:      {"55111-9", "LN", "Current procedure descriptions"},
	report.Comparison:     {"55114-3", "LN", "Prior procedure descriptions"},
	report.Findings:       {"59776-5", "LN", "Findings"},
	report.Impression:     {"19005-8", "LN", "Impressions"},
	report.Recommendation: {"18783-1", "LN", "Recommendations"},
	report.Critical:       {"73568-8", "LN", "Communication of critical results"},
	report.Addendum:       {"55107-7", "LN", "Addendum"},
}

// names of sections in other people's templates. "" is read and not used: what
// stands there the order or the archive knows better.
var sectionNames = map[string]report.Section{
	"indication": report.Indication, "indications": report.Indication, "clinical information": report.Indication, "clinical indication": report.Indication,
	"clinical history": report.Indication, "history": report.Indication, "reason for exam": report.Indication, "reason for study": report.Indication,
	"fragestellung": report.Indication, "klinische angaben": report.Indication, "request": report.Indication, "clinical question": report.Indication,
	"technique": report.Technique, "procedure": report.Technique, "procedure information": report.Technique, "exam": report.Technique, "technik": report.Technique,
	"imaging technique": report.Technique, "procedure description": report.Technique, "examination": report.Technique,
	"comparison": report.Comparison, "comparisons": report.Comparison, "prior studies": report.Comparison, "voraufnahmen": report.Comparison, "vergleich": report.Comparison,
	"findings": report.Findings, "observations": report.Findings, "befund": report.Findings, "befunde": report.Findings, "report": report.Findings,
	"impression": report.Impression, "impressions": report.Impression, "conclusion": report.Impression, "conclusions": report.Impression, "summary": report.Impression, "beurteilung": report.Impression,
	"recommendation": report.Recommendation, "recommendations": report.Recommendation, "empfehlung": report.Recommendation,
	"critical": report.Critical, "communication of critical results": report.Critical, "communication": report.Critical,
	"addendum": report.Addendum,
}

// keyOf is the section of a report that a heading names; "": none.
func keyOf(name string) report.Section {
	return sectionNames[strings.Join(strings.Fields(strings.ToLower(strings.Trim(name, ": "))), " ")]
}
