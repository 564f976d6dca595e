package notice

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/pdf"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/route"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/ups"
)

// again and later are keys that most notices end in.
const (
	again = "R in the list tries again"
	later = "it is tried again by itself"
)

// rules are tried in order, link after them; the first that knows the error
// explains it. The reader's own work comes before the troubles of the link that
// may have caused it.
var rules = []func(error) (Notice, bool){
	is(ledger.ErrStale, Notice{Sentence: "This report was changed by another program; what is typed here is kept apart.", Key: "F5, then open the case again and F3 puts it in", Severe: true}),
	is(ledger.ErrSigned, Notice{Sentence: "This report is signed already.", Key: "F12 takes it back while it is not sent"}),
	is(ledger.ErrTooLate, Notice{Sentence: "It is too late to take this report back.", Reason: "the recall time is over", Key: "only an addendum can follow"}),
	is(ledger.ErrLeased, Notice{Sentence: "This report is being sent right now.", Key: "only an addendum can follow"}),
	as(calm),
	as(newerHome),
	as(damagedLedger),
	is(ledger.ErrInUse, Notice{Sentence: "An older nocturne works in this home.", Key: "end it first, then start again", Severe: true}),
	as(blocked),
	as(held),
	as(lost),
	as(ended),
	as(notReady),
	is(ups.ErrNotHeld, Notice{Sentence: "You do not hold this case.", Key: "Enter in the list claims it"}),
	as(asking),
	as(parked),
	as(incomplete),
	as(fell),
	is(fetch.ErrNoInstances, Notice{Sentence: "The archive names no images of this study.", Key: again}),
	as(noProgram),
	is(pdf.ErrUnreadable, Notice{Sentence: "This PDF cannot be read.", Reason: "it is damaged or needs a password"}),
	is(pdf.ErrTooLong, Notice{Sentence: "This PDF cannot be shown here.", Reason: "it takes too long or holds too much"}),
	is(fetch.ErrOther, Notice{Sentence: "The archive sent other images than were asked for; they were not kept.", Key: again}),
}

// link is what goes wrong below the reader's work: network, server, disk.
var link = slices.Concat(association, []func(error) (Notice, bool){
	as(needed),
	loginRefused,
	tlsTrouble,
	as(portal),
	is(pacs.ErrTruncated, Notice{Sentence: "The archive's answer was cut off.", Reason: "the line is bad", Key: again}),
	is(pacs.ErrStalled, Notice{Sentence: "The archive stopped sending.", Reason: "the line or the server is too slow", Key: again}),
	is(pacs.ErrTooLarge, Notice{Sentence: "The archive's answer is larger than allowed and was not kept.", Key: again}),
	is(pacs.ErrPartial, Notice{Sentence: "The archive gave only part of the list.", Key: again}),
	is(pacs.ErrNoWorkitems, Notice{Sentence: "This archive keeps no worklist: cases cannot be claimed there."}),
	timedOut,
	as(refused),
	unreachable,
	is(syscall.ENOSPC, Notice{Sentence: "The disk is full: nothing more is saved.", Key: "make room at once", Severe: true}),
	is(os.ErrPermission, Notice{Sentence: "The state directory cannot be written.", Reason: "permission denied", Severe: true}),
})

// is explains one error value.
func is(target error, n Notice) func(error) (Notice, bool) {
	return func(err error) (Notice, bool) { return n, errors.Is(err, target) }
}

// as explains a type of error.
func as[E error](explain func(E) Notice) func(error) (Notice, bool) {
	return func(err error) (Notice, bool) {
		var e E
		if !errors.As(err, &e) {
			return Notice{}, false
		}
		return explain(e), true
	}
}

// Calm is a sentence that is told where errors are, and is none: what was mended.
type Calm string

// Error implements error.
func (c Calm) Error() string { return string(c) }

func calm(c Calm) Notice { return Notice{Sentence: string(c)} }

func newerHome(e *ledger.VersionError) Notice {
	return Notice{Sentence: capital(e.Error()) + ".", Severe: true}
}

// damagedLedger: the rest of what it says is what to do.
func damagedLedger(e *ledger.DamageError) Notice {
	sentence := "The " + e.What + " of this home cannot be read: it is damaged, or belongs to another home. Nothing was changed."
	if e.Gone {
		sentence = "The " + e.What + " of this home is gone. Nothing was changed."
	}
	return Notice{Sentence: sentence, Key: "put it back from a backup; to begin anew, move the home away", Severe: true}
}

func blocked(e *report.BlockedError) Notice {
	return Notice{Sentence: capital(e.Error()) + ".", Key: "F12 shows what stands against it"}
}

