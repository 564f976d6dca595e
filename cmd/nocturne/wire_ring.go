package main

import (
	"context"
	"fmt"
	"os"
	"sync"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/audit"
	"golang.org/x/term"
)

// oneRing guards the rings of every environment: one may be copied.
var oneRing sync.Mutex

// ring is the home's key ring, opened when it is first asked for and until the program
// ends. A reader at a terminal may be asked for the passphrase.
func (env *environment) ring() (*access.Ring, error) { return env.ringBy(env.ringOptions()) }

func (env *environment) ringBy(o access.Options) (*access.Ring, error) {
	oneRing.Lock()
	defer oneRing.Unlock()
	if env.keys != nil {
		return env.keys, nil
	}
	r, err := access.Open(env.Home, o)
	if err != nil {
		return nil, err
	}
	env.keys = r
	return r, nil
}

// ringOptions are where this home's key may come from.
func (env *environment) ringOptions() access.Options {
	o := access.Options{Getenv: env.Getenv, Demo: env.preset != nil}
	if in, ok := env.In.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		o.Ask = func(prompt string) (string, error) { return env.askHidden(in, prompt) }
	}
	return o
}

// askingOnce are ringOptions for a command that opens the key more than once.
func (env *environment) askingOnce() access.Options {
	o := env.ringOptions()
	if ask := o.Ask; ask != nil {
		first, last := "", ""
		o.Ask = func(prompt string) (p string, err error) {
			if prompt == first && last != "" {
				return last, nil
			}
			if first == "" {
				first = prompt
			}
			last, err = ask(prompt)
			return last, err
		}
	}
	return o
}

// changed records what was done to the key; o opens it.
func (env *environment) changed(ctx context.Context, o access.Options, what string) error {
	if _, err := env.ringBy(o); err != nil {
		return err
	}
	return env.audited(ctx, audit.Configured(what))
}

// tellWrong records the wrong passphrases since the home was last open.
func (h *house) tellWrong(ctx context.Context, ring *access.Ring) error {
	return ring.TellWrong(func(n int) error { return h.audit.Record(ctx, audit.LoginFailed("passphrase", n, false)) })
}

// askHidden asks a terminal for what it does not show.
func (env *environment) askHidden(in *os.File, prompt string) (string, error) {
	fmt.Fprint(env.Err, prompt)
	b, err := term.ReadPassword(int(in.Fd()))
	fmt.Fprintln(env.Err)
	if err != nil {
		return "", fmt.Errorf("read the passphrase: %w", err)
	}
	defer clear(b)
	return string(b), nil
}

// closeRing forgets the keys.
func (env *environment) closeRing() {
	oneRing.Lock()
	defer oneRing.Unlock()
	if env.keys != nil {
		env.keys.Close()
	}
	env.keys = nil
}
