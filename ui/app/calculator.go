package app

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/calculator"
	"github.com/nocturne/nocturne/ui/editor"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/calc"
)

// openCalculator shows the published rules, or the form of the one that is named, filled
// in from the selected or last mark and its prior.
func (m *Model) openCalculator(id string) tea.Cmd {
	c := m.caseFor("calc")
	if c == nil {
		return nil
	}
	page := &calculator.Page{Who: c.page.Who(), Exam: c.page.Exam()}
	if id != "" {
		rule, ok := calc.Find(id)
		if !ok {
			m.say("No rule is called " + id + ": :calc lists them.")
			return nil
		}
		page.Open(rule, c.filled(rule, m.Now()))
	}
	m.closePages()
	c.calculator = page
	c.page.Typing, m.page, m.sheet = false, onCalculators, nil
	return tea.Batch(m.clearPicture(), m.tellSite())
}

// caseFor is the open case for a page that lies over it; nil, with the reason said, where
// none is open, and while a signature is under way.
func (m *Model) caseFor(command string) *openCase {
	if m.open == nil || m.page == onList {
		m.say("No case is open: Enter or v in the list opens one, then :" + command + ".")
		return nil
	}
	if m.page == onSheet && m.sheet != nil && m.sheet.signing {
		return nil
	}
	return m.open
}

// closePages goes back to the case from whichever page lies over it.
func (m *Model) closePages() {
	m.closeDocuments()
	m.closeCalculator()
	m.closeLesions()
}

// closeCalculator goes back to the case's page.
func (m *Model) closeCalculator() {
	if m.open != nil {
		m.open.calculator = nil
	}
	if m.page == onCalculators {
		m.page = onCase
	}
}

// filled are a rule's values from the mark that F4 would insert, and from the same
// lesion on the prior.
func (c *openCase) filled(rule calc.Calculator, now time.Time) calculator.Filled {
	mark, ok := c.toInsert()
	if !ok {
		return calculator.Filled{}
	}
	if k, ok := c.ofNow(mark); ok {
		mark = k
	}
	before, _ := c.earlier(mark)
	return calculator.Fill(rule, reading.Measurement(mark), before, c.studyDay(now))
}

// ofNow is the mark of this study for the lesion that is selected on a prior.
func (c *openCase) ofNow(of viewer.Mark) (viewer.Mark, bool) {
	for i := len(c.marks) - 1; i >= 0 && of.Prior; i-- {
		k := c.marks[i]
		if other, ok := c.earlier(k); !k.Prior && ok && other.MarkID == of.ID {
			return k, true
		}
	}
	return viewer.Mark{}, false
}

// earlier is the mark of the same lesion on a prior: the latest of the same name, else
// the only one of the priors when only one is measured now.
func (c *openCase) earlier(of viewer.Mark) (report.Measurement, bool) {
	var named, all []viewer.Mark
	current := 0
	for _, k := range c.marks {
		switch {
		case len(k.Values) == 0:
		case !k.Prior:
			current++
		case of.Label != "" && strings.EqualFold(k.Label, of.Label):
			named = append(named, k)
			all = append(all, k)
		default:
			all = append(all, k)
		}
	}
	if of.Prior {
		return report.Measurement{}, false
	}
	if len(named) > 0 {
		return reading.Measurement(slices.MaxFunc(named, func(a, b viewer.Mark) int { return strings.Compare(a.StudyDate, b.StudyDate) })), true
	}
	if len(all) == 1 && current == 1 && all[0].Label == "" {
		return reading.Measurement(all[0]), true
	}
	return report.Measurement{}, false
}

// studyDay is the day that follow-up is counted from.
func (c *openCase) studyDay(now time.Time) time.Time {
	if day, ok := dicom.ParseDA(c.row.StudyDate); ok {
		return day
	}
	return now
}

// calculatorKey is a key on the calculators' page.
func (m *Model) calculatorKey(name string, msg tea.KeyMsg) tea.Cmd {
	if cmd, ok := m.notOneKey(name, msg); ok {
		return cmd
	}
	p := m.open.calculator
	switch {
	case name == "esc":
		return m.leaveCalculator()
	case name == ":":
		return m.askCommand()
	case name == "?":
		m.help = true
	case name == "enter" && p.Form == nil:
		p.Open(p.Selected(), m.open.filled(p.Selected(), m.Now()))
	case name == "enter":
		return m.insertCalculation()
	case p.Form != nil && p.Form.Key(name):
	case p.Form == nil && (name == "down" || name == "j"):
		p.Move(1)
	case p.Form == nil && (name == "up" || name == "k"):
		p.Move(-1)
	default:
		return m.anywhere(name)
	}
	return nil
}

func (m *Model) leaveCalculator() tea.Cmd {
	switch p := m.open.calculator; {
	case len(m.alarm.rows) > 0:
		m.alarm.acknowledge()
		return m.tellSite()
	case p.Form != nil:
		p.Form = nil
		return nil
	}
	m.closeCalculator()
	return m.repaint()
}

// insertCalculation writes the result at the caret of Impression or Recommendation, else
// at the end of Impression, and keeps its inputs with the draft.
func (m *Model) insertCalculation() tea.Cmd {
	c := m.open
	f := c.calculator.Form
	var refused *calc.Error
	switch {
	case errors.As(f.Err, &refused):
		f.Go(refused.Field)
		m.say(refused.Reason)
		return nil
	case c.draft == nil || c.page.Editor == nil:
		m.say("No report is open here: " + c.page.ReadOnly)
		return nil
	case c.signed:
		m.say("This report is signed: nothing is inserted.")
		return nil
	}
	note := f.Result.Note(m.Now(), f.Marks...)
	note.FollowUp = f.Result.FollowUps(c.studyDay(m.Now()))
	note.Text = editor.Foreign(note.Text)
	c.draft.Calculate(note, m.Now())
	c.toSection(report.Impression, report.Recommendation, report.Addendum)
	c.insertSentence(note.Text)
	m.closeCalculator()
	c.page.Typing = true
	m.say("Inserted into " + c.page.Editor.Active().Title + ", " + calc.Caveat + ".")
	return tea.Batch(c.takeEdits(m), m.tellSite(), m.repaint())
}

// toSection moves the caret to the first of the sections that is there, unless it is in
// one of them.
func (c *openCase) toSection(sections ...report.Section) {
	e := c.page.Editor
	if slices.Contains(sections, report.Section(e.Active().Key)) {
		return
	}
	for _, want := range sections {
		if slices.ContainsFunc(e.Sections, func(s *editor.Section) bool { return s.Key == string(want) }) {
			e.Go(string(want))
			return
		}
	}
}

// insertSentence puts a sentence at the caret, apart from the words beside it.
func (c *openCase) insertSentence(text string) {
	b := c.page.Editor.Active().Buffer
	before := []rune(b.String())[:b.Caret()]
	if n := len(before); n > 0 && !unicode.IsSpace(before[n-1]) && !unicode.Is(unicode.Co, before[n-1]) {
		text = " " + text
	}
	c.page.Editor.Insert(text)
}
