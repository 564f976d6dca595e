package fetch

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// line is an archive behind a link in virtual time: bytes flow at most at rate,
// over one connection at most at single, and every answer takes a round trip.
type line struct {
	rate, single float64 // bytes a second
	trip, list   time.Duration
	refuse       int     // more requests than this at a time are answered 429; 0: none are
	drawn        int     // bytes of a preview; 0: the archive does not draw
	packer       float64 // bytes of pixels a second that the server compresses to a third, all together
	studies      []pacstest.Study

	mu                  sync.Mutex
	active, most, inAll int
	given               []dicom.UID
	cancelled           int
}

const tick = 4 * time.Millisecond

// flow takes the time that n bytes take beside the others.
func (l *line) flow(ctx context.Context, n int) error {
	l.mu.Lock()
	l.active++
	l.most = max(l.most, l.active)
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		l.active--
		l.mu.Unlock()
	}()
	for left := float64(n); left > 0; {
		if !sleep(ctx, tick) {
			l.mu.Lock()
			l.cancelled++
			l.mu.Unlock()
			return ctx.Err()
		}
		l.mu.Lock()
		left -= min(l.single, l.rate/float64(l.active)) * tick.Seconds()
		l.mu.Unlock()
	}
	return nil
}

func (l *line) study(uid dicom.UID) pacstest.Study {
	return l.studies[slices.IndexFunc(l.studies, func(s pacstest.Study) bool { return s.UID == uid })]
}

func (l *line) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	uid := q.Study
	if uid == "" {
		uid = dicom.UID(q.Match[dicom.StudyInstanceUID])
	}
	s := &site{Study: l.study(uid), scouted: true}
	if !sleep(ctx, l.trip) || q.Level == pacs.InstanceLevel && q.Limit == 0 && !sleep(ctx, l.list) {
		return ctx.Err()
	}
	return s.Search(ctx, q, each)
}

func (l *line) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	l.mu.Lock()
	full := l.refuse > 0 && l.active >= l.refuse
	l.inAll++
	uneven := time.Duration(l.inAll*7%11) * time.Millisecond // answers do not march in step
	l.mu.Unlock()
	if !sleep(ctx, l.trip+uneven) {
		return ctx.Err()
	}
	if full {
		return &pacs.StatusError{Code: 429}
	}
	for _, o := range l.study(ref.Study).Objects {
		if o.SOP != ref.Instance {
			continue
		}
		if err := l.flow(ctx, len(o.Bytes)); err != nil {
			return err
		}
		l.mu.Lock()
		l.given = append(l.given, o.SOP)
		l.mu.Unlock()
		return each(pacs.Object{Bytes: o.Bytes})
	}
	return &pacs.StatusError{Code: 404}
}

// packing is a line whose archive compresses when asked to.
type packing struct {
	*line
	mu      sync.Mutex
	free    time.Time // when the compressor is done with what was asked of it
	asked   [2]int
	objects map[dicom.UID][]byte // compressed
}

func (l *packing) RetrieveAs(ctx context.Context, ref pacs.Ref, wire pacs.Wire, each func(pacs.Object) error) error {
	l.mu.Lock()
	l.asked[wire]++
	if wire == pacs.Lossless {
		l.free = later(l.free, time.Now()).Add(time.Duration(524288 / l.packer * float64(time.Second)))
	}
	wait := time.Until(l.free)
	l.mu.Unlock()
	if wire == pacs.AsStored {
		return l.Retrieve(ctx, ref, each)
	}
	if !sleep(ctx, l.trip) || !sleep(ctx, wait) {
		return ctx.Err()
	}
	b := l.objects[ref.Instance]
	if err := l.flow(ctx, len(b)); err != nil {
		return err
	}
	return each(pacs.Object{Bytes: b})
}

