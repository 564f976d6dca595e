package fetch

import (
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// Link is what is known of the line to one site, to be kept from one night to the
// next. It marshals as JSON and holds nothing of a patient.
type Link struct {
	Connections int       `json:"connections"`      // at a time
	Compressed  bool      `json:"compressed"`       // objects are asked for compressed by the server
	Bytes       float64   `json:"bytes_per_second"` // lately
	At          time.Time `json:"at"`
}

// old is how long ago a link may have been measured to be taken up.
const old = 30 * 24 * time.Hour

// Recall takes up what an earlier run learned of a site. A measurement of this run
// stands.
func (e *Engine) Recall(site pacs.Archive, l Link) {
	if l.Connections <= 0 || time.Since(l.At) > old {
		return
	}
	e.mu.Lock()
	p := e.paceOf(site)
	e.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.learned.IsZero() {
		return
	}
	for i, n := range levels {
		if n <= l.Connections {
			p.level = i
		}
	}
	if l.Compressed {
		p.wires.now, p.wires.primed = pacs.Lossless, true
	}
}

// Learned is what this run measured of a site; ok is false when it measured nothing.
func (e *Engine) Learned(site pacs.Archive) (l Link, ok bool) {
	e.mu.Lock()
	p := e.paceOf(site)
	e.mu.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	return Link{levels[p.level], p.wires.now == pacs.Lossless && !p.wires.useless, p.told, p.learned}, !p.learned.IsZero()
}
