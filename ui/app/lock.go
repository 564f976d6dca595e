package app

import (
	"cmp"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/ui/raster"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/viewer"
)

// Proof is what a reader gives to open a locked desk.
type Proof struct {
	Name  string // "PIN", "passphrase"; "": the key alone
	Check func(secret string) error
}

// locking is a locked desk. What goes on behind it goes on: signed reports are sent and
// images fetched, because a desk that nobody sits at must not hold back a STAT report,
// and the case that is next must be here when the reader is.
type locking struct {
	line   widget.Prompt // takes the proof; it shows none of it
	proof  Proof
	failed int    // proofs that were wrong
	trying bool   // the proof is being compared
	said   string // what came of the last try
	struck time.Time
	// blanked is closed when who paints into the terminal has forgotten all; nil: at once.
	blanked chan struct{}
}

// rest is how long no key may have come before one opens the lock: type-ahead does not,
// nor a key that is held, whose first repeat comes after 660 ms at most (X11's default).
const rest = time.Second

// forgotten is how long a half typed proof stays.
const forgotten = 30 * time.Second

// dark keeps graphics that were under way when the screen was locked from being written
// after it was cleared. Safe for concurrent use.
type dark struct {
	on atomic.Bool
	mu sync.Mutex // held while something is written
}

// write writes s unless it is dark.
func (d *dark) write(out io.Writer, s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.on.Load() {
		io.WriteString(out, s)
	}
}

// wipe writes s after what was being written.
func (d *dark) wipe(out io.Writer, s string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	io.WriteString(out, s)
}

// lock blanks both screens at once. Prompts, pages and what is typed stay as they are
// behind it.
func (m *Model) lock() tea.Cmd { return m.lockBy(false) }

// lockBy is lock; byItself: the idle timer did it.
func (m *Model) lockBy(byItself bool) tea.Cmd {
	if m.locked {
		return nil
	}
	m.locked, m.locking = true, locking{struck: m.Now()}
	m.dark.on.Store(true)
	m.stopDictation("")
	if m.prompt.Secret {
		m.prompt = widget.Prompt{} // half a PIN is not kept
	}
	m.blankImages()
	m.noteLock(true)
	return tea.Batch(m.audited(audit.Locked(byItself)), tea.Sequence(m.wipe(), tea.ClearScreen))
}

// blankImages covers the images and takes keys and pixels from who shows them. A picture in
// the terminal goes with the page; who paints it may be busy, and is not waited for until
// the desk is opened.
func (m *Model) blankImages() {
	if m.view == nil {
		return
	}
	view, done := m.view, make(chan struct{})
	if _, painter := view.(viewer.Painter); painter {
		m.locking.blanked = done
		m.watching.Go(func() {
			view.Blank()
			close(done)
		})
		return
	}
	view.Blank()
}

// wipe takes pictures and what has scrolled away out of the terminal: some keep lines of
// the alternate screen (CSI 3 J of xterm).
func (m *Model) wipe() tea.Cmd {
	out, pictures := m.Out, ""
	if m.Screen.Protocol == raster.Kitty {
		pictures = raster.KittyClear(pictureID)
	}
	return func() tea.Msg {
		if out != nil {
			m.dark.wipe(out, pictures+"\x1b[3J")
		}
		return nil
	}
}

// lockedKey is a key while the desk is locked: the key that locks, or Enter, begins; then
// the proof is typed, where one is asked for.
func (m *Model) lockedKey(name string, msg tea.KeyMsg) tea.Cmd {
	l := &m.locking
	held := !l.line.Open && m.Now().Sub(l.struck) < rest
	l.struck = m.Now()
	switch {
	case name == "ctrl+c":
		return m.quitLocked()
	case held || l.trying:
		return nil
	case !l.line.Open:
		if name == "enter" || m.locks(name) {
			return m.askProof()
		}
		return nil
	case name == "esc" || m.locks(name):
		l.line = widget.Prompt{}
	case name == "enter":
		return m.tryProof(l.line.Take())
	default:
		text, ok := typed(msg)
		if !ok {
			l.line.Key(name)
			return nil
		}
		for _, r := range text {
			l.line.Key(string(r))
		}
	}
	return nil
}

