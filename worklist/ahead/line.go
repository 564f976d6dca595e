package ahead

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Line is what was learned of one site: how large its images are, how fast they come,
// and how good the forecasts were. It marshals as JSON, holds nothing of a patient and
// stays below 20 kB.
type Line struct {
	Kinds map[string]*Kind `json:"kinds,omitempty"`     // by the modalities of a study, joined by "/"; apart where the server compresses
	Begin []float64        `json:"begin_s,omitempty"`   // from asking to the first image, the newest last
	Told  []Told           `json:"forecasts,omitempty"` // what was said, and what it was
}

// Kind is what was seen of the studies of one kind, the newest last.
type Kind struct {
	Bytes []float64 `json:"bytes_per_image"`
	Rates []float64 `json:"bytes_per_second"` // while images came
}

const (
	seenStudies = 9  // of a kind: their median follows a change within five studies
	mostKinds   = 64 // of a site
	usualBegin  = 0.5
)

// clone is a copy that others may keep.
func (l *Line) clone() Line {
	c := Line{Begin: slices.Clone(l.Begin), Told: slices.Clone(l.Told)}
	for name, k := range l.Kinds {
		if c.Kinds == nil {
			c.Kinds = map[string]*Kind{}
		}
		c.Kinds[name] = &Kind{slices.Clone(k.Bytes), slices.Clone(k.Rates)}
	}
	return c
}

// took is one fetch of a study: what it brought in what time, waiting for others left out.
type took struct {
	images int
	bytes  int64
	first  time.Duration // until the first image was here
	whole  time.Duration
}

// learn takes a fetch as a measurement. One that brought little says nothing of the
// line, but of the images' size.
func (l *Line) learn(kind string, t took) {
	if t.images <= 0 || t.bytes <= 0 || t.whole <= 0 {
		return
	}
	if l.Kinds == nil {
		l.Kinds = map[string]*Kind{}
	}
	k := l.Kinds[kind]
	if k == nil {
		if len(l.Kinds) >= mostKinds {
			return
		}
		k = &Kind{}
		l.Kinds[kind] = k
	}
	k.Bytes = last(append(k.Bytes, float64(t.bytes)/float64(t.images)))
	if t.images >= few {
		l.Begin = last(append(l.Begin, t.first.Seconds()))
	}
	if whole := t.whole.Seconds(); whole >= measurable {
		k.Rates = last(append(k.Rates, float64(t.bytes)/max(whole-l.begin(), whole/4)))
	}
}

const (
	few        = 8   // images; of fewer the first one is a good part of the whole
	measurable = 0.2 // seconds; what took less is measured by the clock's grain
)

func last(v []float64) []float64 { return v[max(0, len(v)-seenStudies):] }

func (l *Line) begin() float64 {
	if len(l.Begin) == 0 {
		return usualBegin
	}
	return median(l.Begin)
}

// packed marks the kind of studies that the server compresses on the way: their images
// are smaller, and come at another rate.
const packed = " compressed"

// of is what was seen of a kind, or where nothing was of the same studies in the other
// way of coming: the faster way is taken, but they differ little. Nil: nothing.
func (l *Line) of(kind string) *Kind {
	if k := l.Kinds[kind]; k != nil {
		return k
	}
	if plain, ok := strings.CutSuffix(kind, packed); ok {
		return l.Kinds[plain]
	}
	return l.Kinds[kind+packed]
}

// size is the bytes of an image of a kind; 0: none was seen.
func (l *Line) size(kind string) float64 {
	if k := l.of(kind); k != nil {
		return median(k.Bytes)
	}
	return 0
}

// rate is the bytes a second at which images of a kind come; where none were measured,
// those of any kind do. 0: not known.
func (l *Line) rate(kind string) float64 {
	if k := l.of(kind); k != nil && len(k.Rates) > 0 {
		return median(k.Rates)
	}
	var all []float64
	for _, k := range l.Kinds {
		if len(k.Rates) > 0 {
			all = append(all, median(k.Rates))
		}
	}
	return median(all)
}