func held(e *ups.HeldError) Notice {
	n := Notice{Sentence: "Another reader holds this case.", Key: "v looks without claiming"}
	if e.Performer != "" {
		n.Reason = dicom.Clean(dicom.ParsePN(e.Performer).Display())
	}
	if !e.Since.IsZero() {
		n.Reason = strings.TrimSpace(n.Reason + " since " + e.Since.Local().Format("15:04 MST"))
	}
	return n
}

func asking(e *ups.AskingError) Notice {
	n := Notice{Sentence: "The worklist has not answered the claim: the case may be yours.", Key: later}
	if why, ok := pacs.Unreachable(e.Err); ok {
		n.Reason = why
	}
	return n
}

func lost(e *ups.LostError) Notice {
	n := Notice{Sentence: "Your claim on this case is lost.", Reason: "the worklist has no such task", Key: "what you typed is kept; v looks", Severe: true}
	if e.State != "" {
		n.Reason = "the task is " + string(e.State)
	}
	return n
}

func ended(e *ups.EndedError) Notice {
	n := Notice{Sentence: "This task is over.", Reason: "the worklist has no such task any more", Key: "R refreshes the list"}
	if e.State != "" {
		n.Reason = "it is " + string(e.State)
	}
	return n
}

func notReady(*ups.NotReadyError) Notice {
	return Notice{Sentence: "The images of this case are not available yet.", Key: again}
}

func parked(e *deliver.ParkError) Notice {
	return Notice{Sentence: "The report was not taken and is not sent again by itself.", Reason: e.Reason, Key: "call the site; the report is kept", Severe: true}
}

func incomplete(e *fetch.IncompleteError) Notice {
	n := Notice{Sentence: fmt.Sprintf("%d of %d images are missing.", e.Missing, e.Expected), Key: "F5 and Enter fetch them again"}
	if e.Missing == 0 {
		n.Sentence = fmt.Sprintf("%d images are here and more may exist.", e.Expected)
	}
	if errors.Is(e.Err, syscall.ENOSPC) {
		n.Key, n.Severe = "make room on this disk: they come by themselves then", true
	}
	n.Reason = strings.Trim(fetch.Where(e.Gaps)+"; "+cause(e.Err), "; ")
	return n
}

func fell(e *route.FellError) Notice {
	return Notice{Sentence: fmt.Sprintf("Images come by %s now: %s failed.", e.To, e.From), Reason: cause(e.Err)}
}

// cause is a sentence about what lies under an error, for brackets.
func cause(err error) string {
	for _, rule := range link {
		if n, ok := rule(err); ok {
			return strings.ToLower(n.Sentence[:1]) + strings.TrimSuffix(n.Sentence[1:], ".")
		}
	}
	return ""
}

func noProgram(e *pdf.MissingError) Notice {
	return Notice{Sentence: e.Program + " is not installed: install the " + pdf.Packages + "."}
}

// refused never repeats the server's own text: it may hold a patient's data.
func refused(e *pacs.StatusError) Notice {
	if e.Code == ownLogin {
		return wantsBrowser(answered(e))
	}
	n := Notice{Sentence: "The archive refused.", Reason: answered(e), Key: again}
	switch e.Reason() {
	case pacs.Unauthorized:
		n.Sentence, n.Key = "The archive does not know us.", "check the site's credentials, then R"
	case pacs.NotFound:
		n.Sentence = "The archive does not have that."
	case pacs.Busy:
		n.Sentence = "The archive is busy."
	case pacs.WrongTransaction, pacs.StateConflict, pacs.AlreadyThere:
		n.Sentence, n.Key = "The worklist refused: the task is in another state.", "R refreshes the list"
	}
	return n
}

func answered(e *pacs.StatusError) string {
	const lastHTTP = 599
	if e.Code > lastHTTP { // a status of PS3.7 annex C
		return fmt.Sprintf("%s: it answered %04X", cmp.Or(e.Op, "DIMSE"), e.Code)
	}
	if e.Op == "" {
		return fmt.Sprintf("it answered %d", e.Code)
	}
	return fmt.Sprintf("%s: it answered %d", e.Op, e.Code)
}

func unreachable(err error) (Notice, bool) {
	why, ok := pacs.Unreachable(err)
	return Notice{Sentence: "The archive cannot be reached.", Reason: why, Key: again}, ok
}

func timedOut(err error) (Notice, bool) {
	var n interface{ Timeout() bool }
	if errors.Is(err, context.DeadlineExceeded) || errors.As(err, &n) && n.Timeout() {
		return Notice{Sentence: "The archive is not answering.", Reason: "timed out", Key: again}, true
	}
	return Notice{}, false
}
