package feed

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Study is another study of a row's patient.
type Study struct {
	Site        string    `json:"site"`
	UID         dicom.UID `json:"study_instance_uid"`
	Accession   string    `json:"accession_number"`
	Description string    `json:"study_description"`
	Modality    string    `json:"modality"` // joined by "/"
	BodyPart    string    `json:"body_part,omitempty"`
	Date        string    `json:"study_date"` // DA
	Time        string    `json:"study_time,omitempty"`
	Expected    int       `json:"expected_instances"`
	Newer       bool      `json:"newer"`          // made after the row's study: announced, not compared with
	Reason      string    `json:"reason"`         // why it is taken for the patient's, and why it stands where it stands
	Side        string    `json:"side,omitempty"` // R, L or B, as its description says
	relevance   relevance
}

// ErrNotIdentified: the row's patient has no ID or a placeholder for a name, so
// nothing can be said to be a prior of theirs (N4, N17).
var ErrNotIdentified = errors.New("the patient is not identified")

// Priors finds the other studies of the row's patient at one site, the best to
// compare with first: the same part of the body, then the same modality, then the
// nearer in time (within a year, three, ten), then the same side, then the newer;
// studies newer than the row's come last, with Newer set.
//
// The patient is the same when the ID is, and the birth date, and the name; the
// family name alone may differ. complete is false when the search was not
// finished: then "no prior found" must not be written (N17).
func Priors(ctx context.Context, site Site, row Row) (found []Study, complete bool, err error) {
	if row.PatientID == "" || Placeholder(row.PatientName) {
		return nil, false, fmt.Errorf("search priors: %w", ErrNotIdentified)
	}
	list, err := pacs.Find(ctx, site.Archive, pacs.Query{Level: pacs.StudyLevel, Include: studyTags,
		Match: map[dicom.Tag]string{dicom.PatientID: row.PatientID}})
	if err != nil {
		err = fmt.Errorf("search priors: %w", err)
	}
	for _, ds := range list {
		st := readStudy(ds)
		if string(st.UID) == row.StudyUID || st.UID == "" || st.Patient.ID != row.PatientID {
			continue
		}
		if why, same := sameAs(row, st.Patient); same {
			found = append(found, prior(site.Name, row, st, why))
		}
	}
	slices.SortStableFunc(found, func(a, b Study) int {
		return cmp.Or(order(a.Newer, b.Newer), a.relevance.compare(b.relevance), cmp.Compare(a.UID, b.UID))
	})
	return found, err == nil, err
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// sameAs says why a study's patient is the row's, whose ID it has.
func sameAs(row Row, p pacs.Patient) (why string, same bool) {
	if Placeholder(p.Name) {
		return "", false
	}
	a, b := readName(row.PatientName), readName(p.Name)
	born := row.BirthDate != "" && row.BirthDate == p.Birth
	switch {
	case row.BirthDate != "" && p.Birth != "" && !born:
		return "", false
	case row.Sex != "" && p.Sex != "" && row.Sex != p.Sex && !born:
		return "", false
	case a == b && born:
		return "same ID, name and birth date", true
	case a == b:
		return "same ID and name, birth date not stated", true
	case born && similar(a, b):
		return "same ID and birth date, name spelled differently", true
	case born && a.given != "" && a.given == b.given:
		return "same ID, birth date and given name, other family name", true
	}
	return "", false
}

func prior(site string, row Row, st study, why string) Study {
	p := Study{
		Site: site, UID: st.UID, Accession: st.Accession, Description: st.Description, Modality: st.modality(),
		BodyPart: bodyPart(cmp.Or(st.BodyPart, st.Description)), Date: st.Date, Time: st.Time, Expected: st.Instances,
		Side: Side(st.Description),
	}
	relevance, words := relevanceOf(row, st)
	p.relevance = relevance
	when, newer := apart(row, st)
	p.Newer = newer
	p.Reason = strings.Join(append(append([]string{why}, words...), when), ", ")
	return p
}

func shares(a, b string) bool {
	for _, m := range strings.Split(a, "/") {
		if slices.Contains(strings.Split(b, "/"), m) {
			return true
		}
	}
	return false
}

// apart is the time between two studies, and whether the second is the later.
func apart(row Row, st study) (words string, newer bool) {
	a, okA := dicom.ParseDateTime(row.StudyDate, row.StudyTime, time.UTC)
	b, okB := dicom.ParseDateTime(st.Date, st.Time, time.UTC)
	if !okA {
		a, okA = dicom.ParseDA(row.StudyDate)
	}
	if !okB {
		b, okB = dicom.ParseDA(st.Date)
	}
	switch {
	case !okA || !okB:
		return "date not stated", false
	case row.StudyDate == st.Date && (row.StudyTime == "" || st.Time == ""):
		return "same day", false
	}
	if b.After(a) {
		return span(b.Sub(a)) + " after", true
	}
	return span(a.Sub(b)) + " before", false
}

// span is a length of time for the eye.
func span(d time.Duration) string {
	days := int(d.Hours() / 24)
	switch {
	case days >= 730:
		return fmt.Sprintf("%d y", days/365)
	case days >= 60:
		return fmt.Sprintf("%d mo", days*12/365)
	case days >= 1:
		return fmt.Sprintf("%d d", days)
	}
	return fmt.Sprintf("%d h", int(d.Hours()))
}

// bodyParts finds the part of the body in the words of a description or of Body
// Part Examined (PS3.16 annex L); the first hit counts, so the narrower stands
// before the wider.
var partWords = []struct {
	part  string
	words []string
}{
	{"breast", []string{"breast", "mammo", "tomosynth"}},
	{"neck", []string{"cervical", "cspine", "c spine", "neck"}},
	{"spine", []string{"spine", "thoracic", "lumbar", "tspine", "lspine", "sacr", "myelo"}},
	{"head", []string{"head", "brain", "skull", "cranial", "cerebr", "neuro", "sella", "orbit", "sinus", "temporal", "stroke"}},
	{"hand", []string{"hand", "wrist", "finger", "thumb"}},
	{"arm", []string{"shoulder", "elbow", "forearm", "humerus", "clavic", "scapula"}},
	{"knee", []string{"knee", "patella"}},
	{"foot", []string{"foot", "ankle", "toe", "heel", "calcan"}},
	{"hip", []string{"hip", "femur", "thigh"}},
	{"heart", []string{"heart", "cardi", "coronar", "echo"}},
	{"chest", []string{"chest", "thorax", "lung", "pulmon", "rib"}},
	{"abdomen", []string{"abdomen", "abdominal", "liver", "kidney", "renal", "pancrea", "biliary", "bowel", "spleen", "hepat"}},
	{"pelvis", []string{"pelvis", "pelvic", "prostate", "bladder", "uter", "ovar"}},
	{"whole body", []string{"whole body", "wholebody", "trunk", "pet"}},
	{"leg", []string{"leg", "tibia", "fibula"}},
}

// bodyPart is the part that a text names first in the table; empty: none.
func bodyPart(text string) string {
	if all := bodyParts(text); len(all) > 0 {
		return all[0]
	}
	return ""
}

// bodyParts are all that it names: a trunk is compared with a chest.
func bodyParts(text string) (out []string) {
	text = strings.NewReplacer("_", " ", "-", " ", "^", " ", "/", " ", "+", " ").Replace(strings.ToLower(text))
	words := strings.Fields(text)
	for _, p := range partWords {
		if slices.ContainsFunc(p.words, func(w string) bool { return names(text, words, w) }) {
			out = append(out, p.part)
		}
	}
	return out
}

// names: a word of the text begins with w, or, where w is of several words, the text holds it.
func names(text string, words []string, w string) bool {
	if strings.Contains(w, " ") {
		return strings.Contains(text, w)
	}
	return slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, w) })
}
