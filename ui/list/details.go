package list

import (
	"cmp"
	"time"

	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/ui/widget"
	"github.com/nocturne/nocturne/worklist/feed"
)

// details draws the row under the cursor: who, what was asked and why, who holds
// it. Big takes half of the page and adds the priors' reports.
func (p *Page) details(width, height int) []string {
	r, ok := p.Selected()
	if !ok || height < 12 {
		return nil
	}
	lines := []string{theme.Muted.Render(strings.Repeat("─", width))}
	lines = append(lines, identity(r), request(r))
	for _, l := range widget.Wrap(orElse(dicom.Clean(r.Indication), "no indication was sent"), width-4) {
		lines = append(lines, "  "+theme.Text.Render(l))
	}
	if h := holder(r); h != "" {
		lines = append(lines, "  "+h)
	}
	if s := arrival(r); s != "" {
		lines = append(lines, s)
	}
	if len(r.Similar) > 0 {
		lines = append(lines, theme.Amber.Render("  ≈ Another patient in the list has nearly this name: compare ID and birth date."))
	}
	lines = append(lines, p.Priors...)
	room := 6
	if p.Big || p.Priors != nil {
		room = height / 2
	}
	if len(lines) > room {
		lines = lines[:room]
	}
	for len(lines) < room && p.Big {
		lines = append(lines, "")
	}
	return lines
}

// arrival says how many images are not here, and when they will be or why not; nothing of
// a case that is ready, or of which none is here and none expected.
func arrival(r feed.Row) string {
	f, style := r.Forecast, theme.Muted
	var parts []string
	if n := gap(r); n > 0 {
		style = theme.Amber
		parts = append(parts, fmt.Sprintf("%d of %d images are not here", n, r.Expected))
	}
	if f.Text != "" && f.State != feed.Here {
		parts = append(parts, dicom.Clean(f.Text))
	}
	switch {
	case parts == nil:
		return ""
	case f.State == feed.Stopped:
		style = theme.Amber
	}
	said := strings.Join(parts, " · ")
	if f.State == feed.Coming {
		said += " (priors not counted)"
	}
	return style.Render("  " + strings.ToUpper(said[:1]) + said[1:] + ".")
}

func identity(r feed.Row) string {
	who := theme.Bold.Render("  " + dicom.Clean(dicom.ParsePN(r.PatientName).Display()))
	facts := fmt.Sprintf("  ID %s · born %s · %s %s", dicom.Clean(r.PatientID), orElse(Date(r.BirthDate), "not stated"), r.Age, r.Sex)
	if r.Class != "" || r.Bed != "" {
		facts += " · " + dicom.Clean(strings.TrimSpace(r.Class+" "+r.Bed))
	}
	return who + theme.Text.Render(facts)
}

func request(r feed.Row) string {
	s := fmt.Sprintf("  %s · %s · accession %s", dicom.Clean(r.Study), orElse(Date(r.StudyDate), "no date"), orElse(dicom.Clean(r.Accession), "none"))
	if r.Requester != "" {
		s += " · asked by " + dicom.Clean(dicom.ParsePN(r.Requester).Display())
	}
	if r.Callback != "" {
		s += " · call " + dicom.Clean(r.Callback)
	}
	return theme.Text.Render(s)
}

func holder(r feed.Row) string {
	switch {
	case r.Mine:
		return theme.Accent.Render("You hold this case" + since(r.Since) + ".")
	case r.ClaimedBy != nil:
		return theme.Amber.Render(fmt.Sprintf("Held by %s%s. v looks without claiming.",
			dicom.Clean(dicom.ParsePN(*r.ClaimedBy).Display()), since(r.Since)))
	case !r.Lockable:
		return theme.Amber.Render("NOT LOCKED at this site: another reader may open it at the same time.")
	}
	return ""
}

// Date prints a DA as 2025-11-20; what is no date comes back cleaned.
func Date(da string) string {
	return cmp.Or(dicom.ISODay(da), dicom.Clean(da))
}

func orElse(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}

// since is " since 03:12 CET"; nothing where the time is not known.
func since(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " since " + t.Local().Format("15:04 MST")
}
