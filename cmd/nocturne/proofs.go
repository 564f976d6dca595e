package main

import (
	"context"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/ui/app"
)

// proofs are how a reader shows at a signature who signs.
func proofs(ring *access.Ring) map[string]func(string, time.Time) error {
	return map[string]func(string, time.Time) error{policy.PIN: ring.CheckPIN, policy.Passphrase: ring.CheckPassphrase}
}

// proof is what opens a locked desk of this home: its PIN, else its passphrase, else the
// key alone. A demo is nobody's.
func (env *environment) proof() app.Proof {
	ring, err := env.ring()
	switch {
	case err != nil:
		return app.Proof{Name: "PIN", Check: func(string) error { return fmt.Errorf("open the desk: %w", err) }}
	case env.preset != nil:
		return app.Proof{}
	case ring.HasPIN():
		return app.Proof{Name: "PIN", Check: func(s string) error { return ring.CheckPIN(s, time.Now()) }}
	case ring.HasPassphrase():
		return app.Proof{Name: "passphrase", Check: func(s string) error { return ring.CheckPassphrase(s, time.Now()) }}
	}
	return app.Proof{}
}

// everyRequest is how often a request to lock is looked for.
const everyRequest = 500 * time.Millisecond

// lockRequests tells of each request to lock the programs of the home (nocturne lock) that
// comes after now, until ctx ends.
func (env *environment) lockRequests(ctx context.Context) <-chan struct{} {
	last, out := access.LockRequest(env.Home), make(chan struct{})
	go func() {
		tick := time.NewTicker(everyRequest)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if now := access.LockRequest(env.Home); now != last {
				last = now
				select {
				case out <- struct{}{}:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out
}

// keepDesk notes whether the desk is locked, so that ending the program opens none. The
// notes are written in their order by one goroutine, until ctx ends.
func (h *house) keepDesk(ctx context.Context, env *environment) func(locked bool) {
	notes := make(chan bool, 16)
	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case locked := <-notes:
				if err := access.KeepDesk(env.Home, locked); err != nil {
					h.fail(err)
				}
			}
		}
	}()
	return func(locked bool) {
		select {
		case notes <- locked:
		case <-ctx.Done():
		}
	}
}

// beginsLocked reports whether the desk was locked when it was left, and something opens it.
func (env *environment) beginsLocked() bool {
	return access.DeskLocked(env.Home) && env.proof().Name != ""
}
