package access

import (
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/nocturne/nocturne/cache/seal"
)

// What a passphrase costs to try. The least is the second recommended option of RFC 9106
// 4: 64 MiB, three passes, four lanes; where that takes less than tryTime on this machine's
// cores a home is made with more passes. The most keeps a file that was tampered with from
// asking for more than a machine has: 1 GiB, and 16 GiB of memory passed over in all
// (about half a minute of one core).
const (
	leastMemory = 64 << 10 // KiB
	mostMemory  = 1 << 20
	leastPasses = 3
	mostPasses  = 256
	mostWork    = 16 << 20 // KiB · passes
	lanes       = 4
	saltSize    = 16 // bytes
)

// tryTime is how long one try shall last on this machine with nothing else to do; half as
// much again as a wrong passphrase has to. 0, in tests: as little as is allowed.
var tryTime = 300 * time.Millisecond

// cost are the parameters of Argon2id (RFC 9106 3.1), kept beside what it protects.
type cost struct {
	Memory uint32 `json:"memory_kib"`
	Passes uint32 `json:"passes"`
	Lanes  uint8  `json:"lanes"`
	Salt   []byte `json:"salt"`
}

// newCost is what a try costs on this machine from now on, with a new salt. It takes
// about as long as one try.
func newCost() (cost, error) {
	c := cost{Memory: leastMemory, Passes: leastPasses, Lanes: lanes, Salt: make([]byte, saltSize)}
	if _, err := rand.Read(c.Salt); err != nil {
		return c, fmt.Errorf("make a salt: %w", err)
	}
	if tryTime == 0 {
		return c, nil
	}
	best := time.Hour // the quickest of four: new memory, and neighbours, make a pass look dearer than it is
	for range 4 {
		before := processorTime()
		argon2.IDKey([]byte("calibration"), c.Salt, 1, c.Memory, lanes, 32)
		best = min(best, max(processorTime()-before, time.Millisecond))
	}
	beside := time.Duration(min(lanes, runtime.GOMAXPROCS(0))) // lanes that run at once
	c.Passes = uint32(min(max(leastPasses, 2+int64(tryTime*beside/best)), mostPasses))
	return c, nil
}

// check refuses parameters that are weaker than the least or cost more than the most.
func (c cost) check() error {
	switch {
	case c.Memory < leastMemory, c.Passes < leastPasses, c.Lanes == 0, len(c.Salt) < saltSize:
		return errors.New("the key ring is damaged: a passphrase would be tried too cheaply")
	case c.Memory > mostMemory, c.Passes > mostPasses, uint64(c.Memory)*uint64(c.Passes) > mostWork, c.Lanes > lanes, len(c.Salt) > 4*saltSize:
		return errors.New("the key ring is damaged: a passphrase would cost more than this machine has")
	}
	return nil
}

// key is what a passphrase is with these parameters, which were checked.
func (c cost) key(passphrase string) seal.Key {
	b := argon2.IDKey([]byte(passphrase), c.Salt, c.Passes, c.Memory, c.Lanes, uint32(len(seal.Key{})))
	defer clear(b)
	return seal.Key(b)
}
