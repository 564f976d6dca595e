package app

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/nocturne/nocturne/ui/lesions"
	"github.com/nocturne/nocturne/ui/notice"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/lesion"
)

// openLesions shows what is followed over time; marks and reports are read off the disk,
// so it comes back as a message.
func (m *Model) openLesions() tea.Cmd {
	c := m.caseFor("lesions")
	if c == nil {
		return nil
	}
	m.closePages()
	c.lesions = &lesions.Page{Who: c.page.Who(), Exam: c.page.Exam()}
	c.page.Typing, m.page, m.sheet = false, onLesions, nil
	return tea.Batch(m.clearPicture(), m.tellSite(), m.readLesions(c))
}

// readLesions reads what is followed anew: for the page when it opens, and when a mark
// changes under it.
func (m *Model) readLesions(c *openCase) tea.Cmd {
	c.lesionsAsked++
	asked := c.lesionsAsked
	room, ctx, epoch, of, studies, marks := m.Room, c.ctx, c.epoch, reading.Identity(c.row), slices.Clone(c.studies), slices.Clone(c.marks)
	return func() tea.Msg {
		if err := room.Journal.Wait(ctx); err != nil {
			return lesionsMsg{epoch: epoch, asked: asked, err: err}
		}
		f, err := room.Lesions(ctx, of, studies, marks)
		return lesionsMsg{epoch, asked, f, err}
	}
}

type lesionsMsg struct {
	epoch    uint64
	asked    int // an answer to an earlier question comes too late
	followed reading.Followed
	err      error
}

func (l lesionsMsg) ofEpoch() uint64 { return l.epoch }

func (l lesionsMsg) apply(_ *Model, c *openCase) tea.Cmd {
	switch {
	case c.lesions == nil || l.asked != c.lesionsAsked:
	case l.err != nil:
		c.lesions.Failed = notice.Of(l.err).Line()
	default:
		c.lesions.Set(l.followed)
	}
	return nil
}

func (m *Model) closeLesions() {
	if m.open != nil {
		m.open.lesions = nil
	}
	if m.page == onLesions {
		m.page = onCase
	}
}

// lesionKey is a key on the page of lesions.
func (m *Model) lesionKey(name string, msg tea.KeyMsg) tea.Cmd {
	if cmd, ok := m.notOneKey(name, msg); ok {
		return cmd
	}
	p := m.open.lesions
	switch name {
	case "down", "j":
		p.Move(1)
	case "up", "k":
		p.Move(-1)
	case "right":
		p.Turn(1)
	case "left":
		p.Turn(-1)
	case "enter":
		return m.goToLesion()
	case "i":
		return m.insertLesions(false)
	case "c":
		return m.insertLesions(true)
	case "esc":
		return m.leaveLesions()
	case ":":
		return m.askCommand()
	case "?":
		m.help = true
	default:
		if say, ok := sayings[name]; ok {
			return m.sayOfLesion(say)
		}
		return m.anywhere(name)
	}
	return nil
}

func (m *Model) leaveLesions() tea.Cmd {
	if len(m.alarm.rows) > 0 {
		m.alarm.acknowledge()
		return m.tellSite()
	}
	m.closeLesions()
	return m.repaint()
}

// sayings are what a reader says of the lesion under the cursor; the sentence tells why
// not, when it cannot be said.
var sayings = map[string]func(p *lesions.Page, l *lesion.Lesion) (why string){
	"t": func(_ *lesions.Page, l *lesion.Lesion) string { l.Target = !l.Target; return "" },
	"l": func(_ *lesions.Page, l *lesion.Lesion) string { l.Node = !l.Node; return "" },
	"w": func(_ *lesions.Page, l *lesion.Lesion) string { l.New = !l.New; return "" },
	"g": func(p *lesions.Page, _ *lesion.Lesion) string { return measuredAnyway(p.Say(true)) },
	"s": func(p *lesions.Page, _ *lesion.Lesion) string { return measuredAnyway(p.Say(false)) },
	"o": func(p *lesions.Page, _ *lesion.Lesion) string { p.NextOther(); return "" },
	"b": func(p *lesions.Page, _ *lesion.Lesion) string {
		p.Answers.Baseline = p.Studies[p.Column].UID
		return ""
	},
}

func measuredAnyway(ok bool) string {
	if ok {
		return ""
	}
	return "It is measured in this study: delete its mark first."
}

// sayOfLesion changes the lesion and keeps it on disk.
func (m *Model) sayOfLesion(say func(*lesions.Page, *lesion.Lesion) string) tea.Cmd {
	c := m.open
	p := c.lesions
	l := p.Lesion()
	if l == nil {
		return nil
	}
	if c.page.ReadOnly != "" {
		m.say("Nothing is changed here: " + c.page.ReadOnly)
		return nil
	}
	if why := say(p, l); why != "" {
		m.say(why)
		return nil
	}
	if err := m.Room.KeepLesion(p.Current, l); err != nil {
		m.warn(sentence(err))
	}
	if err := m.Room.KeepAnswers(p.Current, p.Answers); err != nil {
		m.warn(sentence(err))
	}
	return nil
}

// goToLesion shows the image of the measurement under the cursor.
func (m *Model) goToLesion() tea.Cmd {
	c := m.open
	at, ok := c.lesions.Point()
	if !ok || at.Measured.SOPUID == "" {
		m.say("Nothing was measured there.")
		return nil
	}
	frame := 0
	for _, k := range c.marks {
		if k.ID == at.Measured.MarkID {
			frame = k.Frame
		}
	}
	m.closeLesions()
	go1 := viewer.ImageGo.WithText(fmt.Sprintf("%s %d %s", at.Measured.SOPUID, frame, at.Measured.MarkID))
	return tea.Batch(m.toViewer(func(v viewer.Viewer, epoch uint64) error { return v.Do(epoch, go1) }), m.repaint())
}

// insertLesions writes the table, or only the lesion under the cursor in a sentence, at
// the caret of Findings, Impression or an addendum, with live numbers, as one step of
// undo, and keeps the lesions.
func (m *Model) insertLesions(one bool) tea.Cmd {
	c := m.open
	p := c.lesions
	switch {
	case len(p.Lesions) == 0:
		return nil
	case c.draft == nil || c.page.Editor == nil:
		m.say("No report is open here: " + c.page.ReadOnly)
		return nil
	case c.signed:
		m.say("This report is signed: nothing is inserted.")
		return nil
	}
	a := p.Assess()
	c.toSection(report.Findings, report.Impression, report.Addendum)
	at := c.page.Editor.Active()
	section := report.Section(at.Key)
	text, ok := "", true
	if one {
		text, ok = lesion.Sentence(c.draft, section, at.Buffer.Caret(), *p.Lesion(), p.Current)
	} else {
		text = lesion.Table(c.draft, section, at.Buffer.Caret(), p.Lesions, p.Current, a)
	}
	if !ok {
		m.say("It was not measured in this study.")
		return nil
	}
	if a.Response != "" && !one {
		c.draft.Calculate(a.Result.Note(m.Now()), m.Now())
	}
	c.draft.Edit(section, text, m.Now())
	at.Buffer.Replace(c.draft.Sections[section])
	for i := range p.Lesions {
		if err := m.Room.KeepLesion(p.Current, &p.Lesions[i]); err != nil {
			m.warn(sentence(err))
		}
	}
	c.dirty = true
	m.closeLesions()
	c.page.Typing = true
	m.say(map[bool]string{true: "The lesion is in ", false: "The lesions are in "}[one] + at.Title + "; the numbers follow the marks.")
	return tea.Batch(m.saveSoon(c), m.tellSite(), m.repaint())
}
