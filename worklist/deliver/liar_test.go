package deliver

import (
	"encoding/binary"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// liars is a world of servers that answer what is not so. Which lie an object meets
// depends on the seed, its control id and how often it was asked, never on time: a
// round can be repeated. From the patience-th time on they are honest.
type liars struct {
	seed  uint64
	reach func(after bool) // told of each request, before and after its effect; may be nil

	mu       sync.Mutex
	honest   bool
	asked    map[string]int      // operation and control id: how often
	told     map[string]int      // lie: how often
	forGood  map[string]string   // control id: why it can never be verified
	arrived  map[string][]string // control id: digests of what came in
	violated []string            // what must never be, was
}

const patience = 4

func newLiars(seed uint64) *liars {
	return &liars{seed: seed, asked: map[string]int{}, told: map[string]int{}, forGood: map[string]string{}, arrived: map[string][]string{}}
}

// dice is a number in 0…99 of the seed and the words.
func (w *liars) dice(words ...string) int {
	h := fnv.New64a()
	var s [8]byte
	binary.LittleEndian.PutUint64(s[:], w.seed)
	h.Write(s[:])
	h.Write([]byte(strings.Join(words, "\x00")))
	n := h.Sum64() // FNV alone leaves its low bits alike
	n ^= n >> 33
	n *= 0xff51afd7ed558ccd
	n ^= n >> 33
	return int(n % 100)
}

// share is one lie and how many of a hundred requests meet it.
type share struct {
	lie string
	of  int
}

// lie says how the request is answered: one of the shares, or "" for the truth.
func (w *liars) lie(op, control string, shares []share) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[op+control]++
	n := w.asked[op+control]
	if w.honest || n >= patience {
		return ""
	}
	at := w.dice(op, control, strconv.Itoa(n))
	for _, s := range shares {
		if at -= s.of; at < 0 {
			w.told[op+": "+s.lie]++
			return s.lie
		}
	}
	return ""
}

// once is a lie that is told about an object for good, or never.
func (w *liars) once(op, control, lie string, of int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.dice(op, lie, control) >= of || w.honest && w.forGood[control] == "" {
		return false
	}
	if w.forGood[control] == "" {
		w.told[op+": "+lie]++
		w.forGood[control] = lie
	}
	return true
}

func (w *liars) took(control, digest string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.arrived[control] = append(w.arrived[control], digest)
}

func (w *liars) violate(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.violated = append(w.violated, what)
}

func (w *liars) event(after bool) {
	w.mu.Lock()
	f := w.reach
	w.mu.Unlock()
	if f != nil {
		f(after)
	}
}

// resent counts what arrived more often than once, and checks that it was the same.
func (w *liars) resent(t *testing.T) (n int) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for control, digests := range w.arrived {
		n += len(digests) - 1
		if len(slices.Compact(slices.Clone(digests))) != 1 {
			t.Errorf("%s was sent with different bytes", control)
		}
	}
	return n
}

func (w *liars) tally() (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, lie := range slices.Sorted(maps.Keys(w.told)) {
		out = append(out, lie+" "+strconv.Itoa(w.told[lie]))
	}
	return out
}

func (w *liars) beHonest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.honest = true
}
