package ups

import (
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// ErrNotHeld says that this home does not hold the claim it was asked to use.
var ErrNotHeld = errors.New("this case is not claimed here")

// HeldError says that somebody else holds the case.
type HeldError struct {
	Performer string    // PN form; empty when the worklist does not say
	Since     time.Time // zero when the worklist does not say
}

// Error implements error. It names no one: who shows it has Performer.
func (e *HeldError) Error() string { return "the case is claimed by another reader" }

// EndedError says that the workitem is not there to be claimed any more.
type EndedError struct{ State pacs.State } // empty: the server knows no such workitem

// Error implements error.
func (e *EndedError) Error() string {
	if e.State == "" {
		return "the worklist has no such workitem any more"
	}
	return fmt.Sprintf("the workitem is %s", e.State)
}

// NotReadyError says that there is nothing to read yet.
type NotReadyError struct{ Readiness string }

// Error implements error.
func (e *NotReadyError) Error() string {
	return "the images are not available yet (" + e.Readiness + ")"
}

// AskingError says that no answer came: the case may be ours. The claim stays
// written as asking, and Resolve finds out.
type AskingError struct{ Err error }

// Error implements error.
func (e *AskingError) Error() string {
	return "asking for the case, no answer yet: " + e.Err.Error()
}

// Unwrap gives the link's error.
func (e *AskingError) Unwrap() error { return e.Err }

// LostError says that the server does not hold our lock any more: the workitem
// went to State without us. It cannot be completed or given back from here.
type LostError struct{ State pacs.State } // empty: the server knows no such workitem

// Error implements error.
func (e *LostError) Error() string {
	if e.State == "" {
		return "the claim is lost: the worklist has no such workitem"
	}
	return fmt.Sprintf("the claim is lost: the workitem is %s", e.State)
}

// answer is what an error of a server call means for us.
type answer int

const (
	yes     answer = iota
	unknown        // no answer, or none that tells whether the request was carried out
	denied         // this server does not let us ask (401, 403)
	absent         // no such workitem
	already        // it is in the requested state
	no             // any other refusal
)

// answerOf sorts an error. A 5xx answer may come from a proxy in front of a
// server that did what it was asked, so it says nothing.
func answerOf(err error) answer {
	if err == nil {
		return yes
	}
	reason, answered := pacs.ReasonOf(err)
	var status *pacs.StatusError
	if !answered || reason == pacs.Busy || errors.As(err, &status) && status.Code >= 500 && status.Code < 600 {
		return unknown
	}
	switch reason {
	case pacs.Unauthorized:
		return denied
	case pacs.NotFound:
		return absent
	case pacs.AlreadyThere:
		return already
	}
	return no
}
