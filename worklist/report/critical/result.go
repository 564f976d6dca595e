package critical

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

// Result is one critical result with all that is needed to tell it from any page:
// whose it is, who is to be called, how far it is.
type Result struct {
	report.Communication
	StudyUID  string    `json:"study_instance_uid"`
	Accession string    `json:"accession_number"`
	Site      string    `json:"site"`
	Exam      string    `json:"exam"`
	Patient   string    `json:"patient"` // PN form
	Ladder    []Contact `json:"ladder,omitempty"`
	Rung      int       `json:"rung"` // of the ladder: whom the reader chose to call
	Chosen    time.Time `json:"chosen,omitzero"`
}

// State is how far the loop of a result is.
type State string

// The states, in the order of the loop.
const (
	Found        State = "found"
	Calling      State = "calling"   // a contact was chosen
	Attempted    State = "attempted" // tried, and nobody told
	Told         State = "told"      // not read back
	ReadBack     State = "read back"
	Acknowledged State = "acknowledged" // and not yet in the report
	Closed       State = "closed"
)

// State is where the result stands.
func (r Result) State() State {
	tried := len(r.Attempts) > 0
	switch {
	case !r.Closed.IsZero():
		return Closed
	case !r.Acknowledged.IsZero():
		return Acknowledged
	case !r.Told.IsZero() && r.ReadBack:
		return ReadBack
	case !r.Told.IsZero():
		return Told
	case tried && !r.Chosen.After(r.Attempts[len(r.Attempts)-1].At):
		return Attempted
	case !r.Chosen.IsZero():
		return Calling
	}
	return Found
}

// step is something that happens to a result.
type step string

const (
	choose      step = "choose a contact"
	attempt     step = "try to reach somebody"
	confirm     step = "say whether it was read back"
	acknowledge step = "acknowledge"
	finish      step = "close"
)

// allowed says which steps can be taken where; all others are a StepError.
var allowed = map[State][]step{
	Found:        {choose, attempt, finish},
	Calling:      {choose, attempt, finish},
	Attempted:    {choose, attempt, acknowledge, finish},
	Told:         {choose, attempt, confirm, acknowledge, finish},
	ReadBack:     {choose, attempt, confirm, acknowledge, finish},
	Acknowledged: {confirm, finish},
	Closed:       {},
}

// StepError is a step that cannot be taken where the result stands.
type StepError struct {
	Step string
	At   State
	Why  string // "" : the state alone forbids it
}

// Error implements error; it holds nothing of the patient.
func (e *StepError) Error() string {
	s := fmt.Sprintf("a critical result that is %s: cannot %s", e.At, e.Step)
	if e.Why != "" {
		s += ", " + e.Why
	}
	return s
}

func (r Result) may(s step) error {
	if !slices.Contains(allowed[r.State()], s) {
		return &StepError{Step: string(s), At: r.State()}
	}
	return nil
}

// New is a result found now: what of it, how soon it must be told, by whom (PN).
func New(id, finding string, c Category, within Deadlines, by string, now time.Time) Result {
	now = now.UTC()
	return Result{Communication: report.Communication{ID: id, Finding: one(finding), Category: int(c), Identified: now, Due: now.Add(within.Of(c)), By: by}}
}

// Grade changes what was found and how soon it must be told, counted from when it was
// identified.
func (r *Result) Grade(finding string, c Category, within Deadlines) {
	r.Finding, r.Category, r.Due = one(finding), int(c), r.Identified.Add(within.Of(c))
}

// Choose takes the contact of that rung to be called now.
func (r *Result) Choose(rung int, now time.Time) error {
	if err := r.may(choose); err != nil {
		return err
	}
	if rung < 0 || rung >= len(r.Ladder) {
		return &StepError{Step: string(choose), At: r.State(), Why: "there is no such contact"}
	}
	r.Rung, r.Chosen = rung, now.UTC()
	return nil
}

// What came of an attempt.
const (
	Reached     = "reached"
	NoAnswer    = "no answer"
	LeftMessage = "left message"
	MessageSent = "message sent"
)

// Outcomes are the results of an attempt.
func Outcomes() []string { return []string{Reached, NoAnswer, LeftMessage, MessageSent} }

// Methods are the ways to tell.
func Methods() []string { return []string{"phone", "in person", "secure message"} }

// Try records an attempt. One that reached somebody is the telling: To, Role, Method
// and Told are of it, and whether it was read back is open again.
func (r *Result) Try(a report.Attempt) error {
	if err := r.may(attempt); err != nil {
		return err
	}
	switch {
	case !slices.Contains(Outcomes(), a.Result):
		return &StepError{Step: string(attempt), At: r.State(), Why: "its result is one of " + strings.Join(Outcomes(), ", ")}
	case one(a.To) == "" && one(a.Role) == "":
		return &StepError{Step: string(attempt), At: r.State(), Why: "who was called is not stated"}
	case a.Result == MessageSent:
		a.Method = Methods()[2]
	case a.Method == "":
		a.Method = Methods()[0]
	}
	a.At, a.To, a.Role, a.Phone = a.At.UTC(), one(a.To), one(a.Role), one(a.Phone)
	r.Attempts = append(r.Attempts, a)
	if a.Result == Reached {
		r.To, r.Role, r.Method, r.Told, r.ReadBack = a.To, a.Role, a.Method, a.At, false
	}
	return nil
}

// Confirm notes whether the one who was told read the result back.
func (r *Result) Confirm(readBack bool) error {
	if err := r.may(confirm); err != nil {
		return err
	}
	r.ReadBack = readBack
	return nil
}

// Acknowledge notes that the one who was told takes the result on. Of categories 2 and
// 3 the receipt of a message is both, telling and acknowledgement.
func (r *Result) Acknowledge(now time.Time) error {
	if err := r.may(acknowledge); err != nil {
		return err
	}
	if r.Told.IsZero() {
		last := r.Attempts[len(r.Attempts)-1]
		if last.Result != MessageSent || Category(r.Category) == Minutes {
			return &StepError{Step: string(acknowledge), At: r.State(), Why: "nobody was told: category 1 takes a conversation, 2 and 3 the receipt of a message"}
		}
		r.To, r.Role, r.Method, r.Told = last.To, last.Role, last.Method, last.At
	}
	r.Acknowledged = now.UTC()
	return nil
}

// Close ends the loop. One that nobody acknowledged needs a reason; one that was
// acknowledged is closed when the report says it.
func (r *Result) Close(reason string, now time.Time) error {
	if err := r.may(finish); err != nil {
		return err
	}
	reason = one(reason)
	if r.Acknowledged.IsZero() {
		if reason == "" {
			return &StepError{Step: string(finish), At: r.State(), Why: "it was not acknowledged: a reason is needed"}
		}
		r.Outcome = reason
	}
	r.Closed = now.UTC()
	return nil
}

func one(s string) string { return strings.Join(strings.Fields(report.Foreign(s)), " ") }
