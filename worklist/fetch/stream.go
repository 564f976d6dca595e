package fetch

import (
	"context"
	"errors"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// wholeStudy asks for the study in one stream, again from the start as long as
// that brings something new: there is no resume (PS3.18 10.4).
func (j *job) wholeStudy(ctx context.Context) error {
	missing := map[dicom.UID]bool{}
	j.mu.Lock()
	for _, in := range j.queue {
		missing[in.sop] = true
	}
	j.queue = nil
	j.mu.Unlock()
	var err error
	for stuck := 0; stuck < maxTries && len(missing) > 0; {
		before := len(missing)
		err = j.stream(ctx, missing)
		var disk *diskError
		if _, refused := pacs.ReasonOf(err); err == nil || ctx.Err() != nil || refused || errors.As(err, &disk) {
			break
		}
		if stuck++; len(missing) < before {
			stuck = 0
		}
		sleep(ctx, firstWait<<stuck)
	}
	if err == nil && len(missing) > 0 {
		err = ErrOther
	}
	return err
}

// stream reads the study once and strikes what came from missing. An instance
// that the list did not name is kept as well: it is newer than the list.
func (j *job) stream(ctx context.Context, missing map[dicom.UID]bool) error {
	return j.site.Retrieve(ctx, pacs.Ref{Study: j.study}, func(o pacs.Object) error {
		if err := j.engine.gate(ctx, j); err != nil {
			return err
		}
		f, err := j.check(o.Bytes)
		if errors.Is(err, ErrOther) {
			return nil // not of this study: not kept, and missed in the end if it was due
		}
		if err != nil {
			return err
		}
		sop := dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID))
		if !missing[sop] {
			if j.engine.Store.Has(j.study, sop) {
				return nil
			}
			j.note(func() { j.expected++ })
		}
		delete(missing, sop)
		return j.keep(o.Bytes, sop, nil)
	})
}
