package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
)

// late is what is still missing of the case on screen, and what came of it since
// its loading ended the first time.
type late struct {
	ended bool // the loading of the current study ended, with images missing
	busy  bool // the site is being asked
	asked time.Time
	pause time.Duration // until the site is asked again
	came  int
	named []string        // the series that they are of: "series 3"
	told  time.Time       // when it was said that images came
	news  string          // what was said
	since bool            // what came since the case was fetched before was said
	sops  map[string]bool // all that came late, by SOP Instance UID
}

// unseen is how many of what came late were not on screen long enough. unseenImages
// bounds it: what came may hold reports, which are never there.
func (l *late) unseen(seen []viewer.Seen, unseenImages int) int {
	n := len(l.sops)
	looked := map[string]bool{}
	for _, s := range seen {
		if l.sops[s.SOPUID] && s.Enough() && !looked[s.SOPUID] {
			looked[s.SOPUID] = true
			n--
		}
	}
	return min(n, unseenImages)
}

// A site that announced more than it sent is asked again, at first after
// firstPause, each time after half as long again, at most after lastPause.
const firstPause, lastPause = 3 * time.Second, 30 * time.Second

// askAgain fetches what is missing of the current study once more, when it is time.
func (m *Model) askAgain() tea.Cmd {
	c := m.open
	if c == nil || !c.late.ended || m.onMedium(c.row) || m.Now().Sub(c.late.asked) < c.late.pause {
		return nil
	}
	c.late.ended, c.late.busy, c.late.asked = false, true, m.Now()
	c.late.pause = min(c.late.pause*3/2, lastPause)
	return m.loadStudy(m.caseContext(c), c, 0)
}

// grown asks the site again at once when it counts more images of the case than are
// here although all that it had before came: the examination went on.
func (c *openCase) grown() {
	l := c.page.Loading
	if len(l) == 0 || !l[0].Done || c.late.busy || c.row.Expected <= max(l[0].Have, l[0].Expected) {
		return
	}
	c.late.ended, c.late.pause = true, 0
}

// newsFor is how long the window repeats that images came.
const newsFor = time.Minute

// banner is what the window repeats of the arrival.
func (l *late) banner(now time.Time) string {
	if l.news == "" || now.Sub(l.told) > newsFor {
		return ""
	}
	return l.news
}

// arrived counts what came late and, at the end of an asking, says it: a notice,
// and nothing that moves (N3). It reports whether the line of the loading may stay
// as it is: an asking in vain is not shown.
func (l *late) arrived(m *Model, msg loadedMsg) (vain bool) {
	again := !l.asked.IsZero()
	if again {
		l.came += len(msg.New)
		for _, o := range msg.New {
			if l.sops == nil {
				l.sops = map[string]bool{}
			}
			l.sops[o.SOPUID] = true
			if of := msg.Series[o.SeriesUID]; of != "" && !slices.Contains(l.named, of) {
				l.named = append(l.named, of)
			}
		}
	}
	if !msg.Done {
		return again && len(msg.New) == 0
	}
	l.ended, l.busy = msg.Expected > msg.Have, false
	l.pause = max(l.pause, firstPause)
	if !again {
		l.asked, l.pause = m.Now(), firstPause
		return false
	}
	if l.came > 0 {
		l.news, l.told = lateWords(l.came, l.named)+fmt.Sprintf(": %d of %d are here · * next unseen", msg.Have, msg.Expected), m.Now()
		m.warn(l.news)
	}
	l.came, l.named = 0, nil
	return false
}

// lateWords say how many images came and of which series.
func lateWords(n int, series []string) string {
	const most = 3
	words := fmt.Sprintf("%d more images came", n)
	if n == 1 {
		words = "1 more image came"
	}
	switch {
	case len(series) == 0:
		return words
	case len(series) > most:
		series = append(slices.Clone(series[:most]), fmt.Sprintf("%d more", len(series)-most))
	}
	return words + " (" + strings.Join(series, ", ") + ")"
}

// arrivals is what the window repeats of images that came to the case on screen.
func (m *Model) arrivals() string {
	if m.open == nil {
		return ""
	}
	return m.open.late.banner(m.Now())
}

// since says that the site has more of a case than when it was fetched before: it was
// put aside and the examination went on. Our own reports are no images of it.
func (c *openCase) since(m *Model, l loadedMsg) {
	if l.index != 0 || l.Grew == 0 || c.late.since || !c.late.asked.IsZero() {
		return
	}
	c.late.since = true
	n := l.Grew - max(0, l.Expected-c.row.Expected)
	if n <= 0 {
		return
	}
	what := fmt.Sprintf("%d images came", n)
	if n == 1 {
		what = "1 image came"
	}
	m.warn(what + " since this case was fetched before; * goes to the next unseen.")
}
