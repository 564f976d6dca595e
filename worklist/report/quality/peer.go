package quality

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
)

// PeerKind and DiscrepancyKind are what the ledger calls records of peer reviews, and
// of finals compared with their preliminary reports.
const (
	PeerKind        = "peer-review"
	DiscrepancyKind = "discrepancy"
)

// Scores are those of RADPEER (2016): 1 agree; 2 a miss that is understandable, 3 one
// that should not be; a unlikely, b likely to be of consequence.
func Scores() []string { return []string{"1", "2a", "2b", "3a", "3b"} }

// Review is the score of another reader's report. Author is blinded: the same for the
// same reader, and no name.
type Review struct {
	Score    string `json:"score"`
	Comment  string `json:"comment,omitempty"`
	Author   string `json:"author"`
	StudyUID string `json:"study_instance_uid"` // whose report was scored
	SOPUID   string `json:"sop_instance_uid"`
	Reading  string `json:"while_reading"` // the study being read then
}

// ErrOwn is a review of one's own report.
var ErrOwn = errors.New("this report is your own: it is for others to review")

// NewReview scores a report of author (PN), which must not be the reviewer's own.
func NewReview(score, comment, author, authorID, reviewer, reviewerID string) (Review, error) {
	score = strings.ToLower(strings.TrimSpace(score))
	switch {
	case !slices.Contains(Scores(), score):
		return Review{}, fmt.Errorf("a peer review is one of %s", strings.Join(Scores(), ", "))
	case author == "":
		return Review{}, errors.New("the report does not say who wrote it: it cannot be reviewed blinded")
	case person(author) == person(reviewer), authorID != "" && authorID == reviewerID:
		return Review{}, ErrOwn
	}
	return Review{Score: score, Comment: strings.Join(strings.Fields(comment), " "), Author: Blinded(author)}, nil
}

// person is a name as it is compared: letters only, prefixes and spelling of case away.
func person(pn string) string {
	parts := append(strings.Split(strings.ToUpper(pn), "^"), "", "")
	return strings.TrimSpace(parts[0]) + "^" + strings.TrimSpace(parts[1])
}

// Blinded stands for a name where names are not shown. Who has the list of names can
// undo it: it hides them from the eye, not from a committee.
func Blinded(pn string) string {
	sum := sha256.Sum256([]byte("peer review " + person(pn)))
	return "R-" + hex.EncodeToString(sum[:4])
}

// Record is the review as the ledger keeps it, one for each report and reviewer's home.
func (r Review) Record(at time.Time) (ledger.Record, error) {
	return record(PeerKind+" "+r.SOPUID, PeerKind, r.StudyUID, at, r)
}

// Grade is how far a final report is from its preliminary one.
type Grade string

// The grades; a Major one is told as a critical result.
const (
	Agree Grade = "agree"
	Minor Grade = "minor"
	Major Grade = "major"
)

// ParseGrade reads a grade or the beginning of one.
func ParseGrade(s string) (Grade, bool) {
	for _, g := range []Grade{Agree, Minor, Major} {
		if len(s) > 1 && strings.HasPrefix(string(g), strings.ToLower(s)) {
			return g, true
		}
	}
	return "", false
}

// Discrepancy is a final report compared with its preliminary one (L5, Q2).
type Discrepancy struct {
	Grade    Grade    `json:"grade"`
	Why      string   `json:"why,omitempty"`
	Changed  []string `json:"changed,omitempty"` // sections whose words changed
	StudyUID string   `json:"study_instance_uid"`
	SOPUID   string   `json:"preliminary_sop_instance_uid"`
}

// Record is the comparison as the ledger keeps it, one for each preliminary report.
func (d Discrepancy) Record(at time.Time) (ledger.Record, error) {
	return record(DiscrepancyKind+" "+d.SOPUID, DiscrepancyKind, d.StudyUID, at, d)
}

func record(id, kind, study string, at time.Time, body any) (ledger.Record, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return ledger.Record{}, fmt.Errorf("keep %s: %w", kind, err)
	}
	return ledger.Record{ID: id, Kind: kind, StudyUID: study, At: at, Closed: at, Body: b}, nil
}

// most bounds what is compared word by word: longer texts differ as a whole.
const most = 2000

// Diff is what changed from one text to another, word by word: "[-small-]" is gone,
// "{+large+}" is new. Equal texts give "".
func Diff(before, after string) string {
	a, b := strings.Fields(before), strings.Fields(after)
	if slices.Equal(a, b) {
		return ""
	}
	if len(a) > most || len(b) > most {
		return "[-" + strings.Join(a, " ") + "-] {+" + strings.Join(b, " ") + "+}"
	}
	kept := common(a, b)
	var out []string
	i, j := 0, 0
	for _, k := range append(kept, [2]int{len(a), len(b)}) {
		if gone := a[i:k[0]]; len(gone) > 0 {
			out = append(out, "[-"+strings.Join(gone, " ")+"-]")
		}
		if come := b[j:k[1]]; len(come) > 0 {
			out = append(out, "{+"+strings.Join(come, " ")+"+}")
		}
		if k[0] < len(a) {
			out = append(out, a[k[0]])
		}
		i, j = k[0]+1, k[1]+1
	}
	return strings.Join(out, " ")
}

// common is a longest common subsequence, as pairs of places.
func common(a, b []string) (out [][2]int) {
	length := make([][]int, len(a)+1)
	for i := range length {
		length[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			out = append(out, [2]int{i, j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return out
}
