package ahead

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// scale is how much smaller everything is than a real night: images, and the line.
const scale = 64

// case50 is one case of the night: images of so many bytes.
type case50 struct {
	modality      string
	images, bytes int
}

// night is a mix of cases as a teleradiologist's list has it: CT of 512² as stored, MR of
// two matrix sizes, radiographs, mammograms, ultrasound.
func night(n int, rng *rand.Rand) (out []case50) {
	about := func(v float64, part float64) int { return int(v * (1 + part*(2*rng.Float64()-1))) }
	for i := range n {
		switch i % 10 {
		case 0, 3, 6:
			out = append(out, case50{"CT", 60 + rng.IntN(300), about(526e3, 0.02)})
		case 1, 8:
			out = append(out, case50{"MR", 80 + rng.IntN(200), about(140e3, 0.25)})
		case 2, 5:
			out = append(out, case50{"CR", 1 + rng.IntN(3), about(10e6, 0.3)})
		case 4:
			out = append(out, case50{"US", 15 + rng.IntN(40), about(0.9e6, 0.15)})
		case 7:
			out = append(out, case50{"MG", 4, about(25e6, 0.15)})
		case 9:
			out = append(out, case50{"PT/CT", 300 + rng.IntN(200), about(180e3, 0.1)})
		}
	}
	return out
}

// far is an archive behind a line of so many bytes a second that all requests share, with
// a round trip of 30 ms. Its speed wanders by a tenth.
type far struct {
	rate    float64
	studies map[dicom.UID]map[dicom.UID][]byte
	list    map[dicom.UID][]*dicom.Dataset

	mu   sync.Mutex
	free time.Time // when the line has sent what was asked for
	t0   time.Time
}

func (a *far) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	time.Sleep(60 * time.Millisecond)
	if q.Level != pacs.InstanceLevel || q.Limit > 0 {
		return nil
	}
	for _, ds := range a.list[q.Study] {
		if err := each(ds); err != nil {
			return err
		}
	}
	return nil
}

func (a *far) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	time.Sleep(30 * time.Millisecond)
	b := a.studies[ref.Study][ref.Instance]
	for left := len(b); left > 0; left -= packet {
		if err := a.send(ctx, min(left, packet)); err != nil {
			return err
		}
	}
	return each(pacs.Object{Bytes: b})
}

const packet = 1024

func (a *far) send(ctx context.Context, n int) error {
	a.mu.Lock()
	now := time.Now()
	if a.free.Before(now) {
		a.free = now
	}
	wander := 1 + 0.1*math.Sin(now.Sub(a.t0).Seconds()/17)
	a.free = a.free.Add(time.Duration(float64(n) / (a.rate * wander) * 1e9))
	until := a.free
	a.mu.Unlock()
	t := time.NewTimer(until.Sub(now))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *far) Store(context.Context, dicom.UID, ...[]byte) (pacs.Stored, error) {
	return pacs.Stored{}, pacs.ErrTruncated
}
func (a *far) Verify(context.Context) error { return nil }

// hold puts a case into the archive and gives its row.
func (a *far) hold(t testing.TB, n int, c case50) feed.Row {
	study, series := dicom.NewUID(), dicom.NewUID()
	a.studies[study] = map[dicom.UID][]byte{}
	for i := range c.images {
		ds := new(dicom.Dataset)
		ds.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
		ds.SetStr(dicom.SOPInstanceUID, string(dicom.NewUID()))
		ds.SetStr(dicom.StudyInstanceUID, string(study))
		ds.SetStr(dicom.SeriesInstanceUID, string(series))
		ds.SetStr(dicom.Modality, "CT")
		ds.SetInt(dicom.InstanceNumber, i+1)
		a.list[study] = append(a.list[study], ds)
		var b bytes.Buffer
		if err := dicom.Write(&b, ds, make([]byte, max(2, c.bytes/scale)&^1)); err != nil {
			t.Fatal(err)
		}
		a.studies[study][dicom.UID(ds.Str(dicom.SOPInstanceUID))] = b.Bytes()
	}
	return feed.Row{Site: "FAR", StudyUID: string(study), Accession: fmt.Sprint(n), Modality: c.modality, State: feed.Available,
		PatientID: fmt.Sprint(n), PatientName: "NIGHT^CASE", Expected: c.images}
}

// kept is a store in memory that keeps no bytes.
type kept struct {
	mu       sync.Mutex
	has      map[dicom.UID]bool
	count    map[dicom.UID]int
	expected map[dicom.UID]int
}

func (k *kept) Put(b []byte) (store.Entry, bool, error) {
	f, err := dicom.Parse(b)
	if err != nil {
		return store.Entry{}, false, err
	}
	e := store.Entry{Study: dicom.UID(f.Dataset.Str(dicom.StudyInstanceUID)), Series: dicom.UID(f.Dataset.Str(dicom.SeriesInstanceUID)), SOP: dicom.UID(f.Dataset.Str(dicom.SOPInstanceUID))}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.has[e.SOP] {
		k.count[e.Study]++
	}
	k.has[e.SOP] = true
	return e, true, nil
}

func (k *kept) Has(_, sop dicom.UID) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.has[sop]
}

func (k *kept) SetExpected(study dicom.UID, n int) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.expected[study] = n
	return nil
}

func (k *kept) Expected(study dicom.UID) (int, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n, ok := k.expected[study]
	return n, ok
}

func newKept() *kept {
	return &kept{has: map[dicom.UID]bool{}, count: map[dicom.UID]int{}, expected: map[dicom.UID]int{}}
}

func (k *kept) counted(rows []feed.Row) []feed.Row {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := append([]feed.Row(nil), rows...)
	for i := range out {
		out[i].Cached = k.count[dicom.UID(out[i].StudyUID)]
	}
	return out
}

