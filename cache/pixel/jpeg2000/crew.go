package jpeg2000

import (
	"sync"
	"sync/atomic"

	"github.com/nocturne/nocturne/cache/pixel/ebcot"
	"github.com/nocturne/nocturne/cache/pixel/htj2k"
	"github.com/nocturne/nocturne/cache/pixel/wavelet"
)

// worker is what one goroutine needs to itself, about 280 KB.
type worker struct {
	mq       mqCoder
	ht       htCoder
	scratch  wavelet.Scratch
	segments []ebcot.Segment
	data     []byte      // segments whose bytes come in pieces
	ints     [4096]int32 // a code-block of which a part is wanted
	floats   [4096]float32
	shifted  [4096]int32
}

var workers = sync.Pool{New: func() any { return new(worker) }}

// crew runs the parts of a batch on up to size goroutines.
type crew struct{ hands []*worker }

func newCrew(size int) *crew {
	c := &crew{hands: make([]*worker, max(size, 1))}
	for i := range c.hands {
		c.hands[i] = workers.Get().(*worker)
	}
	return c
}

// maxKept bounds the bytes of joined segments that a worker keeps for next time.
const maxKept = 1 << 20

func (c *crew) release() {
	for _, w := range c.hands {
		if cap(w.data) > maxKept {
			w.data = nil
		}
		clear(w.segments[:cap(w.segments)]) // they refer to the frame
		w.mq.b, w.ht.b = ebcot.Block{}, htj2k.Block{}
		workers.Put(w)
	}
	c.hands = nil
}

// run calls part for 0 up to n, each once, and returns when all are done. After an
// error no further part is begun; one of the errors is returned.
func (c *crew) run(n int, part func(w *worker, i int) error) error {
	size := min(len(c.hands), n)
	if size <= 1 {
		for i := range n {
			if err := part(c.hands[0], i); err != nil {
				return err
			}
		}
		return nil
	}
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var wait sync.WaitGroup
	for _, w := range c.hands[:size] {
		wait.Go(func() {
			for failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := part(w, i); err != nil {
					failed.Store(&err)
				}
			}
		})
	}
	wait.Wait()
	if err := failed.Load(); err != nil {
		return *err
	}
	return nil
}
