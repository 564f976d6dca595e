package disktest

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"syscall"
)

// Kind is how a disk goes wrong.
type Kind int

const (
	// Fails: one operation gives an error, reading too.
	Fails Kind = iota
	// Breaks: from one operation on all give an error.
	Breaks
	// Short: one write stops in its middle.
	Short
	// Full: from one operation on there is no room left.
	Full
	// Stumbles: one operation gives an error, and soon after, while the program tries
	// again or goes on, the power goes with all that is not durable.
	Stumbles
	// Killed: the program ends before an operation; all it did before stands.
	Killed
	// Loses: the power goes before an operation, and all that is not durable with it.
	Loses
	// Tears: the power goes in the middle of an operation; of the last write half is kept.
	Tears
	// Scatters: the power goes, and any part of what is not durable is kept, page by
	// page, in any order.
	Scatters
)

// Kinds are all of them.
var Kinds = []Kind{Fails, Breaks, Short, Full, Stumbles, Killed, Loses, Tears, Scatters}

// String names the kind in a failing test.
func (k Kind) String() string {
	return [...]string{"fails", "breaks", "short", "full", "stumbles", "killed", "loses", "tears", "scatters"}[k]
}

func (k Kind) crashes() bool { return k >= Stumbles }

// class says what an operation does; an operation may be of several.
type class int

const (
	looks   class = 1 << iota
	changes       // of bytes or names, and what makes them durable
	grows         // needs room
	writes        // of bytes

	classes = 16
)

// hits is the class of operation that a kind can strike. A crash before an operation
// that changes nothing is the one before the next that does.
func (k Kind) hits() class {
	switch k {
	case Fails, Breaks, Stumbles:
		return looks | changes
	case Short:
		return writes
	case Full:
		return grows
	}
	return changes
}

// errIO is what a broken disk says.
var errIO = fmt.Errorf("the disk failed: %w", syscall.EIO)

var errFull = fmt.Errorf("the disk is full: %w", syscall.ENOSPC)

// fault is what will go wrong, at the at-th operation from now (1 is the next; 0: nothing).
type fault struct {
	kind   Kind
	at     int
	struck bool
	left   int // Stumbles: changes until the power goes
}

// strike counts an operation that writes n bytes, and says how many of them are written
// and what the operation returns. Callers hold mu.
func (d *Disk) strike(what class, n int) (part int, err error) {
	for c := range d.seen {
		if class(c)&what != 0 {
			d.seen[c]++
		}
	}
	f := &d.fault
	now := false
	if !f.struck && f.at > 0 && f.kind.hits()&what != 0 {
		f.at--
		f.struck = f.at == 0
		now = f.struck
	}
	if f.kind == Stumbles && f.struck && !now && what&changes != 0 {
		f.left--
	}
	switch {
	case !f.struck:
		return n, nil
	case now && f.kind == Stumbles:
		return 0, errIO
	case f.kind == Stumbles && f.left > 0:
		return n, nil
	case f.kind.crashes():
		if now && f.kind == Tears {
			return n / 2, errDown
		}
		return 0, errDown
	case f.kind == Full && what&grows != 0:
		return n / 2, errFull
	case now && f.kind == Short:
		return n / 2, io.ErrShortWrite
	case now && f.kind == Fails, f.kind == Breaks:
		return 0, errIO
	}
	return n, nil
}

// total is how many operations there were that a kind can strike.
func (d *Disk) total(k Kind) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.seen[k.hits()]
}

// arm lets the n-th operation from now on go wrong.
func (d *Disk) arm(k Kind, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = fault{kind: k, at: n, left: 1 + n*n%7}
}

// IsFault reports whether an error is one that a Disk made, as far as it was wrapped.
func IsFault(err error) bool {
	return errors.Is(err, errIO) || errors.Is(err, errFull) || errors.Is(err, errDown) || errors.Is(err, io.ErrShortWrite)
}

// IsFull reports whether a Disk had no room.
func IsFull(err error) bool { return errors.Is(err, errFull) }

const page = 4096

// fate says what becomes of every change when the power goes. The kinds that are no
// crash keep all: the program ended by itself, or was ended.
func (k Kind) fate(log []*change, rnd *rand.Rand) func(int, *change) []*change {
	switch k {
	case Loses, Stumbles:
		return func(_ int, c *change) []*change { return c.only(c.durable) }
	case Tears:
		last := lastWrite(log)
		return func(i int, c *change) []*change {
			if i == last {
				return c.torn(rnd)
			}
			return c.only(true)
		}
	case Scatters:
		return func(_ int, c *change) []*change {
			if c.durable {
				return c.only(true)
			}
			return c.scattered(rnd)
		}
	}
	return func(_ int, c *change) []*change { return c.only(true) }
}

// lastWrite is the place of the last write that is not durable; -1 for none.
func lastWrite(log []*change) int {
	for i := len(log) - 1; i >= 0; i-- {
		if len(log[i].b) > 0 && !log[i].durable {
			return i
		}
	}
	return -1
}

func (c *change) only(kept bool) []*change {
	if kept {
		return []*change{c}
	}
	return nil
}

// torn keeps the first half. The file is as long as that, or has its new length already
// and zeros where the rest should be.
func (c *change) torn(rnd *rand.Rand) []*change {
	half := &change{file: c.file, off: c.off, b: c.b[:len(c.b)/2]}
	if rnd.IntN(2) == 0 {
		return half.only(true)
	}
	return []*change{{file: c.file, off: c.off, b: make([]byte, len(c.b))}, half}
}

// scattered keeps any pages of a write, any other change whole or not.
func (c *change) scattered(rnd *rand.Rand) []*change {
	if len(c.b) == 0 {
		return c.only(rnd.IntN(2) == 0)
	}
	var kept []*change
	for off := c.off; off < c.off+int64(len(c.b)); {
		end := min(off/page*page+page, c.off+int64(len(c.b)))
		if rnd.IntN(2) == 0 {
			kept = append(kept, &change{file: c.file, off: off, b: c.b[off-c.off : end-c.off]})
		}
		off = end
	}
	return kept
}
