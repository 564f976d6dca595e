package token_test

import (
	"testing"

	"github.com/nocturne/nocturne/cache/access"
)

// rest is where a home keeps the login at NORTH.
func rest(t testing.TB, home string) access.Secret {
	t.Helper()
	ring, err := access.Open(home, access.Options{Getenv: func(string) string { return "" }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ring.Close)
	return ring.Secret("NORTH")
}
