package app

import (
	"context"
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"github.com/nocturne/nocturne/ui/document"
	"github.com/nocturne/nocturne/ui/notice"
	"github.com/nocturne/nocturne/ui/pdf"
	"github.com/nocturne/nocturne/ui/raster"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
)

// documents is the page of the case's reports and PDFs. It goes with the case, and so
// does every program that reads for it (N1).
type documents struct {
	document.Page
	pdf  []byte // of the document being read
	stop context.CancelFunc
	turn int // counts what was opened or painted: a late answer to another is dropped
}

// openDocuments lists what is on disk of the case and its priors.
func (m *Model) openDocuments() tea.Cmd {
	c := m.caseFor("documents")
	if c == nil {
		return nil
	}
	m.closePages()
	c.documents = &documents{Page: document.Page{Who: c.page.Who(), Exam: c.page.Exam()}}
	c.page.Typing, m.page, m.sheet = false, onDocuments, nil
	room, ctx, epoch, row, studies := m.Room, c.ctx, c.epoch, c.row, slices.Clone(c.studies)
	return tea.Batch(m.clearPicture(), m.tellSite(), func() tea.Msg {
		list, here := room.Documents(ctx, reading.Identity(row), studies)
		return documentsMsg{epoch, list, missing(studies, here)}
	})
}

// missing says that a document may not be here yet.
func missing(studies []viewer.Study, here int) string {
	expected := 0
	for _, s := range studies {
		expected += s.Expected
	}
	if here >= expected {
		return ""
	}
	return fmt.Sprintf("%d of %d objects are here: a document that is not is not listed. :documents looks again.", here, expected)
}

type documentsMsg struct {
	epoch  uint64
	list   []reading.Document
	notice string
}

func (d documentsMsg) ofEpoch() uint64 { return d.epoch }

func (d documentsMsg) apply(m *Model, c *openCase) tea.Cmd {
	if c.documents != nil {
		c.documents.Rows, c.documents.Notice, c.documents.Listed = d.list, d.notice, true
	}
	return nil
}

// closeDocuments goes back to the case's page and ends what reads for the documents.
func (m *Model) closeDocuments() {
	if m.open == nil || m.open.documents == nil {
		return
	}
	m.open.documents.leave()
	m.open.documents = nil
	if m.page == onDocuments {
		m.page = onCase
	}
}

// leave ends reading a document; the list is on screen.
func (d *documents) leave() {
	if d.stop != nil {
		d.stop()
	}
	d.Open, d.pdf, d.stop = nil, nil, nil
	d.turn++
}

// documentsKey is a key on the documents' page: those of the page, then the F-keys and
// control keys that act anywhere.
func (m *Model) documentsKey(name string, msg tea.KeyMsg) tea.Cmd {
	d := m.open.documents
	if cmd, ok := m.notOneKey(name, msg); ok {
		return cmd
	}
	lines := max(1, m.height-8)
	switch name {
	case "down", "j":
		d.Move(1)
	case "up", "k":
		d.Move(-1)
	case "pgdown", "space":
		d.Move(lines)
	case "pgup":
		d.Move(-lines)
	case "home":
		d.Move(-1 << 30)
	case "end":
		d.Move(1 << 30)
	case "enter":
		return m.readDocument()
	case "p":
		return m.turnPage(0)
	case "right":
		return m.turnPage(1)
	case "left":
		return m.turnPage(-1)
	case "esc":
		return m.leaveDocument()
	case ":":
		return m.askCommand()
	case "?":
		m.help = true
	default:
		if printable(name, msg) != "" {
			m.say("Letters do nothing among the documents. F3 goes to the report, Esc back to the case.")
		}
		return m.anywhere(name)
	}
	return nil
}

// anywhere does what a key does while typing too: F-keys and control keys.
func (m *Model) anywhere(name string) tea.Cmd {
	if b, ok := m.Keymap.Lookup(viewer.InText, viewer.Key(name)); ok {
		if _, own := actions()[b.Action]; own {
			return m.act(b.Action)
		}
	}
	return nil
}

// leaveDocument goes a step back: from the alarm, a page, a document, the list.
func (m *Model) leaveDocument() tea.Cmd {
	d := m.open.documents
	switch {
	case len(m.alarm.rows) > 0:
		m.alarm.acknowledge()
		return m.tellSite()
	case d.Open != nil && d.Open.Number > 0:
		d.Open.Number, d.Open.Picture = 0, nil
		d.turn++
		if d.Open.Body != "" {
			d.Open.Failed = ""
		}
		return m.clearPicture()
	case d.Open != nil:
		d.leave()
		return nil
	}
	m.closeDocuments()
	return m.repaint()
}

// readDocument opens the one under the cursor.
func (m *Model) readDocument() tea.Cmd {
	c := m.open
	d := c.documents
	if d.Open != nil || d.At >= len(d.Rows) {
		return nil
	}
	row := d.Rows[d.At]
	d.leave()
	ctx, stop := context.WithCancel(c.ctx)
	d.Open, d.stop = &document.Text{Document: row}, stop
	epoch, turn := c.epoch, d.turn
	return func() tea.Msg {
		o, err := reading.OpenDocument(ctx, row.Object)
		return documentMsg{epoch, turn, o, err}
	}
}

