package audit

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// Started and Stopped: this program (A.5.3.1).
func Started() Event { return activity(applicationStart) }

// Stopped: see Started.
func Stopped() Event { return activity(applicationStop) }

func activity(kind Code) Event {
	return Event{ID: ApplicationActivity, Action: Execute, Type: []Code{kind},
		Active: []Participant{us(Program, false, roleApplication), us(Reader, true, roleLauncher)}}
}

// LoggedIn: the reader proved who sits here; how says by what (A.5.3.12).
func LoggedIn(how string) Event { return authentication(login, true, how) }

// LoggedOut: the reader left.
func LoggedOut() Event { return authentication(logout, true, "") }

// Locked: the screens were blanked and the keys put away. By itself: not the reader but
// the idle timer did it.
func Locked(byItself bool) Event { return authentication(logout, !byItself, "locked") }

// Unlocked: the reader came back.
func Unlocked() Event { return authentication(login, true, "unlocked") }

// LoginFailed: a passphrase or PIN was wrong, or the reader may not sign on; tries is
// how many have failed by now. Serious where no more are taken for a while.
func LoginFailed(why string, tries int, shut bool) Event {
	o := Minor
	if shut {
		o = Serious
	}
	return authentication(login, true, "").Failed(o, fmt.Sprintf("%s (%d failed)", why, tries))
}

func authentication(kind Code, person bool, how string) Event {
	return Event{ID: UserAuthentication, Action: Execute, Type: []Code{kind}, Why: how,
		Active: []Participant{us(Reader, person), us(Program, !person)}}
}

// BrokeGlass: the reader went past a rule in an emergency, and why; it ends at until.
func BrokeGlass(s Study, reason string, until time.Time) Event {
	e := security(overrideStarted, Success, "nocturne:access", fmt.Sprintf("until %s: %s", until.UTC().Format(time.RFC3339), reason))
	e.Objects = append(e.Objects, objects(0, s)...)
	return e
}

// BreakGlassEnded: what BrokeGlass began is over.
func BreakGlassEnded(s Study, how string) Event {
	e := security(overrideStopped, Success, "nocturne:access", how)
	e.Objects = append(e.Objects, objects(0, s)...)
	return e
}

// Restricted: something was asked for that the reader's role or the site's policy does
// not allow, and was refused.
func Restricted(what, why string, about ...Study) Event {
	e := security(useRestricted, Serious, "nocturne:access", what+": "+why)
	e.Objects = append(e.Objects, objects(0, about...)...)
	return e
}

// ClockStepped: the machine's clock was moved by this much against a clock that only
// runs forward.
func ClockStepped(by time.Duration) Event {
	return security(softwareConfigured, Minor, "nocturne:clock", "the clock was moved by "+by.Round(time.Millisecond).String())
}

// ChainBroken: the log does not verify; what is the finding.
func ChainBroken(what string) Event { return security(objectSecurity, Major, LogURI, what) }

// Recovered: a write to the log that a crash had cut short was taken away; nobody had
// been promised it.
func Recovered(what string) Event { return security(recordingStarted, Success, LogURI, what) }

// Unaudited: an event could not be recorded, and what it was of did not happen.
func Unaudited(what string) Event { return security(recordingStopped, Serious, LogURI, what) }

// Configured: keys, passphrase, policy or roles were changed; what says which.
func Configured(what string) Event {
	return security(securityConfigured, Success, "nocturne:configuration", what)
}

// TLSFailed: a peer could not prove who it is, or would not have us.
func TLSFailed(at Node, why string) Event {
	e := security(nodeAuthentication, Serious, at.Address, why)
	e.Objects[0].IDType, e.Objects[0].Name = NodeID, at.Name
	return e
}

// ViewedAudit: the log was read; how says by what (A.5.3.2).
func ViewedAudit(how string) Event {
	return Event{ID: AuditLogUsed, Action: Read, Active: both(), Why: how,
		Objects: []Object{{Type: 2, Role: 13, IDType: ObjectURI, ID: LogURI, Name: "Security Audit Log"}}}
}

// LogURI is how the log is named in events about itself.
const LogURI = "nocturne:audit"

func security(kind Code, o Outcome, subject, what string) Event {
	return Event{ID: SecurityAlert, Action: Execute, Outcome: o, Type: []Code{kind},
		Active: both(), Objects: []Object{alert(subject, what)}}
}

func alert(subject, what string) Object {
	return Object{Type: 2, Role: 13, IDType: ObjectURI, ID: subject, Detail: []Detail{{"Alert Description", what}}}
}

// addressType is NetworkAccessPointTypeCode.
func addressType(s string) int {
	switch _, err := netip.ParseAddr(s); {
	case s == "":
		return 0
	case err == nil:
		return 2
	case strings.Contains(s, "://"):
		return 5
	}
	return 1
}
