// Package route makes one archive of several ways to the same site: DICOMweb and
// DIMSE of one server. Objects come by the way that has been measured to bring
// them sooner; when one way fails, another is gone at once.
//
// All ways must lead to the same site: an Archive never stands for two.
package route

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Way is one way to the site.
type Way struct {
	Name string // "DICOMweb", "DIMSE"
	pacs.Archive
}

// Measurement is what is known of a way. Zero figures are not known.
type Measurement struct {
	Way       string        `json:"way"`
	RoundTrip time.Duration `json:"round_trip_ns"`
	Bytes     float64       `json:"bytes_per_second"`   // of pixels, however they came; of single requests beside others
	Images    float64       `json:"objects_per_second"` // likewise
	At        time.Time     `json:"at"`
	Err       error         `json:"-"` // why it is not gone now
}

// Archive is a site with several ways. What it can do besides is found by pacs.As:
// a preview comes by DICOMweb even where the objects come by DIMSE.
type Archive struct {
	// Fell is told when a way failed and another is gone instead; nil: nobody is.
	Fell func(*FellError)

	ways []*way
	mu   sync.Mutex // guards what follows and the ways' figures
	now  int        // index of the way in use
}

// FellError says that one way to a site failed and another one serves.
type FellError struct {
	From, To string
	Err      error
}

func (e *FellError) Error() string {
	return fmt.Sprintf("%s is used, %s failed: %v", e.To, e.From, e.Err)
}
func (e *FellError) Unwrap() error { return e.Err }

var (
	_ pacs.Archive    = (*Archive)(nil)
	_ pacs.Ways       = (*Archive)(nil)
	_ pacs.Transcoder = (*Archive)(nil)
)

// New makes one archive of ways to the same site, the preferred one first. It
// sends nothing. remembered are measurements of an earlier run.
func New(remembered []Measurement, ways ...Way) *Archive {
	a := &Archive{}
	for _, w := range ways {
		own := &way{Way: w}
		for _, m := range remembered {
			if m.Way == w.Name && time.Since(m.At) < stale {
				own.remember(m)
			}
		}
		a.ways = append(a.ways, own)
	}
	a.compare()
	return a
}

// Ways lists the ways, the one in use first (pacs.Ways).
func (a *Archive) Ways() (out []pacs.Archive) {
	for _, w := range a.order(a.inUse()) {
		out = append(out, w.Archive)
	}
	return out
}

// Measured is what is known of each way, in the order given to New.
func (a *Archive) Measured() (out []Measurement) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range a.ways {
		out = append(out, w.measured())
	}
	return out
}

// Learn takes a measurement that somebody else made of a way.
func (a *Archive) Learn(m Measurement) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, w := range a.ways {
		if w.Name == m.Way {
			w.remember(m)
		}
	}
	a.compareLocked()
}

// Using is the name of the way that objects come by now.
func (a *Archive) Using() string { return a.ways[a.inUse()].Name }

// Search asks by the first way that answers. What was handed on is not handed on
// again by another way: a search that breaks off in the middle has failed.
func (a *Archive) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	told := false
	return a.try(ctx, a.order(0), func(w *way) (bool, error) {
		err := w.Search(ctx, q, func(ds *dicom.Dataset) error {
			told = true
			return each(ds)
		})
		return told || errors.Is(err, pacs.ErrPartial), err
	})
}

// Retrieve is RetrieveAs as stored.
func (a *Archive) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	return a.RetrieveAs(ctx, ref, pacs.AsStored, each)
}

// RetrieveAs brings objects by the way that is measured to be sooner; the wish is
// of the ways that can grant it.
func (a *Archive) RetrieveAs(ctx context.Context, ref pacs.Ref, wire pacs.Wire, each func(pacs.Object) error) error {
	told := false
	return a.try(ctx, a.order(a.choose()), func(w *way) (bool, error) {
		begun, pixels, objects := time.Now(), 0, 0
		var took time.Duration
		take := func(o pacs.Object) error {
			told = true
			took = time.Since(begun)
			pixels, objects = pixels+Weight(o.Bytes), objects+1
			return each(o)
		}
		var err error
		if t, ok := w.Archive.(pacs.Transcoder); ok {
			err = t.RetrieveAs(ctx, ref, wire, take)
		} else {
			err = w.Archive.Retrieve(ctx, ref, take)
		}
		if err == nil && ref.Instance != "" {
			a.learn(w, pixels, objects, took)
		}
		return told, err
	})
}

// Weight is what an object counts for: the bytes of its pixels when they are not
// compressed, so that ways which send them differently compare.
func Weight(b []byte) int {
	f, err := dicom.Parse(b)
	if err != nil {
		return len(b)
	}
	return max(len(b), dicom.PixelBytes(f.Dataset))
}

// Store sends by the first way that takes it. An answer that names failures is the
// site's, and stands.
func (a *Archive) Store(ctx context.Context, study dicom.UID, objects ...[]byte) (out pacs.Stored, err error) {
	err = a.try(ctx, a.order(0), func(w *way) (bool, error) {
		out, err = w.Store(ctx, study, objects...)
		return len(out.OK)+len(out.Failed) > 0, err
	})
	return out, err
}

// Verify succeeds when one way answers.
func (a *Archive) Verify(ctx context.Context) error {
	return a.try(ctx, a.order(0), func(w *way) (bool, error) {
		begun := time.Now()
		err := w.Verify(ctx)
		if err == nil {
			a.tripped(w, time.Since(begun))
		}
		return false, err
	})
}
