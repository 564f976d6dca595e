package reading

import (
	"slices"

	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// PriorText is the report held that prevails of an earlier study, section by section. Its
// texts are foreign.
type PriorText struct {
	Study    PriorStudy
	Title    string
	Sections []PriorSection
	Text     string   // the whole of it, for a report without sections that we know
	Differs  []string // what of its patient is not the order's, in words (N4): nothing of it may be taken over
}

// PriorSection is a part of a prior's report. Key is empty for a heading that we do
// not have.
type PriorSection struct {
	Key         report.Section
	Title, Text string
}

// Section is the text under a heading of ours; empty when there is none.
func (p PriorText) Section(s report.Section) string {
	for _, x := range p.Sections {
		if x.Key == s && s != "" {
			return x.Text
		}
	}
	return ""
}

// PriorTexts reads the report that prevails of each earlier study that is on disk, in
// the order of ps, those with none left out. A newer study is no prior.
func (r *Room) PriorTexts(row feed.Row, ps Priors) (out []PriorText) {
	for _, s := range ps.Studies {
		if s.Newer {
			continue
		}
		if held := r.prevailing(s.UID); len(held) > 0 {
			out = append(out, priorText(row, s, held))
		}
	}
	return out
}

func priorText(row feed.Row, s PriorStudy, held []heldReport) PriorText {
	whose := Identity(row)
	whose.Accession = ""
	out := PriorText{Study: s, Title: held[0].doc.Title.Meaning}
	for _, h := range held {
		out.Text += sr.Text(h.doc.Study)
		for _, d := range whose.Differs(h.doc.Study) {
			if !slices.Contains(out.Differs, d) {
				out.Differs = append(out.Differs, d)
			}
		}
		for _, x := range h.doc.Sections {
			p := PriorSection{Key: report.Section(x.Key), Title: x.Name, Text: x.Text}
			if x.Key != "" {
				p.Title = p.Key.Title()
			}
			out.Sections = append(out.Sections, p)
		}
	}
	return out
}