// median is the middle one, the mean of two; 0 of none.
func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(v))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// Model forecasts. It is what is known of all sites; its zero value knows nothing.
type Model struct {
	lines map[string]*Line
	trend map[string]float64 // by site: how much longer things take now than was learned
	known map[string]float64 // by site: the seconds that the trend is from, memory at most
}

// Recall takes up what another night learned of a site.
func (m *Model) Recall(site string, l Line) {
	c := l.clone()
	*m.line(site) = c
}

// Learned is what is known of a site; ok is false where that is nothing.
func (m *Model) Learned(site string) (l Line, ok bool) {
	at := m.lines[site]
	if at == nil || len(at.Kinds) == 0 {
		return Line{}, false
	}
	return at.clone(), true
}

func (m *Model) line(site string) *Line {
	if m.lines == nil {
		m.lines = map[string]*Line{}
	}
	if m.lines[site] == nil {
		m.lines[site] = &Line{}
	}
	return m.lines[site]
}

// bytes is what an image of a kind weighs at a site, or at another where this one has
// shown none; 0: not known.
func (m *Model) bytes(site, kind string) float64 {
	if b := m.line(site).size(kind); b > 0 {
		return b
	}
	var all []float64
	for _, l := range m.lines {
		if b := l.size(kind); b > 0 {
			all = append(all, b)
		}
	}
	return median(all)
}

// part is what is still to come of a study, with what it has shown of itself already.
type part struct {
	site, kind string
	images     int
	begun      bool    // images have come: none has to be waited for
	bytes      float64 // of an image, as this study's are; 0: none came
	rate       float64 // bytes a second, as this study comes; 0: not known
	looked     float64 // seconds for which that was seen
}

// seconds is how long it takes by itself; ok is false where nothing like it was seen.
func (m *Model) seconds(p part) (s float64, ok bool) {
	if p.images <= 0 {
		return 0, true
	}
	l := m.line(p.site)
	bytes, rate := p.bytes, l.rate(p.kind)
	if bytes == 0 {
		bytes = m.bytes(p.site, p.kind)
	}
	if rate == 0 {
		rate = p.rate * m.slowness(p.site)
	}
	if bytes == 0 || rate == 0 {
		return 0, false
	}
	each := m.slowness(p.site) / rate // seconds a byte
	if p.rate > 0 {                   // the longer the study itself was seen to come, the more that counts
		each += (1/p.rate - each) * p.looked / (p.looked + believed)
	}
	s = float64(p.images) * bytes * each
	if !p.begun {
		s += l.begin()
	}
	return s, true
}

// believed is the seconds after which a study's own pace counts as much as what was
// learned.
const believed = 8.0

func (m *Model) slowness(site string) float64 {
	if t := m.trend[site]; t > 0 {
		return t
	}
	return 1
}

// Bounds of the trend, and how soon it follows: it is the mean of what was seen, of the
// last memory seconds at most.
const (
	mostTrend = 8
	memory    = 40.0 // seconds
	learnt    = 15.0 // seconds: how much what was learned before counts at the start of a night
)

// came follows the line within a study: so many bytes of a kind in so many seconds.
func (m *Model) came(site, kind string, bytes int64, seconds float64) {
	rate := m.line(site).rate(kind)
	if rate == 0 || bytes <= 0 || seconds <= 0 {
		return
	}
	now := math.Log(min(max(seconds*rate/float64(bytes), 1.0/mostTrend), mostTrend))
	was := math.Log(m.slowness(site))
	if m.trend == nil {
		m.trend, m.known = map[string]float64{}, map[string]float64{}
	}
	m.known[site] = min(max(m.known[site], learnt)+seconds, memory)
	m.trend[site] = math.Exp(was + (now-was)*min(1, seconds/m.known[site]))
}
