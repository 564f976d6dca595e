package ledger

import "github.com/nocturne/nocturne/cache/seal"

// testKey is the key of these tests' homes: one for the children that they start, too.
var testKey = func() (k seal.Key) {
	copy(k[:], "a key of tests, and of nobody's.")
	return k
}()
