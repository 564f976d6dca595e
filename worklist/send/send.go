package send

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Object is a Part 10 file that is to be sent.
type Object struct {
	Series, SOP dicom.UID
	Path        string
	Key         *seal.Key // opens the file; nil: it is plain
}

func (o Object) bytes() ([]byte, error) { return seal.ReadPath(o.Path, o.Key) }

// size is 0 where it is not known.
func (o Object) size() int64 {
	f, err := seal.OpenPath(o.Path, o.Key)
	if err != nil {
		return 0
	}
	defer f.Close()
	return f.Size()
}

// Study is what is to be sent of one study.
type Study struct {
	UID     dicom.UID
	Patient dicom.Identity // whose it is; what is empty is not compared
	Objects []Object
}

// State is what became of an object.
type State string

// The states. Only Confirmed is success.
const (
	Confirmed   State = "confirmed"   // the archive holds what was sent
	Parked      State = "parked"      // it holds something else under this UID
	Refused     State = "refused"     // it will not take it
	Unreadable  State = "unreadable"  // our file is not what it was, or no whole object
	Unconfirmed State = "unconfirmed" // nobody knows; sending again is harmless
)

// Result is what became of one object that is not confirmed. Why is a sentence without
// patient data.
type Result struct {
	Study dicom.UID `json:"study_instance_uid"`
	SOP   dicom.UID `json:"sop_instance_uid"`
	Path  string    `json:"path"`
	State State     `json:"state"`
	Why   string    `json:"why"`
}

// Report is what became of everything.
type Report struct {
	Objects   int      `json:"objects"`
	Confirmed int      `json:"confirmed"`
	Already   int      `json:"already_there"` // of those confirmed: not sent by this run
	Compared  int      `json:"read_back"`     // of those confirmed: read back in this run
	Changed   int      `json:"changed"`       // of those: attributes that tell nobody apart were changed by the archive
	Bytes     int64    `json:"bytes_sent"`
	Others    []Result `json:"not_confirmed"`
	// Promised objects are kept by the archive's word (storage commitment, PS3.4 J);
	// Waiting is how many it was asked for and has not answered yet.
	Promised int `json:"committed"`
	Waiting  int `json:"commitment_waiting"`
}

// Done tells whether every object was confirmed.
func (r Report) Done() bool { return r.Confirmed == r.Objects }

// Progress is how far a run is.
type Progress struct {
	Objects, Confirmed, Failed int
	Bytes, Total               int64 // taken by the archive, and to be sent as far as is known
	PerSecond                  float64
	Left                       time.Duration // 0: not known
	Trouble                    string        // why nothing moves, a sentence
}

// Sender sends to one archive. Fields of 0 have defaults.
type Sender struct {
	Archive    pacs.Archive
	Site       string   // its name, in sentences
	Journal    *Journal // what earlier runs confirmed; nil: none
	CompareAll bool
	Batch      int64         // bytes of one request; 4 MiB
	Workers    int           // requests at once; 4
	Patience   time.Duration // the first pause after a failure, doubling; 1 s
	Rounds     int           // failures one after another until a study is given up; 8
	CommitWait time.Duration // for the promise to keep a study; 10 s
}

const (
	defaultBatch    = 4 << 20
	mostObjects     = 64 // of one request
	defaultWorkers  = 4
	defaultRounds   = 8
	defaultCommit   = 10 * time.Second
	studiesAtOnce   = 2
	longestPause    = 30 * time.Second
	triesOfAnObject = 4
)

// Send sends what is missing and confirms all. It goes on after whatever concerns only
// some objects: Report says which. An error ends the run early: the end of ctx,
// credentials that are refused, a journal that cannot be written.
func (s Sender) Send(ctx context.Context, studies []Study, each func(Progress)) (Report, error) {
	s.fill()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r := &run{Sender: s, gate: newGate(s.Workers), stop: cancel, begun: time.Now()}
	for _, st := range studies {
		r.studies = append(r.studies, newStudy(st))
		r.total.Objects += len(st.Objects)
	}
	told := r.tell(ctx, each)
	var all sync.WaitGroup
	next := make(chan *study)
	for range studiesAtOnce {
		all.Go(func() {
			for st := range next {
				r.study(ctx, st)
			}
		})
	}
	for _, st := range r.studies {
		next <- st
	}
	close(next)
	all.Wait()
	err := context.Cause(ctx)
	cancel(nil)
	<-told
	return r.report(), err
}

