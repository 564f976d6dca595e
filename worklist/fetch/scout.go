package fetch

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// previewSide is the edge of the square that a preview fits, in pixels: a tile of
// a window shows little more, and 512 × 512 JPEG weighs a twentieth of the slice.
const previewSide = 512

// found is an instance near the middle of what will be looked at.
type found struct {
	instance
	frames int
	ok     bool
}

// scout puts one instance into the queue before the list has come, and asks for
// its preview. Two ways race: an instance by its likely number, which needs one
// round trip, and the middle of the first series, which needs two.
func (j *job) scout(ctx context.Context, series <-chan []seriesCount) {
	in, ok := j.known()
	if !ok {
		in, ok = j.search(ctx, series)
	}
	var head found
	j.note(func() {
		j.scouting = false
		if ok && !j.listed && len(j.first) == 0 {
			j.queue = append([]instance{in.instance}, j.queue...)
		}
		if head = in; !ok && len(j.queue) > 0 {
			head = found{instance: j.queue[0], ok: true}
		}
	})
	if head.ok {
		j.draw(ctx, head)
	}
}

// known is the slice that the reader left or looks at.
func (j *job) known() (found, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	in := instance{series: j.look.at.Series, sop: j.look.at.SOP}
	ok := in.series != "" && in.sop != "" && !j.engine.Store.Has(j.study, in.sop)
	return found{instance: in, ok: ok}, ok
}

// search ends without a find as soon as the list is there.
func (j *job) search(ctx context.Context, series <-chan []seriesCount) (found, bool) {
	ctx, cancel := context.WithCancel(ctx)
	var asking sync.WaitGroup
	defer asking.Wait()
	defer cancel()
	finds := make(chan found, 2)
	near := func(series dicom.UID, n int) {
		asking.Go(func() { finds <- j.near(ctx, series, n) })
	}
	near("", j.hint)
	for open := 1; open > 0 || series != nil; {
		changed, enough := j.unlisted()
		if enough {
			break
		}
		select {
		case <-ctx.Done():
			return found{}, false
		case <-changed:
		case f := <-finds:
			if open--; f.ok {
				return f, true
			}
		case list := <-series:
			series = nil
			if s, ok := firstSeries(list); ok {
				open++
				near(s.uid, s.n)
			}
		}
	}
	return found{}, false
}

func (j *job) unlisted() (changed <-chan struct{}, listed bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.changed, j.listed
}

// firstSeries is the series that viewingOrder begins with.
func firstSeries(list []seriesCount) (seriesCount, bool) {
	if len(list) == 0 {
		return seriesCount{}, false
	}
	return slices.MinFunc(list, func(a, b seriesCount) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.number, b.number))
	}), true
}

// pixelKeys tell an archive's client whether the image can come compressed at once.
var pixelKeys = []dicom.Tag{dicom.NumberOfFrames, dicom.BitsAllocated, dicom.BitsStored, dicom.PhotometricInterpretation, dicom.LossyImageCompression}

// near asks for one instance in the middle of n, of a series or of any.
func (j *job) near(ctx context.Context, series dicom.UID, n int) found {
	q := pacs.Query{Level: pacs.InstanceLevel, Study: j.study, Series: series, Limit: 1,
		Include: slices.Concat(instanceKeys, pixelKeys)}
	if n > 1 {
		q.Match = map[dicom.Tag]string{dicom.InstanceNumber: strconv.Itoa(n/2 + 1)}
	}
	list, err := pacs.Find(ctx, j.site, q)
	if err == nil && len(list) == 0 && series != "" && n > 1 {
		q.Match = nil
		list, err = pacs.Find(ctx, j.site, q)
	}
	all := instances(list)
	if err != nil || len(all) == 0 || j.engine.Store.Has(j.study, all[0].sop) {
		return found{}
	}
	study := dicom.UID(list[0].Str(dicom.StudyInstanceUID))
	return found{all[0], list[0].IntOr(dicom.NumberOfFrames, 1), all[0].rank == 0 && (study == "" || study == j.study)}
}

// draw asks for a picture of an instance of the study on screen, if the archive
// draws. What goes wrong with it is nobody's business: the instance itself comes.
func (j *job) draw(ctx context.Context, f found) {
	site, ok := pacs.As[pacs.Renderer](j.site)
	if !ok || !j.engine.preferred(j.study) {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	defer func() { <-done }()
	go func() { // the instance may be quicker
		defer close(done)
		defer cancel()
		j.await(ctx, f.sop)
	}()
	p, err := site.Rendered(ctx, pacs.Ref{Study: j.study, Series: f.series, Instance: f.sop}, max(1, f.frames)/2+1, previewSide)
	if err != nil || len(p.Bytes) == 0 {
		cancel()
		return
	}
	j.note(func() {
		if !j.got[f.sop] {
			j.preview = &Preview{Study: j.study, Series: f.series, SOP: f.sop, MediaType: p.MediaType, Bytes: p.Bytes}
		}
	})
	cancel()
}

// await returns when the instance is stored, or ctx ended.
func (j *job) await(ctx context.Context, sop dicom.UID) {
	for {
		j.mu.Lock()
		got, changed := j.got[sop] || j.done, j.changed
		j.mu.Unlock()
		if got {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-changed:
		}
	}
}

func (e *Engine) preferred(study dicom.UID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.prefer == study
}
