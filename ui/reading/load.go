package reading

import (
	"context"
	"fmt"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/fetch"
)

// Progress is how far a study's images are, with those that are new on disk.
type Progress struct {
	Have, Expected int
	New            []viewer.Object
	Series         map[string]string // of New, by Series Instance UID: "series 3", or nothing where it has no number
	Preview        *fetch.Preview    // told once; to look at only (N8)
	Rate           float64           // bytes a second; 0: not known
	Bytes          int64             // fetched by this run
	Grew           int               // how many more the site counts than when it was asked before
	Gaps           []fetch.Gap       // with Done
	Done           bool
	Err            error
}

// Load fetches what is missing of a study and tells of every step; the last one
// has Done set. What is on disk already is not told again as New.
func (r *Room) Load(ctx context.Context, site, study string, each func(Progress)) error {
	s, ok := r.Sites[site]
	if !ok {
		err := fmt.Errorf("fetch: no site %q is configured", site)
		each(Progress{Done: true, Err: err})
		return err
	}
	if p, ok := s.fromMedium(study); ok {
		each(p)
		return nil
	}
	ended, named := false, map[string]string{}
	err := r.Fetch.Study(ctx, s.Archive, dicom.UID(study), nil, func(p fetch.Progress) {
		ended = ended || p.Done
		if p.Err != nil { // nobody said what there is: what is on disk is here all the same
			p.Have = max(p.Have, len(r.Objects(study)))
		}
		fresh := objects(p.New)
		each(Progress{Have: p.Have, Expected: p.Expected, New: fresh, Series: seriesOf(fresh, named), Preview: p.Preview, Rate: p.Rate, Bytes: p.Bytes, Grew: p.Grew, Gaps: p.Gaps, Done: p.Done, Err: p.Err})
	})
	if !ended {
		each(Progress{Have: len(r.Objects(study)), Done: true, Err: err})
	}
	return err
}

// Prefer lets the study on screen go before everything else that is fetched.
func (r *Room) Prefer(study string) { r.Fetch.Prefer(dicom.UID(study)) }

// Expect notes how many images the list says a study has: its middle is found sooner.
func (r *Room) Expect(study string, n int) { r.Fetch.Expect(dicom.UID(study), n) }

// LookAt lets what is nearest to the slice on screen be fetched next, in the direction
// of scrolling first. It is cheap enough for every state of the window.
func (r *Room) LookAt(s *viewer.State) {
	if s == nil || s.Active < 0 || s.Active >= len(s.Tiles) {
		return
	}
	t := s.Tiles[s.Active]
	r.Fetch.Look(fetch.Spot{Study: dicom.UID(t.StudyUID), Series: dicom.UID(t.SeriesUID), SOP: dicom.UID(t.SOPUID), Slice: t.Slice, Slices: t.Slices})
}

// Grown asks by how many images a site's study is larger than when it was loaded
// last; Load brings them.
func (r *Room) Grown(ctx context.Context, site, study string) (int, error) {
	s, ok := r.Sites[site]
	if !ok {
		return 0, fmt.Errorf("fetch: no site %q is configured", site)
	}
	return r.Fetch.Grown(ctx, s.Archive, dicom.UID(study))
}

// seriesOf names the series of objects. It reads one header of each series that known
// does not have yet.
func seriesOf(objects []viewer.Object, known map[string]string) map[string]string {
	out := map[string]string{}
	for _, o := range objects {
		name, ok := known[o.SeriesUID]
		if !ok {
			if f, err := o.HeaderAs(dicom.Options{Stop: dicom.InstanceNumber}); err == nil {
				if n, ok := f.Dataset.Int(dicom.SeriesNumber); ok {
					name = fmt.Sprintf("series %d", n)
				}
			}
			known[o.SeriesUID] = name
		}
		out[o.SeriesUID] = name
	}
	return out
}

func objects(entries []store.Entry) []viewer.Object {
	out := make([]viewer.Object, 0, len(entries))
	for _, e := range entries {
		out = append(out, viewer.Object{StudyUID: string(e.Study), SeriesUID: string(e.Series), SOPUID: string(e.SOP), Path: e.Path, Key: e.Key()})
	}
	return out
}

// Objects lists what is on disk of a study; what cannot be read is not there.
func (r *Room) Objects(study string) []viewer.Object {
	for _, s := range r.Sites {
		if p, ok := s.fromMedium(study); ok {
			return p.New
		}
	}
	entries, err := r.Store.Study(dicom.UID(study))
	if err != nil {
		return nil
	}
	return objects(entries)
}
