// Package quality is what readers learn of their own work: recommendations that became
// dated tasks, peer review, what a final report said otherwise than its preliminary
// one, and figures of all that. It does no I/O and knows no clock.
package quality

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// FollowUpKind is what the ledger calls records of recommended examinations.
const FollowUpKind = "follow-up"

// Task is a recommended examination with its date (X6).
type Task struct {
	report.FollowUp
	StudyUID  string `json:"study_instance_uid"`
	Accession string `json:"accession_number"`
	Site      string `json:"site"`
	PatientID string `json:"patient_id"`
	Patient   string `json:"patient"` // PN form
	StudyDate string `json:"study_date"`
	Done      string `json:"done,omitempty"` // why it is closed: the study that did it, or a reason
}

// Overdue reports whether the date is past.
func (t Task) Overdue(now time.Time) bool { return now.After(t.By.AddDate(0, 0, 1)) }

// Record is the task as the ledger keeps it; closed is the zero time while it is open.
func (t Task) Record(at, closed time.Time) (ledger.Record, error) {
	body, err := json.Marshal(t)
	if err != nil {
		return ledger.Record{}, fmt.Errorf("keep follow-up: %w", err)
	}
	return ledger.Record{ID: t.ID, Kind: FollowUpKind, StudyUID: t.StudyUID, At: at, Due: t.By, Closed: closed, Body: body}, nil
}

// ReadTask is the task of a record.
func ReadTask(rec ledger.Record) (t Task, err error) {
	if err = json.Unmarshal(rec.Body, &t); err != nil {
		return Task{}, fmt.Errorf("read follow-up: %w", err)
	}
	t.ID = rec.ID
	return t, nil
}

// Tasks are the follow-ups of a release: those of its calculators and those that its
// recommendation names with a time, each once.
func Tasks(r report.Release) (out []Task) {
	follow := slices.Clone(r.FollowUp)
	for _, f := range Recommended(r.Part(report.Recommendation), studyDay(r)) {
		if !slices.ContainsFunc(follow, func(o report.FollowUp) bool { return same(o, f) }) {
			follow = append(follow, f)
		}
	}
	for _, f := range follow {
		if f.ID == "" {
			f.ID = name(r.Signed.StudyUID, f)
		}
		out = append(out, Task{FollowUp: f, StudyUID: r.Signed.StudyUID, Accession: r.Accession, Site: r.Site,
			PatientID: r.Patient.ID, Patient: r.Patient.Name, StudyDate: studyDay(r).Format("20060102")})
	}
	return out
}

// name is the same for the same recommendation of a study: a corrected report makes no
// second task.
func name(study string, f report.FollowUp) string {
	sum := sha256.Sum256([]byte(study + "\x00" + strings.ToLower(f.What) + "\x00" + f.By.Format(time.DateOnly)))
	return FollowUpKind + "-" + hex.EncodeToString(sum[:12])
}

// Named gives a task of the reader's own words the name it would have as a recommendation.
func Named(t Task) Task {
	t.ID = name(t.StudyUID, t.FollowUp)
	return t
}

func studyDay(r report.Release) time.Time {
	if t, err := time.Parse("20060102", r.StudyDate); err == nil {
		return t
	}
	return r.Signed.At
}

// same: about the same day, and a word in common.
func same(a, b report.FollowUp) bool {
	if d := a.By.Sub(b.By).Hours() / 24; d > 16 || d < -16 {
		return false
	}
	return slices.ContainsFunc(words(a.What), func(w string) bool { return slices.Contains(words(b.What), w) })
}

const (
	examWords = `(?:(?:low[- ]dose|repeat|follow[- ]up|contrast[- ]enhanced|diagnostic|dedicated)\s+)*` +
		`(?:PET[-/ ]?CT|CT|MRI|MR|ultrasound|ultrasonography|sonography|US|radiographs?|X-?rays?|mammogra\w+|DXA|CXR)`
	number = `(\d{1,3}|one|two|three|four|five|six|nine|twelve|eighteen)`
	period = number + `(?:\s*(?:-|–|to)\s*` + number + `)?[-\s]*(day|week|month|year)s?`
)

