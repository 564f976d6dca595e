package reading

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// Priors is what the search for earlier studies found (N17).
type Priors struct {
	Studies []PriorStudy
	Asked   bool
	Silent  string    // the site that did not finish the search; empty when it did
	At      time.Time // of the search
	Last    time.Time // Studies are those of an earlier search, of then; zero: they are this one's
	Unknown bool      // the patient is not identified, so nothing was searched
}

// PriorStudy is one study to compare with, as found and as the viewer is told.
type PriorStudy struct {
	viewer.Study
	Reason string
	Newer  bool
}

// Day is the study's date in words.
func (p PriorStudy) Day() string {
	return cmp.Or(dicom.ISODay(p.Date), "no date")
}

// mostPriors is how many earlier studies are fetched beside a case. Every newer
// one is announced (N17).
const mostPriors = 3

// FindPriors searches the row's site for the patient's other studies.
func (r *Room) FindPriors(ctx context.Context, row feed.Row) Priors {
	out := Priors{Asked: true, At: r.Now()}
	site, ok := r.Sites[row.Site]
	if !ok {
		out.Silent = row.Site
		return out
	}
	ctx, cancel := context.WithTimeout(ctx, r.searching(row.Site))
	defer cancel()
	found, complete, err := feed.Priors(ctx, site.Site, row)
	out.Unknown = errors.Is(err, feed.ErrNotIdentified)
	switch {
	case complete:
		r.keepPriors(row, found)
	case !out.Unknown:
		out.Silent = site.Name
		if len(found) == 0 { // what was found last can be compared with all the same
			found, out.Last = r.keptPriors(context.WithoutCancel(ctx), row)
		}
	}
	earlier := 0
	for _, s := range found {
		if !s.Newer {
			if earlier++; earlier > mostPriors {
				continue
			}
		}
		out.Studies = append(out.Studies, PriorStudy{Reason: s.Reason, Newer: s.Newer, Study: viewer.Study{
			UID: string(s.UID), Date: s.Date, Description: s.Description, Accession: s.Accession, Modality: s.Modality, Prior: true, Expected: s.Expected}})
	}
	return out
}

// searching is how long a search for priors may take: of a site that has just been found
// silent not much is expected.
func (r *Room) searching(site string) time.Duration {
	if r.Silent != nil && r.Silent(site) {
		return 4 * time.Second
	}
	return 15 * time.Second
}

// Sentence is the search in words; "no prior" is said only when it was finished.
func (p Priors) Sentence() string {
	switch {
	case !p.Asked:
		return "priors are being searched"
	case p.Unknown:
		return "no priors are matched: the patient is not identified"
	case p.Silent != "":
		said := fmt.Sprintf("prior search not completed (%s not answering %s)", p.Silent, clock(p.At))
		if !p.Last.IsZero() {
			said += "; priors as of " + p.Last.Local().Format("2 Jan 15:04")
		}
		return said
	case len(p.Studies) == 0:
		return "no prior found"
	}
	return ""
}

// addTo writes the search into the report's facts; refs lists what is held of a
// study.
func (p Priors) addTo(f *report.Facts, loaded []string, refs func(study string) []sr.InstanceRef) {
	f.Asked = p.Asked && !p.Unknown
	if p.Silent != "" {
		f.Silent = append(f.Silent, report.Silence{Site: p.Silent, At: p.At})
	}
	for _, s := range p.Studies {
		prior := report.Prior{StudyUID: s.UID, Date: s.Date, Modality: s.Modality, Description: s.Description, Accession: s.Accession,
			Loaded: slices.Contains(loaded, s.UID)}
		if prior.Loaded {
			prior.Instances = refs(s.UID)
		}
		if s.Newer {
			f.Newer = append(f.Newer, prior)
		} else {
			f.Priors = append(f.Priors, prior)
		}
	}
}

// CurrentStudy is the row's study as the viewer is told.
func CurrentStudy(row feed.Row) viewer.Study {
	return viewer.Study{UID: row.StudyUID, Date: row.StudyDate, Description: row.Study, Accession: row.Accession, Modality: row.Modality, Expected: row.Expected}
}
