// Package report is what is said about a study: the draft with its sections and
// live numbers, the facts it is filled from and checked against, the sign sheet,
// and the Basic Text SR that signing makes of it.
//
// A measurement in the text is a Token: one private-use rune that stands in a
// section's text and is shown as the measurement's text of now. It changes with
// its mark until the report is signed, and a change that the reader has not seen
// is said (N7).
//
// The package does no I/O and knows no clock: facts are handed in, and the same
// draft, facts and time make the same bytes.
package report

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Section names a part of the report.
type Section string

// The sections, by their names on the command line and in the SR.
const (
	Indication     Section = "indication"
	Technique      Section = "technique"
	Comparison     Section = "comparison"
	Findings       Section = "findings"
	Impression     Section = "impression"
	Recommendation Section = "recommendation"
	Critical       Section = "critical" // communication of critical results
	Addendum       Section = "addendum"
)

// Order is the sections in a report's order.
var Order = []Section{Indication, Technique, Comparison, Findings, Impression, Recommendation, Critical, Addendum}

// Title is the section's heading: "Findings".
func (s Section) Title() string {
	switch s {
	case "":
		return ""
	case Critical:
		return "Communication of critical results"
	}
	return strings.ToUpper(string(s[:1])) + string(s[1:])
}

// Draft is a report being written. Make it with New or Decode.
type Draft struct {
	StudyUID  string             `json:"study_instance_uid"`
	Accession string             `json:"accession_number"`
	Site      string             `json:"site"`
	Sections  map[Section]string `json:"sections"` // tokens as their runes; see Plain
	Tokens    []Token            `json:"tokens,omitempty"`
	Spans     []Span             `json:"spans,omitempty"` // fields, and what is not confirmed
	// Filled is what Prefill wrote last: a section that still reads so follows the
	// facts, any other is the reader's.
	Filled map[Section]string `json:"filled,omitempty"`
	// Template is the one that was applied last; Applied is what it wrote: a section
	// that still reads so is not the reader's yet. See Said.
	Template  string             `json:"template,omitempty"`
	Applied   map[Section]string `json:"applied,omitempty"`
	Overrides []Override         `json:"overrides,omitempty"`
	// Kind is what signing makes of it; see What. Before is the signed document that it
	// adds to, replaces or withdraws, BeforeKind what that was and Was its text then.
	Kind       Kind               `json:"kind,omitempty"`
	Wet        bool               `json:"wet,omitempty"` // a preliminary report of one line
	Before     *Document          `json:"adds,omitempty"`
	BeforeKind Kind               `json:"before_kind,omitempty"`
	Was        map[Section]string `json:"was,omitempty"`
	Reason     string             `json:"reason,omitempty"`  // why it is corrected or withdrawn
	Authors    []Reader           `json:"authors,omitempty"` // who wrote it besides the reader who signs
	// Linked are further orders of the patient that it answers; LinkedTo is the study whose
	// report this one was signed with.
	Linked   []LinkedOrder `json:"linked,omitempty"`
	LinkedTo string        `json:"linked_to,omitempty"`
	// Together are the accession numbers of the other orders that the report before was
	// signed for, each in a document of its own.
	Together []string `json:"together,omitempty"`
	// Calculated are the categories that calculators put into the text.
	Calculated []Calculated `json:"calculated,omitempty"`
	// Style is how its measurements are written.
	Style Style `json:"style,omitzero"`

	Started time.Time `json:"started"`
	Changed time.Time `json:"changed"`
	// Revision is the ledger's, kept here by who loads and saves.
	Revision int64 `json:"-"`
}

// Document names a signed report.
type Document struct {
	SeriesUID string `json:"series_instance_uid"`
	SOPUID    string `json:"sop_instance_uid"`
	SOPClass  string `json:"sop_class_uid"`
}

// Override is a reader's typed reason to sign in spite of a finding. It stays
// with the draft as the record of who decided what.
type Override struct {
	Rule     string    `json:"rule"`
	Evidence []string  `json:"evidence,omitempty"` // of the finding then: another conflict needs another reason
	Reason   string    `json:"reason"`
	By       string    `json:"by"` // PN
	At       time.Time `json:"at"`
}

// New begins an empty draft.
func New(study, accession, site string, now time.Time) *Draft {
	return &Draft{StudyUID: study, Accession: accession, Site: site, Sections: map[Section]string{},
		Started: now.UTC(), Changed: now.UTC()}
}

// Set replaces a section by text from outside: the command line, a file, a
// template. Line ends become \n, tabs spaces; private-use runes are taken out,
// so that no text can forge a number, and what could harm a terminal becomes
// U+FFFD. The reader's own edits, which hold tokens, go through Edit.
func (d *Draft) Set(s Section, text string, now time.Time) { d.put(s, Foreign(text), now) }

func (d *Draft) put(s Section, text string, now time.Time) {
	if d.Sections[s] == text {
		return
	}
	d.Sections[s] = text
	d.Changed = now.UTC()
}

// Foreign makes text from outside safe to hold; see Set.
func Foreign(text string) string { return clean(text, func(rune) bool { return false }) }

func clean(text string, keep func(rune) bool) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(text)
	return dicom.Clean(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Co, r) && !keep(r) {
			return -1
		}
		return r
	}, text))
}

// Plain is a section's text as it is read: tokens as their measurements' text,
// fields as their content, a required one without any as "[its name]".
func (d *Draft) Plain(s Section) string { return d.read([]rune(d.Sections[s])) }

// Text is the whole report as plain text, headings in capitals, empty sections
// left out: for reading out and for the eye.
func (d *Draft) Text() string {
	var parts []string
	for _, s := range Order {
		if t := strings.TrimSpace(d.Said(s)); t != "" {
			parts = append(parts, strings.ToUpper(string(s))+"\n"+t+"\n")
		}
	}
	return strings.Join(parts, "\n")
}

// Encode writes the draft as JSON, the ledger's body. The same draft gives the
// same bytes.
func (d *Draft) Encode() ([]byte, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encode draft: %w", err)
	}
	return b, nil
}

// Decode reads what Encode wrote, and is strict about what a draft may hold:
// sections that exist, tokens with runes of their own, clean text.
func Decode(b []byte) (*Draft, error) {
	d := &Draft{}
	if err := json.Unmarshal(b, d); err != nil {
		return nil, fmt.Errorf("decode draft: %w", err)
	}
	for i, t := range d.Tokens {
		if t.Rune < firstRune || t.Rune > lastRune || slices.ContainsFunc(d.Tokens[:i], func(o Token) bool { return o.Rune == t.Rune }) {
			return nil, fmt.Errorf("decode draft: token %d has no rune of its own", i)
		}
		d.Tokens[i].Text, d.Tokens[i].SeenText = Foreign(t.Text), Foreign(t.SeenText)
	}
	for i, sp := range d.Spans {
		if sp.Rune != firstSpan+rune(i) {
			return nil, fmt.Errorf("decode draft: span %d has no rune of its own", i)
		}
		d.Spans[i].Name, d.Spans[i].Unit = Foreign(sp.Name), Foreign(sp.Unit)
	}
	if d.Sections == nil {
		d.Sections = map[Section]string{}
	}
	for s, text := range d.Sections {
		if !slices.Contains(Order, s) {
			return nil, fmt.Errorf("decode draft: there is no section of that name")
		}
		d.Sections[s] = d.balanced(clean(text, d.own))
	}
	return d, nil
}
