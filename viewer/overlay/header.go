package overlay

import (
	"image"
	"image/color"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

// Head is what the whole window says: whose case it is, what is due, who owns
// the keys, and what is wrong.
type Head struct {
	Order     viewer.Order
	Site      viewer.SiteLine
	Now       time.Time
	Tool      string // the reader's word
	Owner     string // "images" or "text"
	ReadOnly  string
	Mismatch  []string // N4
	Patients  string   // that tiles are of two patients, and in what they differ
	Label     string   // text being typed at the images; with Typing
	Typing    bool
	Count     int    // typed before a key
	Recording string // the macro being recorded
	Ask       string // what the text is; "" for a text mark
}

// Header draws the head line over the width of the scene and, below it and over
// the tiles, the bars nobody may miss. Bars lie over the images instead of moving
// them: nothing shifts under the pointer while one measures. What is written on
// the tiles must begin at bottom.
func (s Style) Header(w, h int, d Head) (l List, bottom int) {
	height := s.HeaderHeight(h)
	if height > 0 {
		s.headLine(&l, w, height, d)
	}
	y := height
	for _, b := range bars(d) {
		y = s.bar(&l, image.Rect(0, y, w, h), b)
	}
	return l, y
}

type bar struct {
	color, ink color.NRGBA
	words      string
}

func bars(d Head) []bar {
	var out []bar
	if d.Patients != "" {
		out = append(out, bar{Red, White, d.Patients})
	}
	if len(d.Mismatch) > 0 {
		out = append(out, bar{Red, White, "NOT THE ORDERED PATIENT OR STUDY: " + strings.Join(d.Mismatch, ", ")})
	}
	if d.ReadOnly != "" {
		out = append(out, bar{Panel, Amber, "READ ONLY: " + d.ReadOnly})
	}
	if d.Site.Banner != "" {
		out = append(out, bar{Violet, White, d.Site.Banner})
	}
	if d.Recording != "" {
		out = append(out, bar{Panel, Amber, "RECORDING macro " + d.Recording})
	}
	if d.Typing && d.Ask == ":" {
		out = append(out, bar{Panel, Green, ":" + d.Label + "|  Enter does it, Esc drops it"})
	} else if d.Typing {
		out = append(out, bar{Panel, Green, asked(d.Ask) + ": " + d.Label + "|  Enter sets it, Esc drops it"})
	}
	return out
}

func asked(what string) string {
	if what == "" {
		return "text"
	}
	return what
}

func (s Style) bar(l *List, r image.Rectangle, b bar) int {
	tall := float64(r.Max.Y)
	r.Max.Y = min(r.Max.Y, r.Min.Y+int(s.line()*1.25))
	if tall < 12*s.line() { // no room for words: the colour must do
		r.Max.Y = min(r.Max.Y, r.Min.Y+s.px(4))
		l.fill(r, b.color)
		return r.Max.Y
	}
	l.fill(r, b.color)
	base := float64(r.Max.Y) - 0.42*s.em()
	l.plain(0.6*s.em(), base, s.em(), Left, b.ink, Fit(dicom.Clean(b.words), s.em(), float64(r.Dx())-1.2*s.em()))
	return r.Max.Y
}

func (s Style) headLine(l *List, w, height int, d Head) {
	l.fill(image.Rect(0, 0, w, height), Panel)
	base, pad := float64(height)-0.6*s.em(), 0.6*s.em()
	x := float64(w) - pad
	for _, part := range headRight(d) {
		width := Width(part.words, s.em())
		if x-width < float64(w)*0.45 {
			break
		}
		l.plain(x, base, s.em(), Right, part.ink, part.words)
		x -= width + 1.2*s.em()
	}
	l.plain(pad, base, s.em(), Left, White, Fit(Patient(d.Order, d.Now), s.em(), x-pad))
}

// headRight lists what stands right in the head line, the most important first,
// which is the rightmost.
func headRight(d Head) []bar {
	var out []bar
	if words, ink := due(d.Site.Due, d.Now); words != "" {
		out = append(out, bar{ink: ink, words: words})
	}
	if d.Site.Stale != "" {
		out = append(out, bar{ink: Amber, words: d.Site.Stale})
	}
	keys, ink := "keys: "+d.Owner, Green
	if d.Owner != "images" {
		ink = Amber
	}
	if d.Owner != "" {
		out = append(out, bar{ink: ink, words: keys})
	}
	if d.Count > 0 {
		out = append(out, bar{ink: Green, words: strconv.Itoa(d.Count) + " ×"})
	}
	if d.Tool != "" {
		out = append(out, bar{ink: Grey, words: d.Tool})
	}
	if d.Site.Name != "" && d.Site.Stale == "" {
		out = append(out, bar{ink: Dim, words: d.Site.Name})
	}
	return out
}

// due is the clock of the case (W4): amber in its last half hour, red when past.
func due(at, now time.Time) (string, color.NRGBA) {
	if at.IsZero() {
		return "", Grey
	}
	left := at.Sub(now)
	clock := "due " + at.Format("15:04")
	switch {
	case left < 0:
		return clock + " (" + span(-left) + " late)", Red
	case left < 30*time.Minute:
		return clock + " (in " + span(left) + ")", Amber
	}
	return clock + " (in " + span(left) + ")", Grey
}

// Patient is the demographics line: name, ID, birth date and age, sex,
// accession, exam. What is not known is left out.
func Patient(o viewer.Order, now time.Time) string {
	parts := []string{
		dicom.ParsePN(o.PatientName).Display(), o.PatientID, Born(o.BirthDate, now), o.Sex,
		prefixed("Acc ", o.Accession), o.Exam,
	}
	return dicom.Clean(Join(" · ", parts...))
}

// Born is "1961-04-02 (64 y)".
func Born(da string, now time.Time) string {
	t, ok := dicom.ParseDA(da)
	if !ok {
		return ""
	}
	return Join(" ", t.Format("2006-01-02"), bracketed(dicom.AgeAt(t, now)))
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func prefixed(p, s string) string {
	if s == "" {
		return ""
	}
	return p + s
}

// Join puts the words that are there together.
func Join(by string, words ...string) string {
	var out []string
	for _, w := range words {
		if w != "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, by)
}
