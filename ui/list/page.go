// Package list is the worklist page: the cases assigned to the reader by all
// sites, in the order to read them.
//
// The row under the cursor is held by its case, not by its number: however the
// list re-sorts, the cursor stays on the case the reader was looking at.
package list

import (
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Page is the list as it stands. Rows is replaced whole by Set.
type Page struct {
	Now    func() time.Time
	Filter string
	Big    bool
	Priors []string // lines of the priors pane of the row under the cursor; nil = closed

	view   int // index into views
	sort   int // index into orders
	all    []feed.Row
	shown  []feed.Row
	cursor int
	key    string
	first  int
}

// New makes an empty page.
func New(now func() time.Time) *Page { return &Page{Now: now} }

// view is a saved selection of rows.
type view struct {
	name string
	keep func(feed.Row) bool
}

var views = []view{
	{"all", func(feed.Row) bool { return true }},
	{"to read", func(r feed.Row) bool { return r.ClaimedBy == nil && !r.Finished() }},
	{"mine", func(r feed.Row) bool { return r.Mine }},
	{"stat", func(r feed.Row) bool { return r.Priority == pacs.Stat }},
	{"done", feed.Row.Finished},
}

type order struct {
	name string
	cmp  func(a, b feed.Row) int
}

// orders: the first keeps the feed's order, which is the order to read.
var orders = []order{
	{"suggested", nil},
	{"due", func(a, b feed.Row) int { return a.Due.Compare(b.Due) }},
	{"patient", func(a, b feed.Row) int { return strings.Compare(a.PatientName, b.PatientName) }},
	{"modality", func(a, b feed.Row) int { return strings.Compare(a.Modality, b.Modality) }},
	{"site", func(a, b feed.Row) int { return strings.Compare(a.Site, b.Site) }},
}

// ViewName and SortName are what the header says.
func (p *Page) ViewName() string { return views[p.view].name }

// SortName is the name of the order the rows stand in.
func (p *Page) SortName() string { return orders[p.sort].name }

// StepView and StepSort go to the next (+1) or previous (−1) one.
func (p *Page) StepView(by int) { p.view = (p.view + by + len(views)) % len(views); p.refresh() }

// StepSort goes to the next order.
func (p *Page) StepSort() { p.sort = (p.sort + 1) % len(orders); p.refresh() }

// SetFilter narrows the rows to those that hold every word of text.
func (p *Page) SetFilter(text string) { p.Filter = text; p.refresh() }

// Set replaces the rows.
func (p *Page) Set(rows []feed.Row) { p.all = rows; p.refresh() }

// Rows is what is shown, in order.
func (p *Page) Rows() []feed.Row { return p.shown }

// Total counts the rows before filter and view.
func (p *Page) Total() int { return len(p.all) }

func rowKey(r feed.Row) string { return r.Site + "\x00" + r.WorkitemUID + "\x00" + r.StudyUID }

func (p *Page) refresh() {
	p.shown = p.shown[:0:0]
	for _, r := range p.all {
		if views[p.view].keep(r) && matches(r, p.Filter) {
			p.shown = append(p.shown, r)
		}
	}
	if cmp := orders[p.sort].cmp; cmp != nil {
		slices.SortStableFunc(p.shown, cmp)
	}
	p.cursor = max(0, min(p.cursor, len(p.shown)-1))
	for i, r := range p.shown {
		if rowKey(r) == p.key {
			p.cursor = i
		}
	}
	p.hold()
}

func (p *Page) hold() {
	if p.cursor < len(p.shown) {
		p.key = rowKey(p.shown[p.cursor])
	}
}

// Move steps the cursor by rows, stopping at the ends.
func (p *Page) Move(by int) {
	p.cursor = max(0, min(p.cursor+by, len(p.shown)-1))
	p.Priors = nil
	p.hold()
}

// Ends puts the cursor on the first (−1) or last (+1) row.
func (p *Page) Ends(direction int) { p.Move(direction * len(p.shown)) }

// Selected is the row under the cursor.
func (p *Page) Selected() (feed.Row, bool) {
	if p.cursor >= len(p.shown) {
		return feed.Row{}, false
	}
	return p.shown[p.cursor], true
}

// Select puts the cursor on a study if it is shown.
func (p *Page) Select(study string) {
	for i, r := range p.shown {
		if r.StudyUID == study {
			p.cursor = i
			p.hold()
		}
	}
}

func matches(r feed.Row, filter string) bool {
	hay := strings.ToLower(strings.Join([]string{
		dicom.ParsePN(r.PatientName).Display(), r.PatientName, r.PatientID, r.Accession, r.Modality, r.Study,
		r.Site, string(r.State), string(r.Priority), r.Indication, r.Bed,
	}, " "))
	for _, word := range strings.Fields(strings.ToLower(filter)) {
		if !strings.Contains(hay, word) {
			return false
		}
	}
	return true
}

// scroll keeps the cursor in a window of height rows and returns its first row.
func (p *Page) scroll(height int) int {
	p.first = widget.Window(p.first, p.cursor, height, len(p.shown))
	return p.first
}
