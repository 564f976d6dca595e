package fetch

import (
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// wires chooses whether objects cross the link to a site as stored or compressed
// by the server: whichever brings pixels sooner. Requests of the two that run side
// by side share link and server, so their times compare fairly: where the link is
// what limits, the smaller answer is there sooner, where it is the server's
// compressor, the larger one. A couple of requests in a hundred go the other way
// to keep both times known.
type wires struct {
	cost    [2]float64 // seconds a megabyte of pixels, by pacs.Wire
	tried   [2]int     // answers in cost
	now     pacs.Wire  // the one in use
	primed  bool       // now is from a first answer
	useless bool       // there is nothing to choose: what is stored is compressed, or the server cannot
	vain    int        // answers that came uncompressed although asked for otherwise
	trials  int        // requests for the other wire
	since   int        // requests since the trials began
}

const (
	enoughTrials = 2
	tryAgain     = 400 // requests until the other wire is tried again
	clearly      = 0.7 // the other wire must cost less than this part: what is nearer hardly matters
	mostVain     = 8
	memory       = 8 // answers that count in a mean
	megabyte     = 1e6
	// Servers compress 30 to 40 MB of pixels a second (Orthanc with CharLS: 55 to 75
	// slices of 512 × 512); a link above fastLink has nothing to gain, and one whose
	// single connection is below slowLink most likely has.
	fastLink = 40e6
	slowLink = 6e6
)

// choose says how the next object is to come.
func (w *wires) choose() pacs.Wire {
	if !w.primed || w.useless || w.now == pacs.AsStored && w.cost[pacs.AsStored] > 0 && megabyte/w.cost[pacs.AsStored] > fastLink {
		return pacs.AsStored
	}
	other := pacs.Lossless - w.now
	if w.since++; w.since > tryAgain {
		w.since, w.trials, w.tried[other] = 0, 0, 0
	}
	if w.trials < enoughTrials && w.tried[other] < enoughTrials {
		w.trials++
		return other
	}
	return w.now
}

// came learns from an object of so many bytes that holds so many bytes of pixels,
// asked for by wire and here after took; alone: nothing else was under way.
func (w *wires) came(wire pacs.Wire, bytes, pixels int, took time.Duration, alone bool) {
	const little = 64 << 10 // the round trip outweighs it
	if pixels < little || took <= 0 {
		return
	}
	cost := took.Seconds() / (float64(pixels) / megabyte)
	packed := bytes < pixels*3/4
	switch {
	case wire == pacs.AsStored:
		w.useless = packed
	case !packed: // the server cannot, or did not know yet that it may
		if w.vain++; w.vain >= mostVain {
			w.useless = true
		} else if w.now != wire {
			w.trials--
		}
		return
	default:
		w.vain = 0
	}
	if !w.primed {
		w.prime(cost)
	}
	if alone && wire == w.now {
		return
	}
	w.tried[wire]++
	w.cost[wire] += (cost - w.cost[wire]) / float64(min(w.tried[wire], memory))
	w.compare()
}

// prime begins with what the first answer, which had the link for itself, suggests.
func (w *wires) prime(cost float64) {
	w.primed = true
	switch speed := megabyte / cost; {
	case speed < slowLink:
		w.now = pacs.Lossless
	case speed > fastLink:
		w.cost[pacs.AsStored] = cost
	}
}

// compare changes the wire when the other is clearly cheaper.
func (w *wires) compare() {
	other := pacs.Lossless - w.now
	if w.tried[w.now] >= enoughTrials && w.tried[other] >= enoughTrials && w.cost[other] < clearly*w.cost[w.now] {
		w.now, w.since = other, 0
	}
}

// wire is how the next object of the site is to come.
func (p *pace) wire() pacs.Wire {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.wires.choose()
}

// came notes an object that came by a wire.
func (p *pace) came(wire pacs.Wire, bytes, pixels int, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wires.came(wire, bytes, pixels, took, p.flying <= 1)
}
