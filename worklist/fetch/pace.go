package fetch

import (
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// MostConnections bounds the requests to a site at a time: more only lengthens the
// wait for each of them (measured: sixteen double the time to the first image).
const MostConnections = 16

// levels are the numbers of connections that are tried. A run begins at six; it
// opens eight unless that hurts, more only where goodput grows, and goes down to
// four where that is as good.
var levels = []int{1, 2, 3, 4, 6, 8, 10, 12, 14, 16}

const (
	firstLevel = 4 // six connections
	freeLevel  = 5 // eight: reached without a proof
	fewLevel   = 3 // four: no fewer are tried unless the server asks for it
	growth     = 1.05
	asGood     = 0.98
	sure       = 3 // epochs at a level before fewer connections are believed to be as good
)

// An epoch is what one measurement takes: so many instances a connection, and long
// enough for clocks.
const (
	epochObjects = 2
	epochTime    = 250 * time.Millisecond
	recovery     = 12 // epochs without a refusal until one level more is tried again
)

// pace is what is known of the link to one site. It is kept from study to study.
type pace struct {
	mu      sync.Mutex // guards all below
	level   int
	ceil    int       // highest level that the server has not refused
	calm    int       // epochs since it did
	seen    int       // epochs at this level since it was gone to
	rates   []float64 // goodput at each level, the newest a third of the weight; 0: not measured
	flying  int
	wires   wires
	learned time.Time // when rates was added to last; zero: never
	// the epoch that is measured
	begun   time.Time // zero: not begun
	skip    int       // answers left of the level before
	good    int64     // bytes of pixels: what they weigh on the wire may change
	objects int
	// the rate told
	window     time.Time
	windowed   int64
	told       float64
	toldBefore time.Time
}

func newPace() *pace {
	return &pace{level: firstLevel, ceil: len(levels) - 1, rates: make([]float64, len(levels))}
}

// paceOf is the pace of a site. e.mu is held.
func (e *Engine) paceOf(site pacs.Archive) *pace {
	var key any = site
	if !reflect.TypeOf(site).Comparable() {
		key = reflect.TypeOf(site)
	}
	if e.paces == nil {
		e.paces = map[any]*pace{}
	}
	if e.paces[key] == nil {
		e.paces[key] = newPace()
	}
	return e.paces[key]
}

// allowed is the number of connections to the site, for all studies together.
func (p *pace) allowed() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return levels[p.level]
}

// start counts a request in, unless too many are under way.
func (p *pace) start() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.flying >= MostConnections {
		return false
	}
	p.flying++
	return true
}

// starved says that there was nothing to ask for: what is measured now says
// nothing about the link.
func (p *pace) starved() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.begun = time.Time{}
}

// ended counts a request out with what it brought.
func (p *pace) ended(got answer, hurt bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.flying--
	p.tell(got.bytes, now)
	if hurt {
		p.refuse()
		return
	}
	switch {
	case p.skip > 0:
		p.skip--
		p.begun = time.Time{}
		return
	case p.begun.IsZero():
		p.begun, p.good, p.objects = now, 0, 0
		return
	}
	p.good += int64(max(got.pixels, got.bytes))
	p.objects++
	took := now.Sub(p.begun)
	if p.objects >= epochObjects*levels[p.level] && took >= epochTime {
		p.learn(float64(p.good) / took.Seconds())
		p.begun, p.good, p.objects = now, 0, 0
	}
}

// refuse takes the server's or the link's word that this is too much.
func (p *pace) refuse() {
	p.ceil = max(0, p.level-1)
	p.calm = 0
	p.move(p.ceil)
	clear(p.rates[p.ceil:])
}

// learn notes the goodput of the level and goes to the next.
func (p *pace) learn(rate float64) {
	if old := p.rates[p.level]; old > 0 {
		rate = (rate + 2*old) / 3
	}
	p.seen++
	p.rates[p.level], p.learned = rate, time.Now()
	if p.calm++; p.calm%recovery == 0 && p.ceil < len(levels)-1 {
		p.ceil++
		p.rates[p.ceil] = 0
	}
	p.move(p.choose())
}

// choose is the level to go to: one more while that is not yet measured and pays,
// otherwise the lowest that is as good as the best.
func (p *pace) choose() int {
	best := slices.Max(p.rates[:p.ceil+1])
	good := slices.IndexFunc(p.rates[:p.ceil+1], func(r float64) bool { return r > 0 && r >= asGood*best })
	up := p.level + 1
	if up <= p.ceil && p.rates[up] == 0 && p.pays() {
		return up
	}
	if good <= p.level && p.seen < sure && p.rates[p.level] >= asGood*asGood*best {
		return p.level
	}
	if down := good - 1; good > fewLevel && p.rates[down] == 0 && good < len(levels)-1 && p.rates[good+1] > 0 {
		return down
	}
	return good
}

// pays tells whether the level before makes one more look worth while.
func (p *pace) pays() bool {
	if p.level < freeLevel {
		return true
	}
	below := p.rates[p.level-1]
	return below > 0 && p.rates[p.level] >= growth*below
}

// move changes the level; answers to requests of the old one are not measured.
func (p *pace) move(level int) {
	if level != p.level {
		p.level, p.skip, p.begun, p.seen = level, p.flying, time.Time{}, 0
	}
}

// tell measures what is told to the reader, over a second.
func (p *pace) tell(n int, now time.Time) {
	if p.window.IsZero() || now.Sub(p.toldBefore) > 3*time.Second {
		p.window, p.windowed = now, 0
		p.toldBefore = now
		return
	}
	p.toldBefore = now
	p.windowed += int64(n)
	if took := now.Sub(p.window); took >= time.Second/2 {
		p.told = float64(p.windowed) / took.Seconds()
		if took > time.Second {
			p.window, p.windowed = now, 0
		}
	}
}

// rate is bytes a second lately; 0: not known.
func (p *pace) rate() float64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.told
}
