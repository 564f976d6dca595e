package paper

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
	"github.com/nocturne/nocturne/worklist/report"
)

// PDF is the report on A4 pages: on every page its kind where that is not a plain final
// report, whose it is, what was said of the images, and the page's number of how many.
// The same release gives the same bytes. A release that nobody signed says so on every
// page.
func PDF(r report.Release) ([]byte, error) {
	w := wordsOf(r)
	if len(w.parts) == 0 {
		return nil, errors.New("print report: it has no text")
	}
	first, err := newPages(r, w, 0) // to count
	if err != nil {
		return nil, err
	}
	second, err := newPages(r, w, first.PageCount())
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := second.Output(&b); err != nil {
		return nil, fmt.Errorf("print report: %w", err)
	}
	return b.Bytes(), nil
}

// Measures of a page, mm; sizes of type, pt.
const (
	margin     = 20.0
	top        = 14.0
	bottom     = 26.0
	lineHeight = 5.0
	body       = 10.0
	small      = 8.0
)

// sheet is the pages being written.
type sheet struct {
	*fpdf.Fpdf
	*face
	words
	total int
}

func newPages(r report.Release, w words, total int) (*fpdf.Fpdf, error) {
	f, err := newFace()
	if err != nil {
		return nil, err
	}
	s := &sheet{Fpdf: fpdf.New("P", "mm", "A4", ""), face: f, words: w, total: total}
	at := r.Signed.At
	if draft(r) {
		at = r.Began
	}
	s.SetCatalogSort(true)
	s.SetCreationDate(at.UTC())
	s.SetModificationDate(at.UTC())
	s.SetProducer("Nocturne", false)
	s.SetTitle(w.title, true)
	s.SetLang("en")
	addFonts(s.Fpdf)
	s.printable(Text(r)) // whether a note is needed
	s.SetMargins(margin, top, margin)
	s.SetAutoPageBreak(true, bottom)
	s.SetHeaderFunc(s.head)
	s.SetFooterFunc(s.foot)
	s.AddPage()
	s.opening()
	for _, p := range w.parts {
		s.part(p)
	}
	s.closing()
	if err := s.Error(); err != nil {
		return nil, fmt.Errorf("print report: %w", err)
	}
	return s.Fpdf, nil
}

// head is over every page: the bar, and from the second on whose report it is.
func (s *sheet) head() {
	s.SetY(top)
	if s.bar != "" {
		s.SetFont(serifless, "B", 11)
		s.SetFillColor(0, 0, 0)
		s.SetTextColor(255, 255, 255)
		s.CellFormat(0, 8, s.printable(s.bar), "", 1, "C", true, 0, "")
		s.SetTextColor(0, 0, 0)
		s.Ln(3)
	}
	if s.PageNo() > 1 {
		s.SetFont(serifless, "B", small)
		s.lines(s.who(), small/2)
		s.rule()
	}
}

// foot is under every page: what the images are, which document it is, and the page.
func (s *sheet) foot() {
	s.SetY(-bottom + 3)
	s.rule()
	s.SetFont(serifless, "", 7)
	if s.shortFooter() {
		s.lines(s.footer, 3.2)
	}
	s.SetY(-10)
	s.CellFormat(0, 4, s.printable(s.document), "", 0, "L", false, 0, "")
	s.CellFormat(0, 4, fmt.Sprintf("page %d of %d", s.PageNo(), s.total), "", 0, "R", false, 0, "")
}

// shortFooter reports whether what is said of the images has room under every page; it
// stands behind the text else.
func (s *sheet) shortFooter() bool {
	s.SetFont(serifless, "", 7)
	return len(wrap(s.printable(s.footer), s.width(), s.GetStringWidth)) <= 3
}

// opening is the first page's: who reports, about whom and what.
func (s *sheet) opening() {
	s.SetFont(serifless, "B", 15)
	s.lines(s.facility, 7)
	s.SetFont(serifless, "", 12)
	s.lines(s.title, 7)
	s.Ln(2)
	for _, f := range s.facts {
		s.SetFont(serifless, "", body)
		s.CellFormat(32, lineHeight, f[0], "", 0, "L", false, 0, "")
		s.SetFont(serifless, "B", body)
		s.SetLeftMargin(margin + 32)
		s.lines(f[1], lineHeight)
		s.SetLeftMargin(margin)
		s.SetX(margin)
	}
	s.Ln(2)
	s.rule()
}

// part is a section. Its heading is never the last line of a page.
func (s *sheet) part(p report.Part) {
	if _, height := s.GetPageSize(); s.GetY() > height-bottom-3*lineHeight {
		s.AddPage()
	}
	s.Ln(2)
	s.SetFont(serifless, "B", body)
	s.lines(p.Title, lineHeight+1)
	for i, paragraph := range strings.Split(p.Text, "\n\n") {
		if i > 0 {
			s.Ln(lineHeight)
		}
		if columns(paragraph) {
			s.table(paragraph)
			continue
		}
		s.SetFont(serifless, "", body)
		s.lines(paragraph, lineHeight)
	}
}

// table sets text in a face whose columns stand, as small as the widest line needs.
func (s *sheet) table(text string) {
	for size := body - 0.5; ; size -= 0.5 {
		s.SetFont(mono, "", size)
		if size <= 6 || len(wrap(s.printable(text), s.width(), s.GetStringWidth)) == len(wrap(text, 1e9, s.GetStringWidth)) {
			break
		}
	}
	s.lines(text, lineHeight)
}

// closing says who answers for the report, on one page.
func (s *sheet) closing() {
	if _, height := s.GetPageSize(); s.GetY() > height-bottom-float64(4+len(s.signed))*lineHeight {
		s.AddPage()
	}
	s.Ln(4)
	s.SetFont(serifless, "B", body)
	for _, l := range s.signed {
		s.lines(l, lineHeight)
	}
	long := !s.shortFooter()
	s.SetFont(serifless, "", small)
	if long {
		s.lines(s.footer, 4)
	}
	if s.missing {
		s.Ln(2)
		s.lines(missingNote, 4)
	}
}

func (s *sheet) width() float64 {
	w, _ := s.GetPageSize()
	left, _, right, _ := s.GetMargins()
	return w - left - right - 2*s.GetCellMargin()
}

// lines prints text in the font that is set.
func (s *sheet) lines(text string, height float64) {
	if text == "" {
		return
	}
	for _, l := range wrap(s.printable(text), s.width(), s.GetStringWidth) {
		s.CellFormat(0, height, l, "", 1, "L", false, 0, "")
	}
}

func (s *sheet) rule() {
	w, _ := s.GetPageSize()
	y := s.GetY()
	s.Line(margin, y, w-margin, y)
	s.Ln(1)
}
