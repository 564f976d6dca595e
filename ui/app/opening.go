package app

import (
	"cmp"
	"context"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/nocturne/nocturne/ui/calculator"
	"github.com/nocturne/nocturne/ui/lesions"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/study"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// openCase is the case on screen with all that belongs to it. It is dropped whole
// when another case comes.
type openCase struct {
	epoch     uint64
	row       feed.Row
	look      bool // v: no claim, no report
	page      *study.Page
	studies   []viewer.Study
	marks     []viewer.Mark
	seen      []viewer.Seen
	draft     *report.Draft
	priors    reading.Priors
	claimed   bool
	shown     bool
	held      string          // stray text, offered to F3 (N2)
	apart     []reading.Apart // of what is held: what another program typed
	burst     time.Time       // what is typed before then belongs to the stray text
	told      string          // fingerprint of what the viewer was told last
	capsuled  time.Time
	desk      reading.Desk  // as it is on disk
	eyes      *viewer.State // the last with a series on screen: an empty window is no place to come back to
	moved     bool          // the state changed since it was put on disk
	keeper    *reading.Keeper
	begun     bool // opening was answered at least once
	dirty     bool // the draft differs from what was handed to the journal
	saving    bool // a save is due
	signed    bool
	compared  map[string]bool         // priors that were on screen
	outbox    int64                   // the outbox row of the signed report
	sent      map[string]bool         // objects the viewer knows, by SOP Instance UID
	recording func(begunMsg) begunMsg // see record
	recorded  bool                    // that it is opened
	progress  chan tea.Msg
	left      <-chan struct{} // closed when the case goes
	cancel    context.CancelFunc
	ctx       context.Context // ends when the case goes
	// documents is the page of its reports and PDFs; nil: closed.
	documents *documents
	// calculator is the page of the published rules; nil: closed.
	calculator   *calculator.Page
	lesions      *lesions.Page // what is followed over time; nil: closed
	lesionsAsked int           // how often what is followed was read
	macros       []reading.Macro
	preview      *viewer.Preview // until an image of the study is on screen
	late         late            // images that were announced and are not here
	writing      writing
	listing      bool                // templates are being looked for
	drawn        string              // the mark drawn since the viewer last said what is selected
	ahead        []tea.KeyMsg        // pressed meanwhile
	texts        []reading.PriorText // reports of priors, while one is beside the text
	differs      bool                // what differs from it is shown
	beside       int                 // which of them
	live         live
	stopped      stopped // for want of room on the disk
}

func (m *Model) openSelected(look bool) tea.Cmd {
	row, ok := m.list.Selected()
	if !ok {
		return nil
	}
	if !look && m.isAside(row) {
		return m.takeUp(row)
	}
	return m.openRow(row, look)
}

// openRow brings a case on screen: the patient line first, then the claim, the
// draft, the cached images, and what has to be fetched.
func (m *Model) openRow(row feed.Row, look bool) tea.Cmd {
	look = look || m.onMedium(row)
	if why := m.mayOpen(row); why != nil {
		return m.refuseRow(row, look, why)
	}
	m.leaveCase()
	m.epoch++
	m.deaf = m.Now().Add(flush)
	ctx, cancel := context.WithCancel(m.ctx)
	c := &openCase{ctx: ctx, epoch: m.epoch, row: row, look: look, cancel: m.holding(row.StudyUID, cancel), sent: map[string]bool{}, compared: map[string]bool{}, progress: make(chan tea.Msg, 16), left: ctx.Done()}
	c.page = &study.Page{Row: row, Epoch: c.epoch, Now: m.Now, Claim: "asking " + row.Site + " …", Notice: c.priors.Sentence()}
	c.studies = []viewer.Study{reading.CurrentStudy(row)}
	m.open, m.page, m.sheet = c, onCase, nil
	m.help, m.helpAt, m.prompt.Open = false, 0, false // what was asked was asked of the case before
	m.Room.Prefer(row.StudyUID)
	m.Room.Expect(row.StudyUID, row.Expected)
	m.list.Select(row.StudyUID)
	return tea.Batch(m.announce(c), m.record(ctx, c), m.begin(ctx, c), c.follow(), m.load(c), m.loadPriors(ctx, c), m.readMacros(c))
}

// holding keeps a study's images on disk until the case is left.
func (m *Model) holding(study string, cancel func()) func() {
	let := m.Room.Shelf.Hold(study)
	return func() { let(); cancel() }
}

// announce brings the patient line into the window before anything was asked or
// read, and takes the images of the case before away (N1).
func (m *Model) announce(c *openCase) tea.Cmd {
	vc := viewer.Case{Epoch: c.epoch, StudyUID: c.row.StudyUID, Order: reading.Order(c.row), Studies: c.studies,
		ReadOnly: c.page.Claim, Site: m.siteLine(c.row), Display: m.Room.CheckedDisplay()}
	ctx := m.ctx
	return m.toViewer(func(v viewer.Viewer, _ uint64) error { return v.Open(ctx, vc) })
}

// leaveCase stops what runs for the case on screen and writes what waits.
func (m *Model) leaveCase() {
	if m.open == nil {
		return
	}
	m.stopDictation("Dictation ended with the case.")
	m.interruptions.remember(m.open)
	m.saveDraft(m.open)
	m.open.keepHere(m)
	m.open.writing.stop()
	m.open.cancel()
	m.open, m.interrupted = nil, nil
}

// begunMsg is what opening found out: the claim, and what was on disk.
type begunMsg struct {
	epoch   uint64
	claimed reading.Claimed
	start   reading.Start
	err     error
	late    <-chan begunMsg // brings the answer to a claim that took too long
	writing *reading.Writing
	busy    string // which other program writes the report
	closed  error  // the opening could not be recorded: nothing of the case may be shown
}

func (b begunMsg) ofEpoch() uint64 { return b.epoch }

// dropped gives back what opening took for a case that is not on screen any more.
func (b begunMsg) dropped() {
	if b.writing != nil {
		b.writing.Stop()
	}
}

// patience is how long opening waits for the claim. Then the case opens as the
// ledger has it, and the answer comes when it comes.
const patience = time.Second

// begin claims (unless only looking) and reads draft, marks and state.
func (m *Model) begin(ctx context.Context, c *openCase) tea.Cmd {
	room, epoch, row, look := m.Room, c.epoch, c.row, c.look
	recorded := c.recording
	ask := func() begunMsg {
		claimed := room.Look(row)
		var err error
		if !look {
			claimed, err = room.Claim(ctx, row)
		}
		return recorded(started(ctx, room, row, begunMsg{epoch: epoch, claimed: claimed, err: err}))
	}
	return func() tea.Msg {
		answer := make(chan begunMsg, 1)
		go func() { answer <- ask() }()
		select {
		case b := <-answer:
			return b
		case <-time.After(patience):
			return recorded(started(ctx, room, row, begunMsg{epoch: epoch, claimed: room.ClaimOnDisk(ctx, row), late: answer}))
		}
	}
}

// started adds what is on disk, after all that was handed to the journal is.
func started(ctx context.Context, room *reading.Room, row feed.Row, b begunMsg) begunMsg {
	err := room.Journal.Wait(ctx)
	if err == nil && b.err == nil && b.claimed.ReadOnly == "" {
		b.writing, b.busy, err = room.Write(ctx, row.StudyUID)
	}
	if err == nil {
		b.start, err = room.Begin(ctx, row)
	}
	if b.err == nil {
		b.err = err
	}
	return b
}

func (b begunMsg) apply(m *Model, c *openCase) tea.Cmd {
	if b.closed != nil {
		return m.unaudited(b)
	}
	if b.err != nil {
		c.page.Claim, c.page.ReadOnly = "not claimed", "the claim did not succeed"
		m.warn(sentence(b.err))
	} else {
		c.page.Claim, c.page.ReadOnly = b.claimed.Words, b.claimed.ReadOnly
	}
	c.claimed = b.claimed.Held
	if busy := c.writing.take(b.writing, b.busy, m.Now()); busy != "" {
		c.page.ReadOnly = busy
	}
	c.takeMarks(b.start.Marks, nil)
	c.seen = viewer.MergeSeen(b.start.Seen, c.seen)
	switch {
	case c.page.ReadOnly != "":
		m.stopWriting(c)
	case c.draft == nil:
		c.useDraft(m, b.start.Draft)
		m.freeze(c, b.start.Signed)
		m.offer(c, b.start.Apart)
	}
	state, cmds := b.start.State, []tea.Cmd{c.prefill(m), m.resumeLinked(c)}
	if c.begun {
		state = c.page.State
	} else if left, strip := m.returned(c); left != nil {
		state, cmds = left, append(cmds, strip)
	} else {
		c.sitDown(b.start.Desk)
	}
	c.begun = true
	if c.eyes == nil && inUse(state) {
		c.eyes = state
	}
	m.suggestLinked(c)
	if late := b.late; late != nil {
		cmds = append(cmds, func() tea.Msg { return <-late })
	}
	return tea.Batch(append(cmds, m.show(c, state))...)
}

// offer holds what was typed in another program and is not in this report for F3.
func (m *Model) offer(c *openCase, apart []reading.Apart) {
	if c.signed || len(apart) == 0 {
		return
	}
	for _, a := range apart {
		c.hold(a.Text + "\n")
	}
	c.apart = apart
	m.warn("Text typed in another program at " + apart[0].Saved.Local().Format("15:04") + " is not in this report. F3 puts it in.")
}

// stopWriting closes the report of a case that turned out to be another's; what
// was typed stays on disk.
func (m *Model) stopWriting(c *openCase) {
	m.saveDraft(c)
	c.draft, c.page.Editor, c.page.Typing = nil, nil, false
	if m.page == onSheet {
		m.page, m.sheet = onCase, nil
	}
}

// freeze shows a report that was signed before, with how far it is on its way.
func (m *Model) freeze(c *openCase, signed bool) {
	if !signed {
		return
	}
	c.signed, c.page.Signed, c.page.Report = true, true, "signed"
	for _, l := range m.outbox {
		if slices.Contains(l.studies, c.row.StudyUID) {
			c.outbox, c.page.Report = l.id, l.words
		}
	}
}

// show gives the case to the viewer with what is cached of it. A viewer that had the
// case already begins anew with it.
func (m *Model) show(c *openCase, state *viewer.State) tea.Cmd {
	clear(c.sent)
	vc := viewer.Case{
		Epoch: c.epoch, StudyUID: c.row.StudyUID, Order: reading.Order(c.row), Studies: c.studies,
		Marks: c.marks, Seen: c.seen, State: state, ReadOnly: m.markable(c), Site: m.siteLine(c.row), Display: m.Room.CheckedDisplay(),
	}
	ctx := m.ctx
	return tea.Batch(m.toViewer(func(v viewer.Viewer, _ uint64) error { return v.Open(ctx, vc) }), m.showPreview(c), m.addCached(c))
}

// reshow opens the case on screen again: the viewer is new, or was blanked.
func (m *Model) reshow() tea.Cmd {
	if m.open == nil || m.view == nil {
		return nil
	}
	return m.show(m.open, m.open.page.State)
}

// addCached tells the viewer of all objects on disk that it does not know yet.
func (m *Model) addCached(c *openCase) tea.Cmd {
	var fresh []viewer.Object
	for _, s := range c.studies {
		for _, o := range m.Room.Objects(s.UID) {
			if !c.sent[o.SOPUID] {
				fresh = append(fresh, o)
			}
		}
	}
	return c.add(m, fresh)
}

func (c *openCase) add(m *Model, objects []viewer.Object) tea.Cmd {
	if m.view == nil || !c.begun || len(objects) == 0 {
		return nil // show tells the viewer of all that is on disk by then
	}
	for _, o := range objects {
		c.sent[o.SOPUID] = true
	}
	return m.toViewer(func(v viewer.Viewer, epoch uint64) error { return v.Add(epoch, objects) })
}

// siteLine is what the window repeats of the list.
func (m *Model) siteLine(row feed.Row) viewer.SiteLine {
	line := viewer.SiteLine{Name: row.Site, Due: row.Due, Banner: m.withGlass(row, cmp.Or(m.alarm.text(m.Now()), m.criticalBanner(), m.arrivals())), Typing: m.open != nil && m.open.page.Typing}
	for _, s := range m.snapshot.Sites {
		if s.Name == row.Site {
			line.Stale = s.Text(m.Now())
		}
	}
	return line
}

// refresh takes what the list learned of the case since it was opened: its clock
// and its counts; never its patient. Only where we sent something ourselves, which the
// site counted until it was ours, may fewer images be expected than before.
func (c *openCase) refresh(r feed.Row, sent bool) {
	c.row.Due, c.row.Priority, c.row.State = r.Due, r.Priority, r.State
	c.page.Row = c.row
	if r.Expected > c.row.Expected || sent && r.Expected > 0 {
		c.row.Expected = r.Expected
		c.studies[0].Expected = r.Expected
	}
}