type documentMsg struct {
	epoch  uint64
	turn   int
	opened reading.Opened
	err    error
}

func (d documentMsg) ofEpoch() uint64 { return d.epoch }

func (d documentMsg) apply(m *Model, c *openCase) tea.Cmd {
	if c.documents == nil || c.documents.turn != d.turn || c.documents.Open == nil {
		return nil
	}
	t := c.documents.Open
	t.Body, t.Note, t.Pages, c.documents.pdf = d.opened.Text, d.opened.Note, d.opened.Pages, d.opened.PDF
	if d.err != nil {
		t.Failed = notice.Of(d.err).Line()
	} else if t.Body == "" || t.Kind == "PDF" && blank(t.Body) {
		t.Failed = "This document holds no text; p shows a PDF's pages as pictures."
	}
	return nil
}

func blank(s string) bool {
	for _, r := range s {
		if r > ' ' {
			return false
		}
	}
	return true
}

// turnPage shows a PDF's page as a picture: the first, or one on or back.
func (m *Model) turnPage(by int) tea.Cmd {
	c := m.open
	d := c.documents
	if d.Open == nil || d.pdf == nil {
		if d.Open != nil && d.Open.Kind != "PDF" {
			m.say("Only PDFs have pages; this document is text.")
		}
		return nil
	}
	if by != 0 && d.Open.Number == 0 {
		return nil
	}
	n := max(1, d.Open.Number+by)
	if d.Open.Pages > 0 {
		n = min(n, d.Open.Pages)
	}
	return m.paintDocument(n)
}

// paintDocument has a page painted in the size that the terminal has for it.
func (m *Model) paintDocument(n int) tea.Cmd {
	c := m.open
	d := c.documents
	if d.stop != nil {
		d.stop() // the page before, if it is not there yet
	}
	ctx, stop := context.WithCancel(c.ctx)
	d.stop = stop
	d.turn++
	d.Open.Number, d.Open.Picture, d.Open.Failed, d.Open.Coarse = n, nil, "", m.Screen.Protocol == raster.HalfBlocks
	p := pageOf{c.epoch, d.turn, m.Screen, m.width, max(4, m.room()-document.HeadRows), len(m.top()) + document.HeadRows}
	file := d.pdf
	return func() tea.Msg { return p.paint(ctx, file, n) }
}

// repaintDocument paints the page on screen again: the terminal has another size, or
// was blanked.
func (m *Model) repaintDocument() tea.Cmd {
	if m.page != onDocuments || m.locked || m.open == nil || m.open.documents == nil {
		return nil
	}
	if o := m.open.documents.Open; o != nil && o.Number > 0 {
		return m.paintDocument(o.Number)
	}
	return nil
}

// pageOf is where and for whom a page is painted.
type pageOf struct {
	epoch      uint64
	turn       int
	screen     raster.Screen
	cols, rows int
	top        int // rows above it
}

func (p pageOf) paint(ctx context.Context, file []byte, n int) tea.Msg {
	size := p.screen.Pixels(p.cols, p.rows)
	im, err := pdf.Page(ctx, file, n, 2*max(size.X, size.Y))
	if err != nil {
		return pagePaintedMsg{p, nil, "", err}
	}
	fitted := raster.Fit(im, size)
	switch p.screen.Protocol {
	case raster.Kitty:
		send, cells := raster.KittyImage(fitted, pictureID, p.cols, p.rows)
		return pagePaintedMsg{p, cells, send, nil}
	case raster.Sixel:
		send, err := raster.SixelAt(fitted, 0, p.top)
		return pagePaintedMsg{p, make([]string, p.rows), send, err}
	}
	return pagePaintedMsg{p, raster.Blocks(fitted, p.screen.Profile), "", nil}
}

type pagePaintedMsg struct {
	pageOf
	cells []string
	send  string
	err   error
}

func (p pagePaintedMsg) ofEpoch() uint64 { return p.epoch }

func (p pagePaintedMsg) apply(m *Model, c *openCase) tea.Cmd {
	d := c.documents
	if d == nil || d.turn != p.turn || d.Open == nil || d.Open.Number == 0 {
		return nil
	}
	if p.err != nil {
		d.Open.Failed = notice.Of(p.err).Line()
		return nil
	}
	d.Open.Picture = p.cells
	if p.send == "" || m.locked || m.help || m.page != onDocuments {
		return nil
	}
	return m.write(p.send)
}

// hints are the keys that matter on the documents' page.
func (d *documents) hints() string {
	switch {
	case d.Open == nil:
		return "↑↓ choose · Enter reads · Esc back to the case"
	case d.Open.Number > 0:
		return "→ ← next and previous page · Esc back to the text"
	case d.Open.Kind == "PDF":
		return "↑↓ PgUp PgDn Home End · p pages as pictures · Esc back to the list"
	}
	return "↑↓ PgUp PgDn Home End · Esc back to the list"
}
