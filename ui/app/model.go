// Package app is the one Bubble Tea model: it owns which page is on screen, whose
// the keys are, and turns messages of the rooms below into pages.
//
// Update does no I/O: everything that can block runs in a tea.Cmd or in the
// reading journal and comes back as a message. A message of a case carries its
// epoch and is dropped when another case is on screen (N1).
package app

import (
	"context"
	"io"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/list"
	"github.com/nocturne/nocturne/ui/raster"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/spell"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs/token"
)

// Options is what the app needs of the house.
type Options struct {
	Room   *reading.Room
	Feed   *feed.Feed
	Outbox *deliver.Runner
	// Paper is the folder that a report's PDF is written to when the reader says so; empty:
	// none is.
	Paper  string
	Keymap *viewer.Keymap
	// Keymaps finds a key map by name, with what the reader should know of it.
	Keymaps func(name string) (m *viewer.Keymap, notes []string, err error)
	// Viewer starts the window, or the terminal image where none can open; why says
	// so in words for the status line.
	Viewer func() (v viewer.Viewer, why string, err error)
	Poll   time.Duration
	Alarm  string // program started for an unacknowledged STAT
	Screen raster.Screen
	Out    io.Writer // the terminal itself, for pictures and the bell
	Now    func() time.Time
	Failed <-chan error // what the journal and the outbox could not do; may be nil
	// AssumedReader: the reader's name comes from the system, not from config.toml.
	AssumedReader bool
	// Unprotected: whoever has the home's files can read them, which the header says.
	Unprotected bool
	// Hanging keeps a layout as a hanging protocol or forgets one (viewer.HangKeep,
	// HangForget) and says so in a sentence; nil: nothing is kept.
	Hanging func(a viewer.Action, text string) (said string, err error)
	// Spell starts what looks words up; nil: nothing does.
	Spell func(context.Context) (*spell.Speller, error)
	Vim   bool // the report is edited with vim's keys
	// Macros reads the phrases that are typed by name; nil: there are none.
	Macros    func() ([]reading.Macro, error)
	Dictation DictationOptions
	// LockAfter is how long nothing is done before the screens are blanked; 0: never.
	LockAfter time.Duration
	// Unlock tells what opens a locked desk besides its key, as it is now; it may read
	// files. Nil: the key alone.
	Unlock func() Proof
	// Locked is told when the desk is locked and opened; nil: nobody is. It only queues.
	Locked func(locked bool)
	// Locks brings the wish of another program that this desk be locked; nil: none has any.
	Locks <-chan struct{}
	// BeginLocked: the desk was locked when the program ended before.
	BeginLocked bool
	// Login logs in at a site by name ("": the only one that has a login to make), shows
	// where and waits; it returns the site's name. Nil: no site has one.
	Login func(ctx context.Context, site string, show func(token.Prompt)) (string, error)
	// First is the study to open once it is listed; Said is told at the start. Empty: none.
	First, Said string
	Banner      string // "DEMO · phantoms, not patients" or empty
}

// pageName is what fills the screen.
type pageName int

const (
	onList pageName = iota
	onCase
	onSheet
	onDocuments
	onCalculators
	onLesions
	onContact // the form of a critical result
	onLines   // a log, figures, tasks
)

// Model is the program's state.
type Model struct {
	Options
	ctx    context.Context
	cancel context.CancelFunc
	rows   []ledger.OutboxRow  // the outbox as it was read last, without objects
	sent   *outboxPage         // nil: not on screen
	late   map[int64]time.Time // undelivered STAT reports: when the reader was told last

	spelling spelling
	login    *login // under way; nil: none

	width, height int
	page          pageName
	list          *list.Page
	snapshot      feed.Snapshot
	lists         chan feed.Snapshot // one at most
	watching      sync.WaitGroup
	open          *openCase
	aside         []feed.Row // put aside, the last one last
	recalledAside bool       // the worklist was asked what was put aside before the start
	interrupted   *feed.Row  // the case that F6 left for the one on screen
	sheet         *sheet
	prompt        widget.Prompt
	asked         func(m *Model, text string) tea.Cmd // what the prompt is for
	help          bool
	count         int // digits before a key, where the map has counts
	helpAt        int // page of the help
	locked        bool
	locking       locking
	glasses       glasses
	dark          dark
	status        status
	alarm         alarm
	view          viewer.Viewer
	viewWhy       string
	epoch         uint64
	deaf          time.Time // type-ahead is dropped until then (N1)
	outbox        []outboxLine
	quitting      bool
	dictating     dictating
	settling      bool // claims are being asked about
	criticals     criticals
	interruptions interruptions
	followed      time.Time // when the list was compared with the follow-ups
	lines         *lines
	stops         stops
	foreseen      foreseen
	steps         steps
	touched       time.Time // the last key or act in the window
}

// status is the line at the bottom; it goes after a while unless severe.
type status struct {
	text   string
	severe bool
	until  time.Time
}

// New makes the model. Call Close when the program has ended.
func New(ctx context.Context, o Options) *Model {
	if o.Now == nil {
		o.Now = time.Now
	}
	ctx, cancel := context.WithCancel(ctx)
	return &Model{Options: o, ctx: ctx, cancel: cancel, late: map[int64]time.Time{}, lists: make(chan feed.Snapshot, 1), list: list.New(o.Now), width: 80, height: 24}
}

// Init shows the list as it was known last and starts the viewer, the polling, the
// outbox and the clock.
func (m *Model) Init() tea.Cmd {
	m.showRemembered()
	m.atStart()
	var locked tea.Cmd
	if m.BeginLocked {
		locked = m.lock()
	}
	return tea.Batch(locked, m.lockAsked(), m.startViewer(), m.watchSites(), m.resolveClaims(), m.lookAtOutbox(0, true), m.lookAtCriticals(), m.recentCalls(), m.failures(), clock())
}

// Close ends what the model started and writes what waits.
func (m *Model) Close() {
	m.leaveCase()
	m.cancel()
	m.watching.Wait()
	if m.view != nil {
		m.view.Close()
	}
	if m.dictating.with != nil {
		m.dictating.with.Close()
	}
	m.Room.Journal.Close()
	if m.spelling.speller != nil {
		m.spelling.speller.Close()
	}
}

func (m *Model) say(text string) { m.status = status{text: text, until: m.Now().Add(8 * time.Second)} }

func (m *Model) warn(text string) {
	m.status = status{text: text, severe: true, until: m.Now().Add(time.Minute)}
}

type clockMsg time.Time

func clock() tea.Cmd {
	return tea.Tick(time.Second, func(t time.Time) tea.Msg { return clockMsg(t) })
}

// failures waits for the next thing that went wrong behind the screen.
func (m *Model) failures() tea.Cmd {
	failed, ctx := m.Failed, m.ctx
	return func() tea.Msg {
		select {
		case err := <-failed:
			return failedMsg{err: err, behind: true}
		case <-ctx.Done():
			return nil
		}
	}
}
