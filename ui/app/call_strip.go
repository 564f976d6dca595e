package app

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

// strip reads the number of the series that was on screen, and says where the reader
// was.
func (m *Model) strip(c *openCase, p place) tea.Cmd {
	delete(m.interruptions.left, c.row.StudyUID)
	room, epoch, ctx := m.Room, c.epoch, m.ctx
	t, ok := active(p.state)
	return func() tea.Msg {
		series := ""
		if ok && t.SOPUID != "" {
			for _, o := range room.Objects(t.StudyUID) {
				if o.SOPUID != t.SOPUID || ctx.Err() != nil {
					continue
				}
				if f, err := o.Header(); err == nil {
					series = f.Dataset.Str(dicom.SeriesNumber)
				}
			}
		}
		return stripMsg{epoch, p, series}
	}
}

func active(s *viewer.State) (viewer.Tile, bool) {
	if s == nil || len(s.Tiles) == 0 {
		return viewer.Tile{}, false
	}
	return s.Tiles[max(0, min(s.Active, len(s.Tiles)-1))], true
}

type stripMsg struct {
	epoch  uint64
	left   place
	series string
}

func (s stripMsg) ofEpoch() uint64 { return s.epoch }

func (s stripMsg) apply(m *Model, _ *openCase) tea.Cmd {
	i := &m.interruptions
	i.back, i.until = s.words(m.lastHour()), m.Now().Add(backFor)
	return nil
}

// words are what the strip says: slice, last words, what is unseen, and how often the
// reader was interrupted within the hour (a look more is due then: Balint 2014).
func (s stripMsg) words(hour int) string {
	var out []string
	if t, ok := active(s.left.state); ok && t.Slices > 0 {
		at := fmt.Sprintf("you were at Im %d/%d", t.Slice+1, t.Slices)
		if s.series != "" {
			at = fmt.Sprintf("you were at Se %s Im %d/%d", s.series, t.Slice+1, t.Slices)
		}
		out = append(out, at)
	}
	if s.left.words != "" {
		out = append(out, "last words “"+s.left.words+"”")
	}
	if st := s.left.state; st != nil && st.Unseen > 0 {
		unseen := fmt.Sprintf("%d slices unseen", st.Unseen)
		for _, in := range st.UnseenIn {
			if n, ok := unseenOf(in, s.series); ok {
				unseen = fmt.Sprintf("%d of this series unseen", n)
			}
		}
		out = append(out, unseen)
	}
	if s.left.cut && hour > 0 {
		said := fmt.Sprintf("%s interruption within the hour", ordinal(hour))
		if hour > 1 {
			said += ": look once more"
		}
		out = append(out, said)
	}
	return strings.Join(out, " · ")
}

// unseenOf reads "Se 3: 14 of 120 not seen: 31–44".
func unseenOf(text, series string) (int, bool) {
	rest, ok := strings.CutPrefix(text, "Se "+series+": ")
	if !ok || series == "" {
		return 0, false
	}
	number, _, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(number)
	return n, err == nil
}

func ordinal(n int) string {
	switch {
	case n%100 >= 11 && n%100 <= 13:
	case n%10 == 1:
		return fmt.Sprintf("%dst", n)
	case n%10 == 2:
		return fmt.Sprintf("%dnd", n)
	case n%10 == 3:
		return fmt.Sprintf("%drd", n)
	}
	return fmt.Sprintf("%dth", n)
}

// lastHour is how often the reader was interrupted within the last hour.
func (m *Model) lastHour() int {
	i := &m.interruptions
	i.starts = slices.DeleteFunc(i.starts, func(t time.Time) bool { return m.Now().Sub(t) > time.Hour })
	return len(i.starts)
}
