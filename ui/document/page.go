// Package document is the page of a case's documents: the list of reports and PDFs that
// are on disk, and the one that is read, as text or as pictures of its pages.
//
// The page draws what it is given and decides nothing: the app reads the documents.
package document

import (
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
)

// Page is the documents of one case.
type Page struct {
	Who, Exam string // patient and examination, on every frame (N1)
	Rows      []reading.Document
	Listed    bool   // Rows is what there is; else it is being read
	Notice    string // what may be missing in Rows; empty when nothing is
	At        int    // row under the cursor
	Open      *Text  // nil: the list is on screen

	first int
}

// Text is a document being read.
type Text struct {
	reading.Document
	Body    string   // its text; empty while it is read
	Failed  string   // why there is no text, or no picture: a sentence
	Note    string   // what contradicts itself in it
	Pages   int      // of a PDF
	Number  int      // the page on picture, from 1; 0: the text is on screen
	Picture []string // rows of cells; nil while it is painted
	Coarse  bool     // the terminal's pictures are too coarse for print

	top, most int
}

// HeadRows is what stands above a picture of a page.
const HeadRows = 4

// Move moves the cursor of the list, or the text, by lines.
func (p *Page) Move(n int) {
	if o := p.Open; o != nil {
		o.top = max(0, min(o.top+n, o.most))
		return
	}
	p.At = max(0, min(p.At+n, len(p.Rows)-1))
}

// View draws the page in exactly height rows of width cells.
func (p *Page) View(width, height int) []string {
	out := []string{theme.BarBold.Render(widget.Ends(" "+dicom.OneLine(p.Who), "DOCUMENTS ", width)), theme.Bar.Render(widget.Fit(" "+dicom.OneLine(p.Exam), width))}
	if p.Open != nil {
		return widget.Rows(append(out, p.Open.view(width, height-len(out))...), width, height)
	}
	return widget.Rows(append(out, p.list(width, height-len(out))...), width, height)
}

func (p *Page) list(width, height int) []string {
	var out []string
	if p.Notice != "" {
		out = append(out, theme.Warning.Render(widget.Fit(" "+dicom.Clean(p.Notice), width)))
	}
	switch {
	case !p.Listed:
		return append(out, theme.Muted.Render("  looking on disk …"))
	case len(p.Rows) == 0:
		return append(out, theme.Muted.Render("  no report, PDF or other document of this case is on disk"))
	}
	room := max(1, height-len(out))
	p.first = widget.Window(p.first, p.At, room, len(p.Rows))
	for i := p.first; i < min(len(p.Rows), p.first+room); i++ {
		line := widget.Fit(" "+line(p.Rows[i]), width)
		style := theme.Text
		if len(p.Rows[i].Differs) > 0 {
			style = theme.Red
		}
		if i == p.At {
			style = theme.Selected
		}
		out = append(out, style.Render(line))
	}
	return out
}

// line is a document on one line; another patient's says so first.
func line(d reading.Document) string {
	title := d.Title
	if title == "" {
		title = "without a title"
	}
	s := fmt.Sprintf("%-4s %-16s  %-16s  %s", dicom.OneLine(d.Kind), orDash(d.Date), whose(d), dicom.OneLine(title))
	if d.Institution != "" {
		s += " · " + dicom.OneLine(d.Institution)
	}
	if len(d.Differs) > 0 {
		s = "✖ OTHER " + strings.ToUpper(strings.Join(d.Differs, ", ")) + " · " + s
	}
	return s
}

func whose(d reading.Document) string {
	if !d.Study.Prior {
		return "current"
	}
	return "prior " + reading.PriorStudy{Study: d.Study}.Day()
}

func orDash(s string) string {
	if s == "" {
		return "no date"
	}
	return s
}

// view is the document: what it is, what is wrong with it, and its text or a page.
func (t *Text) view(width, height int) []string {
	out := []string{theme.Heading.Render(widget.Fit(" "+line(t.Document), width))}
	if len(t.Differs) > 0 {
		out[0] = theme.Banner.Render(widget.Fit(" "+line(t.Document), width))
	}
	if t.Number > 0 {
		head := fmt.Sprintf(" page %d of %d", t.Number, max(t.Number, t.Pages))
		if t.Coarse {
			head += " · this terminal's pictures are too coarse for print: Esc shows the text"
		}
		return append(append(out, theme.Warning.Render(" NOT FOR DIAGNOSIS ")+theme.Muted.Render(head)), t.page(width)...)
	}
	for _, s := range []string{t.Failed, t.Note} {
		if s != "" {
			for _, l := range widget.Wrap(dicom.Clean(s), width-2) {
				out = append(out, theme.Amber.Render(" "+l))
			}
		}
	}
	if t.Body == "" && t.Failed == "" {
		return append(out, theme.Muted.Render(" reading …"))
	}
	lines := wrapped(t.Body, width-2)
	room := max(1, height-len(out)-1)
	t.most = max(0, len(lines)-room)
	t.top = min(t.top, t.most)
	for _, l := range lines[t.top:min(len(lines), t.top+room)] {
		out = append(out, theme.Text.Render(" "+l))
	}
	if t.most > 0 {
		for len(out) < height-1 {
			out = append(out, "")
		}
		out = append(out, theme.Muted.Render(fmt.Sprintf(" lines %d to %d of %d", t.top+1, min(len(lines), t.top+room), len(lines))))
	}
	return out
}

func (t *Text) page(width int) []string {
	switch {
	case t.Failed != "":
		var out []string
		for _, l := range widget.Wrap(dicom.Clean(t.Failed), width-2) {
			out = append(out, theme.Amber.Render(" "+l))
		}
		return out
	case t.Picture == nil:
		return []string{theme.Muted.Render(" painting …")}
	}
	return t.Picture
}

// wrapped breaks long lines at blanks and goes on under the line's own indent.
func wrapped(body string, width int) (out []string) {
	for l := range strings.SplitSeq(strings.TrimRight(strings.ReplaceAll(dicom.Clean(body), "\t", "    "), "\n"), "\n") {
		text := strings.TrimLeft(l, " ")
		pad := strings.Repeat(" ", min(len(l)-len(text), max(0, width/2)))
		for i, part := range widget.Wrap(text, width-len(pad)-2) {
			if i > 0 {
				part = "  " + part
			}
			out = append(out, pad+part)
		}
	}
	return out
}