func TestWhatIsKnownOfALinkSurvivesTheNight(t *testing.T) {
	study := ct(t, 120)
	synctest.Test(t, func(t *testing.T) {
		far := func() *packing {
			return &packing{objects: packed(study), line: &line{rate: home, single: home, packer: 33e6, trip: 30 * time.Millisecond, list: 200 * time.Millisecond, studies: []pacstest.Study{study}}}
		}
		one, first := &Engine{Store: nowhere{}}, far()
		if _, ok := one.Learned(first); ok {
			t.Error("a link is known before it was used")
		}
		if err := one.Study(context.Background(), first, study.UID, nil, nil); err != nil {
			t.Fatal(err)
		}
		link, ok := one.Learned(first)
		if !ok || !link.Compressed || link.Connections < 4 || link.Bytes < home/2 {
			t.Fatalf("learned %+v, %v", link, ok)
		}
		next, second := &Engine{Store: nowhere{}}, far()
		next.Recall(second, link)
		if err := next.Study(context.Background(), second, study.UID, nil, nil); err != nil {
			t.Fatal(err)
		}
		if second.asked[pacs.Lossless] <= first.asked[pacs.Lossless] || second.asked[pacs.AsStored] > enoughTrials {
			t.Errorf("as stored and compressed: %v, then %v", first.asked, second.asked)
		}
	})
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// packed is what a server would send of the study compressed 3.2 : 1.
func packed(study pacstest.Study) map[dicom.UID][]byte {
	out := map[dicom.UID][]byte{}
	for _, o := range study.Objects {
		head := len(o.Bytes) - 512*512*2 - 12
		body := make([]byte, 512*512*2/16*5)
		out[o.SOP] = slices.Concat(o.Bytes[:head], []byte{0xE0, 0x7F, 0x10, 0x00, 'O', 'W', 0, 0, 0, 0, 0, 0}, body)
		le := out[o.SOP][head+8:]
		le[0], le[1], le[2], le[3] = byte(len(body)), byte(len(body)>>8), byte(len(body)>>16), byte(len(body)>>24)
	}
	return out
}

func TestObjectsAreCompressedWhereThatBringsPixelsSooner(t *testing.T) {
	study := ct(t, 200)
	for name, c := range map[string]struct {
		rate     float64
		lossless bool
		most     time.Duration
	}{
		"a home line":   {home, true, 6800 * time.Millisecond}, // 200 slices of 165 kB: 5.4 s
		"a slow server": {200e6, false, 2500 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &packing{objects: packed(study), line: &line{rate: c.rate, single: c.rate, packer: 33e6,
				trip: 30 * time.Millisecond, list: 200 * time.Millisecond, studies: []pacstest.Study{study}}}
			start := time.Now()
			if err := (&Engine{Store: nowhere{}}).Study(context.Background(), l, study.UID, nil, nil); err != nil {
				t.Fatal(err)
			}
			took := time.Since(start)
			if (l.asked[pacs.Lossless] > 100) != c.lossless || took > c.most {
				t.Errorf("%s: %d as stored, %d compressed, in %v", name, l.asked[0], l.asked[1], took)
			}
		})
	}
}

func (l *line) Rendered(ctx context.Context, ref pacs.Ref, frame, side int) (pacs.Preview, error) {
	if l.drawn == 0 || !sleep(ctx, l.trip) {
		return pacs.Preview{}, &pacs.StatusError{Code: 406}
	}
	return pacs.Preview{MediaType: "image/jpeg", Bytes: make([]byte, l.drawn)}, l.flow(ctx, l.drawn)
}

func (l *line) Store(context.Context, dicom.UID, ...[]byte) (pacs.Stored, error) {
	return pacs.Stored{}, errReset
}
func (l *line) Verify(context.Context) error { return nil }

// home is 50 Mbit/s with 30 ms: what TCP leaves of it, in bytes a second.
const home = 6.03e6

// run fetches the study and returns how long it took and when the first image and
// the preview came.
func (l *line) run(t *testing.T, e *Engine, study pacstest.Study) (took, first, preview time.Duration) {
	start := time.Now()
	err := e.Study(context.Background(), l, study.UID, nil, func(p Progress) {
		if p.Preview != nil {
			preview = time.Since(start)
		}
		if len(p.New) > 0 && first == 0 {
			first = time.Since(start)
		}
	})
	if err != nil {
		t.Error(err)
	}
	return time.Since(start), first, preview
}

func bytesOf(s pacstest.Study) (n int) {
	for _, o := range s.Objects {
		n += len(o.Bytes)
	}
	return n
}

func TestTheFirstImageWaitsForNoList(t *testing.T) {
	study := ct(t, 40)
	for hint, most := range map[int]time.Duration{40: 80 * time.Millisecond, 0: 80 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			l := &line{rate: home, single: home, trip: 30 * time.Millisecond, list: 800 * time.Millisecond, drawn: 4000, studies: []pacstest.Study{study}}
			e := &Engine{Store: nowhere{}}
			e.Expect(study.UID, hint)
			e.Prefer(study.UID)
			_, first, preview := l.run(t, e, study)
			transfer := time.Duration(float64(len(study.Objects[0].Bytes)) / home * float64(time.Second))
			if preview == 0 || preview > most || first > most+transfer {
				t.Errorf("hint %d: preview after %v, first image after %v", hint, preview, first)
			}
			if hint > 0 && l.given[0] != study.Objects[hint/2].SOP {
				t.Error("the first image is not the middle one")
			}
		})
	}
}