func (s *Sender) fill() {
	if s.Batch <= 0 {
		s.Batch = defaultBatch
	}
	if s.Workers <= 0 {
		s.Workers = defaultWorkers
	}
	if s.Patience <= 0 {
		s.Patience = time.Second
	}
	if s.Rounds <= 0 {
		s.Rounds = defaultRounds
	}
	if s.CommitWait <= 0 {
		s.CommitWait = defaultCommit
	}
}

// run is one call of Send.
type run struct {
	Sender
	gate    *gate
	stop    context.CancelCauseFunc
	begun   time.Time
	studies []*study

	mu     sync.Mutex
	total  Report // guarded by mu
	meter  meter  // guarded by mu
	said   string // guarded by mu: why nothing moves
	failed int    // guarded by mu
	lost   bool   // guarded by mu: a study was given up, and nothing has got through since
}

// item is one object on its way. Owned by its study's goroutine, or by the batch or
// reading that holds it while that runs.
type item struct {
	Object
	size  int64
	class dicom.UID
	sum   [sha256.Size]byte // of the file as it was read; known says so
	known bool
	acked bool // the archive's answer named it
	sent  bool // this run sent it, whatever came of that
	told  bool // its bytes were counted as gone
	held  bool // it was there before this run sent it
	asked int  // queries that did not name it since it was acked
	tries int
	state State // "" while nothing is decided
	why   string
}

// study is one study on its way. Owned by one goroutine.
type study struct {
	uid     dicom.UID
	patient dicom.Identity
	known   bool // the archive holds nothing of it under another patient
	items   []*item
	batch   int64 // bytes; halved where the archive says that a request is too large
	single  bool  // an object a request: one of them made it refuse a whole batch
}

func newStudy(st Study) *study {
	out := &study{uid: st.UID, patient: st.Patient}
	for _, o := range st.Objects {
		out.items = append(out.items, &item{Object: o})
	}
	return out
}

// open is the items that nothing is decided of.
func (st *study) open() (out []*item) {
	for _, it := range st.items {
		if it.state == "" {
			out = append(out, it)
		}
	}
	return out
}

// decide ends an item's way.
func (r *run) decide(it *item, s State, why string) {
	it.state, it.why = s, why
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = ""
	if !it.told {
		r.meter.total -= it.size
	}
	if s != Confirmed {
		r.failed++
		return
	}
	r.lost = false
	r.total.Confirmed++
	if it.held {
		r.total.Already++
	}
}

// report is the outcome so far; the last one is whole.
func (r *run) report() Report {
	r.mu.Lock()
	out := r.total
	r.mu.Unlock()
	out.Others = []Result{}
	for _, st := range r.studies {
		for _, it := range st.items {
			if it.state == Confirmed {
				continue
			}
			res := Result{Study: st.uid, SOP: it.SOP, Path: it.Path, State: it.state, Why: it.why}
			if res.State == "" {
				res.State = Unconfirmed
			}
			if res.Why == "" {
				res.Why = "not sent yet"
			}
			out.Others = append(out.Others, res)
		}
	}
	return out
}

// fatal ends the run.
func (r *run) fatal(err error) { r.stop(err) }

var errJournal = errors.New("what was sent cannot be recorded")

// record keeps confirmed items for the next run.
func (r *run) record(items []*item) {
	if r.Journal == nil || len(items) == 0 {
		return
	}
	if err := r.Journal.add(items); err != nil {
		r.fatal(fmt.Errorf("%w: %w", errJournal, err))
	}
}