// lockAsked waits for another program's wish that this desk be locked, and is asked for
// again after each.
func (m *Model) lockAsked() tea.Cmd {
	asked, ctx := m.Locks, m.ctx
	if asked == nil {
		return nil
	}
	return func() tea.Msg {
		select {
		case <-asked:
			return lockMsg{}
		case <-ctx.Done():
			return nil
		}
	}
}

type lockMsg struct{}

func (lockMsg) take(m *Model) tea.Cmd { return tea.Batch(m.lock(), m.lockAsked()) }

// proofMsg is what the home asks for to unlock, as it is now.
type proofMsg struct{ proof Proof }

func (m *Model) askProof() tea.Cmd {
	if m.Unlock == nil {
		return m.unlock()
	}
	ask := m.Unlock
	return func() tea.Msg { return proofMsg{ask()} }
}

func (p proofMsg) take(m *Model) tea.Cmd {
	switch {
	case !m.locked || m.locking.trying:
		return nil
	case p.proof.Name == "":
		return m.unlock()
	}
	m.locking.proof = p.proof
	m.locking.line.Ask("  "+p.proof.Name+": ", "")
	m.locking.line.Secret = true
	return nil
}

type triedMsg struct{ err error }

func (m *Model) tryProof(secret string) tea.Cmd {
	if secret == "" {
		return nil
	}
	m.locking.trying, m.locking.said = true, "comparing …"
	check := m.locking.proof.Check
	return func() tea.Msg { return triedMsg{check(secret)} }
}

func (t triedMsg) take(m *Model) tea.Cmd {
	if !m.locked {
		return nil
	}
	m.locking.trying = false
	if t.err != nil {
		m.locking.said = sentence(t.err)
		m.locking.failed++
		var pause *access.PauseError
		failed := m.audited(audit.LoginFailed("unlocking: "+sentence(t.err), m.locking.failed, errors.As(t.err, &pause)))
		return tea.Batch(failed, proofMsg{m.locking.proof}.take(m))
	}
	return m.unlock()
}

// unlock shows everything again: the page with its caret and half sentence, the window at
// the same pixel (N19).
func (m *Model) unlock() tea.Cmd {
	if m.locking.blanked != nil {
		<-m.locking.blanked
	}
	m.locked, m.locking = false, locking{}
	m.deaf, m.touched = m.Now().Add(flush), m.Now() // a held Enter opens the lock and nothing else
	if m.sheet != nil {
		m.sheet.since = m.Now()
	}
	m.dark.on.Store(false)
	m.noteLock(false)
	return tea.Batch(m.audited(audit.Unlocked()), m.reshow(), m.repaint(), m.repaintDocument())
}

// quitLocked leaves a locked program: it begins locked the next time. Reports that wait
// keep it here, since the reason that leaving them needs is for an open desk.
func (m *Model) quitLocked() tea.Cmd {
	if m.unsent() > 0 && !m.quitting {
		m.locking.said = "Reports wait to be sent: open the desk to leave it."
		return nil
	}
	return tea.Quit
}

// lockLabel is the key that opens the desk, as keyboards write it.
func (m *Model) lockLabel() string {
	return cmp.Or(m.Keymap.KeysFor(viewer.InText, viewer.SessionLock), "Enter")
}

// noteLock tells the house that the desk is locked or open again.
func (m *Model) noteLock(locked bool) {
	if m.Locked != nil {
		m.Locked(locked)
	}
}

// tickLocked forgets a proof that was begun and left.
func (m *Model) tickLocked() {
	if l := &m.locking; m.locked && l.line.Open && m.Now().Sub(l.struck) > forgotten {
		l.line, l.said = widget.Prompt{}, ""
	}
}

// lockedView is a locked screen: how it is opened, a call's time, that a STAT waits;
// nothing of any patient.
func (m *Model) lockedView() []string {
	l := &m.locking
	rows := []string{"", theme.Muted.Render("  Nocturne is locked. " + m.lockLabel() + " opens it again."), "", m.lockedTimer()}
	if len(m.alarm.rows) > 0 {
		rows = append(rows, theme.Banner.Render(" A STAT case waits. "))
	}
	if l.line.Open {
		rows = append(rows, "", theme.Accent.Render(l.line.Label)+theme.Text.Render(l.line.Shown())+theme.Caret.Render(" "))
	}
	if l.said != "" {
		rows = append(rows, "", theme.Amber.Render("  "+l.said))
	}
	return widget.Rows(rows, m.width, m.height)
}