func TestAPreviewIsOnlyForTheStudyOnScreenAndNoObject(t *testing.T) {
	study := ct(t, 3)
	synctest.Test(t, func(t *testing.T) {
		l := &line{rate: home, single: home, trip: 30 * time.Millisecond, drawn: 4000, studies: []pacstest.Study{study}}
		if _, _, preview := l.run(t, &Engine{Store: nowhere{}}, study); preview != 0 {
			t.Error("a preview of a study that nobody looks at")
		}
		e := &Engine{Store: nowhere{}}
		e.Prefer(study.UID)
		stored, previews := 0, 0
		err := e.Study(context.Background(), l, study.UID, nil, func(p Progress) {
			stored += len(p.New)
			if p.Preview != nil {
				previews++
				if stored > 0 || p.Have != 0 {
					t.Errorf("a preview after %d images, %d counted", stored, p.Have)
				}
			}
		})
		if err != nil || stored != 3 || previews != 1 {
			t.Errorf("%v: %d stored, %d previews", err, stored, previews)
		}
	})
}

func TestTheLinkIsFilledByAsFewConnectionsAsItTakes(t *testing.T) {
	study := ct(t, 300)
	for name, c := range map[string]struct {
		single     float64
		fill, then float64 // of the link: the first study, the next
		least, top int
	}{
		"no loss":                  {home, 0.95, 0.95, 4, 8},
		"loss: 13 Mbit/s each":     {1.6e6, 0.95, 0.95, 4, 10},
		"much loss: 4 Mbit/s each": {0.5e6, 0.80, 0.88, 12, 16},
	} {
		synctest.Test(t, func(t *testing.T) {
			l := &line{rate: home, single: c.single, trip: 30 * time.Millisecond, list: 400 * time.Millisecond, studies: []pacstest.Study{study}}
			e := &Engine{Store: nowhere{}}
			took, _, _ := l.run(t, e, study)
			fill := float64(bytesOf(study)) / took.Seconds() / home
			at := e.paceOf(l).allowed()
			if fill < c.fill || l.most > MostConnections || at < c.least || at > c.top {
				t.Errorf("%s: %.3f of the link in %v, at most %d connections, %d in the end", name, fill, took, l.most, at)
			}
			again, _, _ := l.run(t, e, study)
			if fill := float64(bytesOf(study)) / again.Seconds() / home; fill < c.then {
				t.Errorf("%s: %.3f of the link the second time: what was learned is lost", name, fill)
			}
		})
	}
}

func TestAServerThatRefusesIsAskedByFewer(t *testing.T) {
	study := ct(t, 120)
	synctest.Test(t, func(t *testing.T) {
		l := &line{rate: 60e6, single: 60e6, trip: 30 * time.Millisecond, refuse: 3, studies: []pacstest.Study{study}}
		e := &Engine{Store: nowhere{}}
		l.run(t, e, study)
		if at := e.paceOf(l).allowed(); at > 4 {
			t.Errorf("%d connections in the end", at)
		}
	})
}

func TestTheStudyOnScreenTakesTheLinkFromOthers(t *testing.T) {
	back, front := ct(t, 60), ct(t, 4)
	synctest.Test(t, func(t *testing.T) {
		l := &line{rate: home / 8, single: home / 8, trip: 30 * time.Millisecond, studies: []pacstest.Study{back, front}}
		alone, _, _ := l.run(t, &Engine{Store: nowhere{}}, front)
		e := &Engine{Store: nowhere{}}
		done := make(chan error, 1)
		go func() { done <- e.Study(context.Background(), l, back.UID, nil, nil) }()
		time.Sleep(10 * time.Second)
		e.Prefer(front.UID)
		beside, _, _ := l.run(t, e, front)
		if beside > alone+grace+50*time.Millisecond {
			t.Errorf("%v beside another study, %v alone", beside, alone)
		}
		if l.cancelled == 0 {
			t.Error("nothing of the other study was given up")
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		given := map[dicom.UID]int{}
		for _, sop := range l.given {
			given[sop]++
		}
		for _, o := range back.Objects {
			if given[o.SOP] != 1 {
				t.Fatalf("an instance of the other study came %d times", given[o.SOP])
			}
		}
	})
}
