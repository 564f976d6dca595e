// Package outbox is the page of the signed reports under way: by report, every
// destination with its state, and of one of them all that happened to it.
//
// The page draws what it is given and decides nothing: the app reads the ledger.
package outbox

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/deliver"
)

// Page is the outbox: reports that wait, the most pressing first, then those delivered
// within a day, the newest first.
type Page struct {
	Reports []deliver.Report
	Listed  bool // Reports is what there is; else it is being read
	At      int  // row under the cursor, counted through all reports
	Now     time.Time
	// Who names the patient of a study and Phone who to call at a site; "" where nobody
	// knows.
	Who, Phone func(string) string
	Open       *Story // nil: the list is on screen

	first int
}

// shown is how long a delivered report stays on the page.
const shown = 24 * time.Hour

// Set takes the rows of the ledger and keeps the cursor on its row.
func (p *Page) Set(rows []ledger.OutboxRow, now time.Time) {
	at, had := p.Row()
	p.Now, p.Listed, p.Reports = now, true, p.Reports[:0]
	for _, r := range deliver.Reports(rows) {
		if !r.Done() || now.Sub(arrived(r)) < shown {
			p.Reports = append(p.Reports, r)
		}
	}
	slices.SortStableFunc(p.Reports, func(a, b deliver.Report) int { return p.rank(a) - p.rank(b) })
	done := slices.IndexFunc(p.Reports, deliver.Report.Done)
	if done >= 0 {
		slices.Reverse(p.Reports[done:])
	}
	if i := slices.IndexFunc(p.rows(), func(r ledger.OutboxRow) bool { return had && r.ID == at.ID }); i >= 0 {
		p.At = i
	}
	p.At = max(0, min(p.At, len(p.rows())-1))
}

func (p *Page) rank(r deliver.Report) int {
	switch {
	case r.Done():
		return 3
	case slices.ContainsFunc(r, func(row ledger.OutboxRow) bool { return deliver.Overdue(row, p.Now) }):
		return 0
	case r.Worst().State == ledger.Parked:
		return 1
	}
	return 2
}

func arrived(r deliver.Report) (at time.Time) {
	for _, row := range r {
		if row.Verified.After(at) {
			at = row.Verified
		}
	}
	return at
}

func (p *Page) rows() (out []ledger.OutboxRow) {
	for _, r := range p.Reports {
		out = append(out, r...)
	}
	return out
}

// Row is the one under the cursor.
func (p *Page) Row() (ledger.OutboxRow, bool) {
	rows := p.rows()
	if p.At >= len(rows) {
		return ledger.OutboxRow{}, false
	}
	return rows[p.At], true
}

// Move moves the cursor, or the story, by lines.
func (p *Page) Move(n int) {
	if p.Open != nil {
		p.Open.top = max(0, min(p.Open.top+n, p.Open.most))
		return
	}
	p.At = max(0, min(p.At+n, len(p.rows())-1))
}

// View draws the page in exactly height rows of width cells.
func (p *Page) View(width, height int) []string {
	waits := 0
	for _, r := range p.Reports {
		if !r.Done() {
			waits++
		}
	}
	said := "everything is delivered "
	if waits > 0 {
		said = fmt.Sprintf("%d not delivered ", waits)
	}
	if !p.Listed {
		said = ""
	}
	out := []string{theme.BarBold.Render(widget.Ends(" OUTBOX", said, width))}
	if p.Open != nil {
		return widget.Rows(append(out, p.Open.view(p, width, height-len(out))...), width, height)
	}
	return widget.Rows(append(out, p.list(width, height-len(out))...), width, height)
}

func (p *Page) list(width, height int) []string {
	switch {
	case !p.Listed:
		return []string{theme.Muted.Render("  reading the ledger …")}
	case len(p.Reports) == 0:
		return []string{theme.Muted.Render("  no report waits, and none was delivered within a day")}
	}
	var lines []string
	cursor, n := 0, 0
	for _, r := range p.Reports {
		lines = append(lines, p.heads(r, width)...)
		for _, row := range r {
			if n == p.At {
				cursor = len(lines)
			}
			lines = append(lines, p.row(row, r[0].Accession, n == p.At, width))
			n++
		}
	}
	if cursor <= 3 {
		p.first = 0 // with the first report's name
	}
	p.first = widget.Window(p.first, cursor, max(1, height), len(lines))
	return lines[p.first:min(len(lines), p.first+height)]
}

// heads say whose report it is and, while it waits, who to call.
func (p *Page) heads(r deliver.Report, width int) []string {
	f := r[0]
	left := " " + strings.Join(fields(f.Accession, p.who(f.StudyUID), f.Site, "signed "+clock(f.Signed, p.Now)), " · ")
	if f.WithoutClaim {
		left += " · without claim"
	}
	if f.Priority == "stat" {
		left += " · STAT"
	}
	switch {
	case r.Done():
		return []string{theme.Muted.Render(widget.Fit(left, width))}
	case p.rank(r) == 0:
		return []string{theme.Banner.Render(widget.Ends(left, "NOT DELIVERED "+age(p.Now.Sub(f.Signed))+" ", width)),
			theme.Red.Render(widget.Fit("   "+p.call(f.Site)+" · c copies the text to be read out", width))}
	case r.Worst().State == ledger.Parked:
		return []string{theme.Heading.Render(widget.Ends(left, p.call(f.Site)+" ", width))}
	}
	return []string{theme.Heading.Render(widget.Fit(left, width))}
}

func (p *Page) who(study string) string {
	if p.Who == nil {
		return ""
	}
	return p.Who(study)
}

func (p *Page) call(site string) string {
	if p.Phone != nil {
		if n := p.Phone(site); n != "" {
			return n
		}
	}
	return "call " + site
}

// row is one destination on one line; of another order than the report's own, its
// accession number, too.
func (p *Page) row(r ledger.OutboxRow, own string, here bool, width int) string {
	mark, style := "·", theme.Text
	switch {
	case r.Done():
		mark, style = "✓", theme.Green
	case r.State == ledger.Parked:
		mark, style = "✖", theme.Red
	case r.State == ledger.Retry:
		mark, style = "…", theme.Amber
	}
	how := p.how(r)
	if r.Accession != own {
		how = strings.Join(fields(r.Accession, how), " · ")
	}
	line := fmt.Sprintf("  %s %-13s %-6s %-9s %s", mark, short(r.Kind), Way(r.Channel), strings.ToUpper(string(r.State)), how)
	if here {
		style = theme.Selected
	}
	return style.Render(widget.Fit(dicom.Clean(line), width))
}

// how says when it arrived, or what it waits for.
func (p *Page) how(r ledger.OutboxRow) string {
	var parts []string
	switch {
	case r.State == ledger.Verified:
		parts = append(parts, clock(r.Verified, p.Now))
		if r.WorkitemUID != "" && r.WorkitemDone && !r.WithoutClaim {
			parts = append(parts, "task completed")
		} else if !r.Done() {
			parts = append(parts, "task open")
		}
	case r.State == ledger.Queued && r.NotBefore.After(p.Now):
		parts = append(parts, "can be taken back until "+clock(r.NotBefore, p.Now))
	}
	if !r.Done() && r.Tries > 0 {
		tries := fmt.Sprintf("%d tries", r.Tries)
		if r.Tries == 1 {
			tries = "1 try"
		}
		if r.NextAt.After(p.Now) && r.State != ledger.Parked {
			tries += ", next in " + age(r.NextAt.Sub(p.Now))
		}
		parts = append(parts, tries)
	}
	return strings.Join(append(parts, fields(r.Reason)...), " · ")
}
