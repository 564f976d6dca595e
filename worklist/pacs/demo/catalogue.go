package demo

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/nocturne/nocturne/cache/dicom"
)

// instance is one object held. Nothing of it changes after it was added but
// late, which the catalogue's lock guards, and tag.
type instance struct {
	study, series, sop, class dicom.UID
	header                    *dicom.Dataset // no pixel data
	syntax                    dicom.UID
	pixelTag                  dicom.Tag // 0: no pixel data
	pixelVR                   dicom.VR
	number                    int
	content                   content
	tag                       atomic.Pointer[string] // the ETag of content that is no file, once it was needed
	late                      bool                   // counted, but not here yet
}

type series struct {
	uid       dicom.UID
	number    int
	instances []*instance // by instance number
}

// study is the study entity: series in order, never empty.
type study struct {
	uid      dicom.UID
	series   []*series // by series number
	withheld bool      // nobody has heard of it yet
	foreign  bool      // from a folder: what was asked of it is not known
}

var errHeldAlready = errors.New("an object of this SOP Instance UID is held")

// catalogue is what is held, by UID.
type catalogue struct {
	mu      sync.RWMutex
	studies map[dicom.UID]*study            // guarded by mu
	objects map[dicom.UID]*instance         // guarded by mu; by SOP Instance UID
	order   []*study                        // guarded by mu; by UID
	forms   map[dicom.UID]map[dicom.UID]int // guarded by mu; objects by SOP class and transfer syntax
}

func newCatalogue() *catalogue {
	return &catalogue{studies: map[dicom.UID]*study{}, objects: map[dicom.UID]*instance{}, forms: map[dicom.UID]map[dicom.UID]int{}}
}

// newInstance reads the identity out of a header.
func newInstance(h *dicom.Dataset, syntax dicom.UID, c content) (*instance, error) {
	in := &instance{
		study: dicom.UID(h.Str(dicom.StudyInstanceUID)), series: dicom.UID(h.Str(dicom.SeriesInstanceUID)),
		sop: dicom.UID(h.Str(dicom.SOPInstanceUID)), class: dicom.UID(h.Str(dicom.SOPClassUID)),
		header: h, syntax: syntax, content: c, number: h.IntOr(dicom.InstanceNumber, 0),
	}
	for _, id := range []struct {
		uid  dicom.UID
		name string
	}{{in.study, "Study Instance UID"}, {in.series, "Series Instance UID"}, {in.sop, "SOP Instance UID"}, {in.class, "SOP Class UID"}} {
		if !dicom.ValidUID(string(id.uid)) {
			return nil, fmt.Errorf("no valid %s", id.name)
		}
	}
	return in, nil
}

// add holds in. It returns errHeldAlready when its UID is known.
func (c *catalogue) add(in *instance) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.objects[in.sop] != nil {
		return errHeldAlready
	}
	c.objects[in.sop] = in
	if c.forms[in.class] == nil {
		c.forms[in.class] = map[dicom.UID]int{}
	}
	c.forms[in.class][in.syntax]++
	st := c.studies[in.study]
	if st == nil {
		st = &study{uid: in.study}
		c.studies[in.study] = st
		c.order = insert(c.order, st, func(a, b *study) int { return cmp.Compare(a.uid, b.uid) })
	}
	i := slices.IndexFunc(st.series, func(s *series) bool { return s.uid == in.series })
	if i < 0 {
		se := &series{uid: in.series, number: in.header.IntOr(dicom.SeriesNumber, 0)}
		st.series = insert(st.series, se, func(a, b *series) int {
			return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.uid, b.uid))
		})
		i = slices.Index(st.series, se)
	}
	st.series[i].instances = insert(st.series[i].instances, in, func(a, b *instance) int {
		return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.sop, b.sop))
	})
	return nil
}

// insert makes a new slice, so that readers may go on with the old one.
func insert[T any](s []T, v T, order func(a, b T) int) []T {
	i, _ := slices.BinarySearchFunc(s, v, order)
	return slices.Insert(slices.Clip(slices.Clone(s)), i, v)
}

// object is the instance of a SOP Instance UID, late or not; nil when unknown.
func (c *catalogue) object(sop dicom.UID) *instance {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.objects[sop]
}

// syntaxes are those that objects of a SOP class are stored in, the most frequent
// first.
func (c *catalogue) syntaxes(class dicom.UID) []dicom.UID {
	c.mu.RLock()
	defer c.mu.RUnlock()
	n := c.forms[class]
	return slices.SortedFunc(maps.Keys(n), func(a, b dicom.UID) int {
		return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b))
	})
}

// entity is a study as it stood at one moment: the lock is not held while it
// is read.
type entity struct {
	study  *study
	series []*series
	count  int // instances, the late ones included
	// here are the instances that can be had, in order.
	here []*instance
}

// snapshot gives the studies that uid names, all for "".
func (c *catalogue) snapshot(uid dicom.UID) []entity {
	c.mu.RLock()
	defer c.mu.RUnlock()
	list := c.order
	if uid != "" {
		list = nil
		if st := c.studies[uid]; st != nil {
			list = []*study{st}
		}
	}
	out := make([]entity, 0, len(list))
	for _, st := range list {
		if !st.withheld {
			out = append(out, st.entity())
		}
	}
	return out
}

// entity copies what a query may see. The catalogue's lock is held.
func (st *study) entity() entity {
	e := entity{study: st, series: make([]*series, len(st.series))}
	for i, se := range st.series {
		cp := *se
		e.series[i] = &cp
		e.count += len(se.instances)
		for _, in := range se.instances {
			if !in.late {
				e.here = append(e.here, in)
			}
		}
	}
	return e
}

// count is the number of studies a query can find.
func (c *catalogue) count() int { return len(c.snapshot("")) }

// find gives the instances of a study, narrowed by series and instance where
// they are not "", in order; none when there is no such thing.
func (c *catalogue) find(study, series, sop dicom.UID) []*instance {
	var out []*instance
	for _, e := range c.snapshot(study) {
		for _, in := range e.here {
			if (series == "" || in.series == series) && (sop == "" || in.sop == sop) {
				out = append(out, in)
			}
		}
	}
	return out
}

// change runs f on a study under the lock; false when there is no such study.
func (c *catalogue) change(uid dicom.UID, f func(*study)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := c.studies[uid]
	if st == nil {
		return false
	}
	f(st)
	return true
}