var (
	examThenTime = regexp.MustCompile(`(?i)\b(` + examWords + `(?:\s+(?:of\s+)?(?:the\s+)?[a-z]+){0,4}?)\s*,?\s+(?:in|after|at|within)\s+(?:about\s+)?` + period)
	timeThenExam = regexp.MustCompile(`(?i)\b(?:in|after|at|within)\s+(?:about\s+)?` + period + `[^.;]*?\b(` + examWords + `(?:\s+(?:of\s+)?(?:the\s+)?(?:chest|abdomen|pelvis|head|brain|neck|spine|liver|kidneys?|thyroid|breasts?|knee|hip|shoulder))?)`)
	anyThenTime  = regexp.MustCompile(`(?i)\b(follow[- ]up|control|repeat(?:\s+examination)?|re-?evaluation)\s+(?:in|after|at|within)\s+(?:about\s+)?` + period)
	none         = regexp.MustCompile(`(?i)\b(?:no|not|without|unless|if)\b`)
)

var numbers = map[string]int{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "nine": 9, "twelve": 12, "eighteen": 18}

// Recommended are the examinations that a recommendation names with a time, counted
// from the study: "CT chest in 6–12 months". A sentence that denies one or lets it
// depend on something makes none.
func Recommended(text string, study time.Time) (out []report.FollowUp) {
	for _, sentence := range regexp.MustCompile(`[.;\n](?:\s|$)`).Split(text, -1) {
		if none.MatchString(sentence) {
			continue
		}
		what, from, to, unit := "", "", "", ""
		if m := examThenTime.FindStringSubmatch(sentence); m != nil {
			what, from, to, unit = m[1], m[2], m[3], m[4]
		} else if m := timeThenExam.FindStringSubmatch(sentence); m != nil {
			what, from, to, unit = m[4], m[1], m[2], m[3]
		} else if m := anyThenTime.FindStringSubmatch(sentence); m != nil {
			what, from, to, unit = m[1], m[2], m[3], m[4]
		} else {
			continue
		}
		f := report.FollowUp{What: strings.Join(strings.Fields(what), " "), From: later(study, from, unit), Why: "recommendation"}
		if f.By = f.From; to != "" {
			f.By = later(study, to, unit)
		}
		out = append(out, f)
	}
	return out
}

func later(from time.Time, count, unit string) time.Time {
	n, ok := numbers[strings.ToLower(count)]
	if !ok {
		n, _ = strconv.Atoi(count) // the pattern lets digits through only
	}
	switch strings.ToLower(unit) {
	case "day":
		return from.AddDate(0, 0, n)
	case "week":
		return from.AddDate(0, 0, 7*n)
	case "month":
		return from.AddDate(0, n, 0)
	}
	return from.AddDate(n, 0, 0)
}

// modalities of an examination's words, as the DICOM modality of its study names them.
var modalities = map[string]string{"ct": "CT", "mri": "MR", "mr": "MR", "us": "US", "ultrasound": "US", "ultrasonography": "US", "sonography": "US",
	"radiograph": "CR DX", "radiographs": "CR DX", "x": "CR DX", "xray": "CR DX", "xrays": "CR DX", "cxr": "CR DX", "mammography": "MG", "mammogram": "MG", "pet": "PT", "dxa": "DXA BMD"}

// generic words say nothing of the part of the body.
var generic = []string{"follow", "up", "repeat", "control", "low", "dose", "contrast", "enhanced", "diagnostic", "dedicated", "of", "the", "with", "without",
	"ray", "rays", "examination", "reevaluation", "evaluation", "re", "and"}

// Later is another study of a patient, as a list names it.
type Later struct{ StudyUID, Site, PatientID, StudyDate, Modality, Study, Accession string }

// DoneBy reports whether a later study of the same patient at the same site is the one
// that was recommended: of its modality, and of the part of the body that it names.
func (t Task) DoneBy(s Later) bool {
	if s.Site != t.Site || s.PatientID == "" || s.PatientID != t.PatientID || s.StudyUID == t.StudyUID || s.StudyDate <= t.StudyDate {
		return false
	}
	study := words(s.Study)
	kind, part, partHit := true, false, false
	for _, w := range words(t.What) {
		if m, ok := modalities[w]; ok {
			if !slices.ContainsFunc(strings.Fields(m), func(m string) bool { return slices.Contains(strings.FieldsFunc(s.Modality, notLetter), m) }) {
				kind = false
			}
			continue
		}
		if !slices.Contains(generic, w) {
			part = true
			partHit = partHit || slices.Contains(study, w)
		}
	}
	return kind && (!part || partHit)
}

func notLetter(r rune) bool { return r < 'A' || r > 'Z' }

func words(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !(r >= 'a' && r <= 'z') })
}
