package dicom

import (
	"math"
	"sync"
)

// rawElem is an element as it was found: 16 bytes, while the smallest that
// stands in a file is 8. Its value is decoded each time it is asked for.
type rawElem struct {
	tag Tag
	n   uint32 // bytes of the value
	pos uint64 // where it begins, 40 bits, over 8 bits of vrCode and 8 of flags
}

const (
	rawExplicit = 1 << iota // the items of a sequence are explicit VR
	rawBig                  // big endian
	rawGuess                // read as a sequence only because it can be
)

const maxOffset = 1<<40 - 1

func (r *rawElem) at() int      { return int(r.pos >> 16) }
func (r *rawElem) code() vrCode { return vrCode(r.pos >> 8) }
func (r *rawElem) has(flag uint64) bool {
	return r.pos&flag != 0
}

// rawSet is a data set as it was found. Nothing in it changes but seqs, so that
// it can be read by several goroutines.
type rawSet struct {
	b      []byte // the input, or the head of it
	elems  []rawElem
	cs     *charset
	depth  int
	signed bool
	opt    *Options

	mu   sync.Mutex
	seqs map[Tag][]*Dataset // guarded by mu: sequences that were asked for
}

func (s *rawSet) find(t Tag) (int, bool) {
	lo, hi := 0, len(s.elems)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); s.elems[mid].tag < t {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(s.elems) && s.elems[lo].tag == t
}

// element decodes element i.
func (s *rawSet) element(i int) Element {
	r := &s.elems[i]
	e := Element{Tag: r.tag, VR: r.code().name()}
	if e.VR == "SQ" {
		e.Items = s.items(r)
		return e
	}
	v := value{code: r.code(), order: endian(r.has(rawBig)), cs: s.cs}
	v.decode(&e, s.b[r.at():r.at()+int(r.n)])
	return e
}

// items reads the items of a sequence once; they keep what is set in them. Its
// structure was walked before, so that there can be no error.
func (s *rawSet) items(r *rawElem) []*Dataset {
	if r.n == 0 {
		return []*Dataset{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if items, ok := s.seqs[r.tag]; ok {
		return items
	}
	p := parser{b: s.b, pos: r.at(), explicit: r.has(rawExplicit), order: endian(r.has(rawBig)), opt: s.opt, lim: s.opt.Limits, zeros: -1, notes: &notes{mute: 1}, trusted: true}
	if r.has(rawGuess) {
		p.b = s.b[:r.at()+int(r.n)]
	}
	p.budget = math.MaxInt64
	items := []*Dataset{}
	p.items(r.at()+int(r.n), false, &scope{depth: s.depth, cs: s.cs, signed: s.signed}, &items)
	if s.seqs == nil {
		s.seqs = map[Tag][]*Dataset{}
	}
	s.seqs[r.tag] = items
	return items
}

// all decodes every element.
func (s *rawSet) all() []Element {
	out := make([]Element, len(s.elems))
	for i := range out {
		out[i] = s.element(i)
	}
	return out
}
