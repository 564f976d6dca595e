package access

import (
	"runtime"

	"github.com/nocturne/nocturne/cache/seal"
)

// vault is where a ring's keys lie while it is open: memory of their own, which the
// system is asked not to write to its swap space. Best effort: what is computed with a key
// leaves traces elsewhere, and not every system or limit (RLIMIT_MEMLOCK) allows it.
type vault struct{ mem []byte }

// A vault's places.
const (
	placeHome = iota
	placeNames
	placeReader // and after it the reader's keys, the one in use first
	places      = placeReader + mostReaders
)

const keySize = len(seal.Key{})

func newVault() *vault {
	v := &vault{mem: lockedMemory(places * keySize)}
	runtime.AddCleanup(v, giveBack, v.mem)
	return v
}

// key is one place. It is good as long as the vault is.
func (v *vault) key(place int) *seal.Key { return (*seal.Key)(v.mem[place*keySize:][:keySize]) }

// zero forgets all keys.
func (v *vault) zero() { clear(v.mem[:places*keySize]) }

// giveBack ends a vault that nobody knows any more.
func giveBack(mem []byte) {
	clear(mem)
	freeMemory(mem)
}
