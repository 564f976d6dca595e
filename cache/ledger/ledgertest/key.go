// Package ledgertest gives tests a key for their homes.
package ledgertest

import "github.com/nocturne/nocturne/cache/seal"

// Key is every test's, so that the children that one starts have it too. It is nobody's
// secret.
var Key = func() (k seal.Key) {
	copy(k[:], "a key of tests, and of nobody's.")
	return k
}()
