package app

import (
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/viewer"
)

// late is what is still missing of the case on screen, and what came of it since
// its loading ended the first time.
type late struct {
	ended bool // the loading of the current study ended, with images missing
	asked time.Time
	pause time.Duration // until the site is asked again
	came  int
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
	c.late.ended, c.late.asked = false, m.Now()
	c.late.pause = min(c.late.pause*3/2, lastPause)
	return m.loadStudy(m.caseContext(c), c, 0)
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
		}
	}
	if !msg.Done {
		return again && len(msg.New) == 0
	}
	l.ended = msg.Expected > msg.Have
	if !again {
		l.asked, l.pause = m.Now(), firstPause
		return false
	}
	if l.came > 0 {
		m.warn(fmt.Sprintf("%d images of this study came late: %d of %d are here. * goes to the next unseen.", l.came, msg.Have, msg.Expected))
	}
	l.came = 0
	return false
}
