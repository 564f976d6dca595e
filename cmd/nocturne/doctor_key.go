package main

import "github.com/nocturne/nocturne/cache/access"

// keyCheck says what opens the home's key; one that anybody with the files can use is
// warned of.
func (env *environment) keyCheck() check {
	r, err := env.ring()
	switch {
	case err != nil:
		return check{"key", "fail", sentence(err)}
	case r.Source() == access.Unprotected:
		return check{"key", "warn", "unprotected: nocturne unlock --set-passphrase"}
	}
	return check{"key", "ok", string(r.Source())}
}

// unprotected: whoever has this home's files can read them, and they are no demo's.
func (env *environment) unprotected() bool {
	r, err := env.ring()
	return err == nil && r.Source() == access.Unprotected && env.preset == nil
}