// until lets time pass until done, a second at a time; each second look is called.
func until(t *testing.T, done func() bool, look func()) {
	for range 3 * 3600 {
		time.Sleep(time.Second)
		look()
		if done() {
			return
		}
	}
	t.Fatal("it does not come to an end")
}

// TestNineOfTenForecastsOfANightAreWithinThirtyPercent fetches 50 cases of many kinds
// over a home line of 50 Mbit/s in a time that only the test's clock has. What earlier
// cases showed is known; a STAT cuts in, and the reader opens a case out of turn. Judged
// is every figure that was told and did not only run down.
func TestNineOfTenForecastsOfANightAreWithinThirtyPercent(t *testing.T) {
	seeds := []uint64{3, 6}
	if os.Getenv("NOCTURNE_LONG") != "" {
		seeds = []uint64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	}
	var all Line
	for _, seed := range seeds {
		synctest.Test(t, func(t *testing.T) { all.Told = append(all.Told, oneNight(t, seed)...) })
	}
	acc := all.Of(time.Time{})
	if t.Logf("%d nights: %v", len(seeds), acc); acc.Forecasts < 45*len(seeds) || acc.Good < 0.9 {
		t.Errorf("%d forecasts, %.0f %% of them within ±30 %%", acc.Forecasts, 100*acc.Good)
	}
}

func oneNight(t *testing.T, seed uint64) (told []Told) {
	rng := rand.New(rand.NewPCG(seed, 7))
	a := &far{rate: 6.03e6 / scale, studies: map[dicom.UID]map[dicom.UID][]byte{}, list: map[dicom.UID][]*dicom.Dataset{}, t0: time.Now()}
	site := feed.Site{Name: "FAR", Archive: a}
	var before, rows []feed.Row
	for i, c := range night(10, rng) {
		before = append(before, a.hold(t, i, c))
	}
	for i, c := range night(50, rng) {
		rows = append(rows, a.hold(t, 100+i, c))
	}
	late := a.hold(t, 999, case50{"CT", 250, 526e3})
	late.Priority = pacs.Stat

	learned := prefetchAll(t, site, before, nil, func(*Fetcher, *fetch.Engine, *kept, int) {})
	now := time.Now()
	var asked sync.WaitGroup
	shown := shownLog{}
	got := prefetchAll(t, site, rows, &learned, func(f *Fetcher, e *fetch.Engine, k *kept, s int) {
		shown.look(f, k.counted(rows))
		switch s {
		case 60:
			rows = append([]feed.Row{late}, rows...)
			f.Set(k.counted(rows))
		case 100: // the reader opens what comes last
			asked.Go(func() { e.Study(t.Context(), a, dicom.UID(rows[len(rows)-1].StudyUID), nil, nil) })
		}
	})
	asked.Wait()
	t.Logf("asked for every case every 5 s: %v; what was told: %v", shown.judged, got.Of(now))
	for _, x := range got.Told {
		if !x.At.Before(now) {
			told = append(told, x)
		}
	}
	return told
}

// prefetchAll fetches rows and gives what was learned; look is called every second.
func prefetchAll(t *testing.T, site feed.Site, rows []feed.Row, known *Line, look func(*Fetcher, *fetch.Engine, *kept, int)) Line {
	k := newKept()
	e := &fetch.Engine{Store: k}
	f := New(Options{Engine: e, Sites: []feed.Site{site}, Mode: All})
	if known != nil {
		f.Recall(site.Name, *known)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	running.Go(func() { f.Run(ctx) })
	f.Set(k.counted(rows))
	s := 0
	until(t, f.Settled, func() { s++; look(f, e, k, s) })
	for _, r := range k.counted(rows) {
		if r.Cached != r.Expected {
			t.Errorf("%d of %d images are here", r.Cached, r.Expected)
		}
	}
	l, _ := f.Learned(site.Name)
	return l
}

// shownLog asks for every row's forecast every five seconds and judges it when the case
// is ready.
type shownLog struct {
	n      int
	open   map[string][]Told
	judged Accuracy
	all    []Told
}

func (l *shownLog) look(f *Fetcher, rows []feed.Row) {
	f.Forecast(rows)
	if l.open == nil {
		l.open = map[string][]Told{}
	}
	l.n++
	for _, r := range rows {
		switch {
		case r.Forecast.State == feed.Here:
			for _, t := range l.open[r.StudyUID] {
				t.Took = time.Since(t.At).Seconds()
				l.all = append(l.all, t)
			}
			delete(l.open, r.StudyUID)
		case r.Forecast.State == feed.Coming && r.Forecast.Seconds >= leastTold && l.n%5 == 1:
			l.open[r.StudyUID] = append(l.open[r.StudyUID], Told{At: time.Now(), Said: float64(r.Forecast.Seconds)})
		}
	}
	l.judged = Line{Told: l.all}.Of(time.Time{})
}

// table prints how long it took as a part of what was said, by the minute of asking.
func (l *shownLog) table(begun time.Time) {
	minutes := map[int][]float64{}
	most := 0
	for _, t := range l.all {
		m := int(t.At.Sub(begun).Minutes())
		minutes[m] = append(minutes[m], t.Took/t.Said)
		most = max(most, m)
	}
	for m := range most + 1 {
		if v := minutes[m]; len(v) > 0 {
			slices.Sort(v)
			fmt.Printf("minute %d: %d forecasts, took/said %.2f (10 %%) %.2f (median) %.2f (90 %%)\n", m, len(v), v[len(v)/10], v[len(v)/2], v[len(v)*9/10])
		}
	}
}
