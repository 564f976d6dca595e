package reading

import (
	"context"
	"encoding/json"
	"fmt"

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

// WithPIN carries what the reader typed to what signs (Sign, WetRead).
func WithPIN(ctx context.Context, pin string) context.Context {
	return context.WithValue(ctx, pinKey{}, pin)
}

// AsksPIN reports whether the policy has the reader give the PIN to sign.
func (r *Room) AsksPIN() bool { return r.CheckPIN != nil }

// authenticate checks the PIN that came with ctx where the policy asks for one, and keeps
// the answer whatever it is: nothing is signed that is not on record.
func (r *Room) authenticate(ctx context.Context, study string) error {
	if r.CheckPIN == nil {
		return nil
	}
	pin, _ := ctx.Value(pinKey{}).(string)
	at := r.Now()
	refused := r.CheckPIN(pin, at)
	said := authentication{By: r.Reader.Name, ID: r.Reader.ID, Accepted: refused == nil}
	if refused != nil {
		said.Why = refused.Error()
	}
	body, err := json.Marshal(said)
	if err == nil {
		err = r.Ledger.PutRecord(context.WithoutCancel(ctx), ledger.Record{ID: AuthenticationKind + " " + string(dicom.NewUID()), Kind: AuthenticationKind,
			StudyUID: study, At: at, Closed: at, Body: body})
	}
	switch {
	case refused != nil:
		return refused
	case err != nil:
		return fmt.Errorf("keep who signs: %w", err)
	}
	return nil
}
