package template

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

// A template's own text, applied to an examination that it is for, raises no alarm of the
// checks: what is to be filled in and confirmed aside.
func TestTheTemplatesOwnWordsRaiseNoAlarm(t *testing.T) {
	now := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	for _, tpl := range shipped(t).All() {
		sex := tpl.Scope.Sex
		if sex == "" || strings.Contains(sex, "F") && strings.Contains(sex, "M") {
			sex = "O"
		}
		f := report.Facts{Patient: report.Patient{Name: "PHANTOM^ANNA", ID: "P1", Birth: "19700101", Sex: sex[:1]}, Accession: "A1", Exam: tpl.Title,
			Reader: report.Reader{Name: "READER^DEMO"}}
		if len(tpl.Scope.Modalities) > 0 {
			f.Modality = tpl.Scope.Modalities[0]
		}
		d := report.New("1.2", "A1", "", now)
		if tpl.Scope.Addendum {
			d.Kind = report.Added
		}
		tpl.Apply(d, f, now)
		for _, x := range report.Check(d, f) {
			if x.Severity == report.Info || slices.Contains([]string{"unconfirmed", "unfilled-field", "section-empty", "impression-empty", "addendum-reason"}, x.Rule) {
				continue
			}
			t.Errorf("%s: %s %q: %s", tpl.Short(), x.Rule, x.Evidence, x.Hint)
		}
	}
}
