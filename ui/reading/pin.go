package reading

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
)

// AuthenticationKind is of the records that say who gave the PIN to sign, and when it was
// refused. They outlive a recall.
const AuthenticationKind = "authentication"

type authentication struct {
	By       string `json:"by"` // PN
	ID       string `json:"id,omitempty"`
	Accepted bool   `json:"accepted"`
	Why      string `json:"why,omitempty"`
}

type pinKey struct{}

// WithPIN carries what the reader typed, the PIN or the passphrase, to what signs (Sign, WetRead).
func WithPIN(ctx context.Context, pin string) context.Context {
	return context.WithValue(ctx, pinKey{}, pin)
}

// Asks is what the reader gives at a signature at the site: policy.PIN,
// policy.Passphrase, or "" for nothing. It reads no file.
func (r *Room) Asks(site string) string { return r.asksBy(r.policyKnown(site)) }

// asksBy is the stricter of the site's policy and the configuration.
func (r *Room) asksBy(s policy.Site) string {
	switch {
	case s.SignAgain == policy.Passphrase:
		return policy.Passphrase
	case s.SignAgain == policy.PIN || r.CheckPIN != nil:
		return policy.PIN
	}
	return ""
}

// check is how what is asked for is compared; nil: nothing is asked for.
func (r *Room) check(site string) func(string, time.Time) error {
	what := r.asksBy(r.PolicyOf(site))
	switch {
	case what == "":
		return nil
	case what == policy.PIN && r.CheckPIN != nil:
		return r.CheckPIN
	case r.Prove[what] != nil:
		return r.Prove[what]
	}
	return func(string, time.Time) error {
		return fmt.Errorf("%s asks for the %s to sign, which cannot be checked here", site, what)
	}
}

// authenticate checks what came with ctx where the site's policy or the configuration asks
// for it, and keeps the answer whatever it is: nothing is signed that is not on record.
func (r *Room) authenticate(ctx context.Context, site, study string) error {
	check := r.check(site)
	if check == nil {
		return nil
	}
	pin, _ := ctx.Value(pinKey{}).(string)
	at := r.Now()
	refused := check(pin, at)
	said := authentication{By: r.Reader.Name, ID: r.Reader.ID, Accepted: refused == nil}
	if refused != nil {
		said.Why = refused.Error()
	}
	body, err := json.Marshal(said)
	if err == nil {
		err = r.Ledger.PutRecord(context.WithoutCancel(ctx), ledger.Record{ID: AuthenticationKind + " " + string(dicom.NewUID()), Kind: AuthenticationKind,
			StudyUID: study, At: at, Closed: at, Body: body})
	}
	e := audit.LoggedIn("to sign")
	if refused != nil {
		e = audit.LoginFailed("to sign: "+refused.Error(), 1, false)
	}
	err = errors.Join(err, r.Record(ctx, e))
	switch {
	case refused != nil:
		return refused
	case err != nil:
		return fmt.Errorf("keep who signs: %w", err)
	}
	return nil
}
