package demo

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Event is one thing that happens by itself, so that a night can be replayed.
// Events are read from NDJSON, one object a line:
//
//	{"after":"3s","event":"stat","study":"A1007"}       a new STAT workitem; its study is unknown until then
//	{"after":"9s","event":"late","study":"…","count":7}  images that were announced arrive; missing until then
//	{"after":"1m","event":"away","for":"30s","how":"hang"} how: refuse (default), hang, 503
//	{"after":"2m","event":"back"}                        ends away
//	{"after":"5s","event":"claim","reader":"OTHER^READER"} a second reader claims the case
//	{"after":"5s","event":"cancel"}                      the order is withdrawn: a cancel request
//
// An event with "on":"word" in place of after waits for that word among
// Options.Cues, on the command line a line of standard input.
//
// A study is named by its UID or accession number; without one, the event takes
// the first workitem it fits, late the study with the longest series.
type Event struct {
	After  time.Duration // since the archive started
	On     string        // the cue that it waits for; After counts from the cue
	Kind   string
	Study  string
	Count  int           // late: how many instances; default 7
	For    time.Duration // away: until back by itself; 0 for good
	How    string
	Reader string // claim: PN form
}

// eventLine is an Event as it is written.
type eventLine struct {
	After  string `json:"after"`
	On     string `json:"on"`
	Kind   string `json:"event"`
	Study  string `json:"study"`
	Count  int    `json:"count"`
	For    string `json:"for"`
	How    string `json:"how"`
	Reader string `json:"reader"`
}

var eventKinds = []string{"stat", "late", "away", "back", "claim", "cancel"}

// ReadEvents reads NDJSON. Empty lines are passed over; anything not understood
// is an error that names its line.
func ReadEvents(r io.Reader) ([]Event, error) {
	var out []Event
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		line := bytes.TrimSpace(sc.Bytes())
		if len(line) == 0 {
			continue
		}
		e, err := readEvent(line)
		if err != nil {
			return nil, fmt.Errorf("read events: line %d: %w", n, err)
		}
		out = append(out, e)
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return out, nil
}

func readEvent(line []byte) (Event, error) {
	var l eventLine
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return Event{}, err
	}
	e := Event{On: l.On, Kind: l.Kind, Study: l.Study, Count: l.Count, How: l.How, Reader: l.Reader}
	var err1, err2 error
	e.After, err1 = time.ParseDuration(cmp.Or(l.After, "0s"))
	e.For, err2 = time.ParseDuration(cmp.Or(l.For, "0s"))
	switch {
	case err1 != nil || err2 != nil || e.After < 0 || e.For < 0:
		return e, errors.New(`after and for are durations such as "3s"`)
	case !slices.Contains(eventKinds, e.Kind):
		return e, fmt.Errorf("an event is one of %v", eventKinds)
	case e.How != "" && !slices.Contains([]string{awayRefuse, awayHang, awayBusy}, e.How):
		return e, errors.New("how is refuse, hang or 503")
	case e.Count < 0:
		return e, errors.New("count is positive")
	}
	return e, nil
}

// happening is an event with what it is about, decided when the archive starts.
type happening struct {
	after time.Duration
	do    func() error
}

// timeline is what happens one after the other from a moment on.
type timeline []happening

// schedule hides what events are to reveal and starts their clocks: one for
// those that only wait for a time, one for each cue.
func (a *Archive) schedule(ctx context.Context, events []Event, cues <-chan string) error {
	on := map[string]timeline{}
	for _, e := range events {
		h, err := a.prepare(e)
		if err != nil {
			return fmt.Errorf("schedule event %q: %w", e.Kind, err)
		}
		on[e.On] = append(on[e.On], h...)
	}
	for _, line := range on {
		slices.SortStableFunc(line, func(a, b happening) int { return cmp.Compare(a.after, b.after) })
	}
	a.begin(ctx, on[""])
	if delete(on, ""); len(on) > 0 && cues != nil {
		a.done.Go(func() { a.listen(ctx, on, cues) })
	}
	return nil
}

// listen begins each timeline at its cue, once.
func (a *Archive) listen(ctx context.Context, on map[string]timeline, cues <-chan string) {
	for len(on) > 0 {
		select {
		case <-ctx.Done():
			return
		case cue, ok := <-cues:
			if !ok {
				return
			}
			a.begin(ctx, on[cue])
			delete(on, cue)
		}
	}
}

// begin lets the timeline happen from now on.
func (a *Archive) begin(ctx context.Context, line timeline) {
	if len(line) == 0 {
		return
	}
	begun := time.Now()
	a.done.Go(func() {
		for _, h := range line {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Until(begun.Add(h.after))):
			}
			if err := h.do(); err != nil {
				a.log.Warn("event", "error", err.Error())
			}
		}
	})
}

func (a *Archive) prepare(e Event) ([]happening, error) {
	switch e.Kind {
	case "stat":
		return a.prepareStat(e)
	case "late":
		return a.prepareLate(e)
	case "away":
		out := []happening{{e.After, func() error { a.leave(cmp.Or(e.How, awayRefuse)); return nil }}}
		if e.For > 0 {
			out = append(out, happening{e.After + e.For, func() error { a.away.open(); return nil }})
		}
		return out, nil
	case "back":
		return []happening{{e.After, func() error { a.away.open(); return nil }}}, nil
	}
	st, err := a.subject(e.Study)
	if err != nil {
		return nil, err
	}
	if e.Kind == "cancel" {
		return []happening{{e.After, func() error { _, err := a.steps.requestCancel(st.uid, &dicom.Dataset{}); return err }}}, nil
	}
	return []happening{{e.After, func() error { return a.steps.claimFor(st.uid, cmp.Or(e.Reader, "OTHER^READER")) }}}, nil
}

// leave shuts the gate; one who refuses connections also drops those it has.
func (a *Archive) leave(how string) {
	a.away.shut(how)
	if how == awayRefuse {
		a.hub.drop()
		a.dimse.drop()
	}
}

// subject is the step of a study named by UID or accession number; for "" the
// first that is SCHEDULED.
func (a *Archive) subject(study string) (step, error) {
	for _, st := range a.steps.list(study != "") {
		req := st.data.Item(dicom.ReferencedRequestSequence)
		if study == "" && st.state == pacs.Scheduled || study != "" &&
			(req.Str(dicom.AccessionNumber) == study || req.Str(dicom.StudyInstanceUID) == study) {
			return st, nil
		}
	}
	return step{}, errors.New("no such study has a workitem")
}

func inputStudy(st step) dicom.UID {
	return dicom.UID(st.data.Item(dicom.InputInformationSequence).Str(dicom.StudyInstanceUID))
}

// anyStat names a study that is a STAT by its order; "" when there is none.
func (a *Archive) anyStat() string {
	for _, st := range a.steps.list(false) {
		if st.data.Str(dicom.WorklistLabel) == "STAT" && st.state == pacs.Scheduled {
			return string(inputStudy(st))
		}
	}
	return ""
}

func (a *Archive) prepareStat(e Event) ([]happening, error) {
	st, err := a.subject(cmp.Or(e.Study, a.anyStat()))
	if err != nil {
		return nil, err
	}
	uid := inputStudy(st)
	if st.state == pacs.Scheduled {
		a.steps.withhold(st.uid)
		a.held.change(uid, func(s *study) { s.withheld = true })
	}
	return []happening{{e.After, func() error {
		a.held.change(uid, func(s *study) { s.withheld = false })
		return a.steps.reveal(st.uid)
	}}}, nil
}

// prepareLate hides what is to arrive: what the source says is late, else a
// block from the middle of the longest series, for a gap is harder to see than
// an early end.
func (a *Archive) prepareLate(e Event) ([]happening, error) {
	var uid dicom.UID
	if e.Study != "" {
		st, err := a.subject(e.Study)
		if err != nil {
			return nil, err
		}
		uid = inputStudy(st)
	}
	block := a.late(uid)
	if len(block) == 0 {
		block = a.gap(uid, cmp.Or(e.Count, 7))
	}
	if len(block) == 0 {
		return nil, errors.New("no series has so many instances")
	}
	set := func(late bool) func(*study) {
		return func(*study) {
			for _, in := range block {
				in.late = late
			}
		}
	}
	a.held.change(block[0].study, set(true))
	return []happening{{e.After, func() error { a.held.change(block[0].study, set(false)); return nil }}}, nil
}

// late are the instances of a study that its source announced as late; of the
// first such study when uid is "".
func (a *Archive) late(uid dicom.UID) []*instance {
	a.held.mu.RLock()
	defer a.held.mu.RUnlock()
	for _, st := range a.held.order {
		var out []*instance
		for _, se := range st.series {
			for _, in := range se.instances {
				if in.late && (uid == "" || st.uid == uid) {
					out = append(out, in)
				}
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

// gap is a block of n from the middle of the longest series, fewer where it is
// shorter; nil when no series has two instances.
func (a *Archive) gap(uid dicom.UID, n int) []*instance {
	longest := &series{}
	for _, en := range a.held.snapshot(uid) {
		for _, se := range en.series {
			if len(se.instances) > len(longest.instances) {
				longest = se
			}
		}
	}
	n = min(n, len(longest.instances)-1)
	if n < 1 {
		return nil
	}
	from := (len(longest.instances) - n) / 2
	return longest.instances[from : from+n]
}

// withhold keeps a step from everybody until reveal.
func (s *steps) withhold(uid dicom.UID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := *s.all[uid]
	next.withheld = true
	s.all[uid] = &next
}

// reveal makes a withheld step a new STAT, due as long from now as it was from
// the archive's start.
func (s *steps) reveal(uid dicom.UID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.all[uid]
	if st.state != pacs.Scheduled {
		return nil
	}
	next := *st
	next.withheld, next.data = false, st.data.Clone()
	now := s.clock()
	start, _ := dicom.ParseDT(st.data.Str(dicom.ScheduledProcedureStepStartDateTime))
	end, _ := dicom.ParseDT(st.data.Str(dicom.ExpectedCompletionDateTime))
	next.data.SetStr(dicom.ScheduledProcedureStepPriority, "HIGH")
	next.data.SetStr(dicom.WorklistLabel, "STAT")
	next.data.SetStr(dicom.ScheduledProcedureStepStartDateTime, dicom.FormatDT(now))
	next.data.SetStr(dicom.ExpectedCompletionDateTime, dicom.FormatDT(now.Add(end.Sub(start))))
	s.stamp(uid, next.state, next.data)
	if err := s.put(&next); err != nil {
		return err
	}
	s.hub.created(&next)
	return nil
}

// claimFor is a claim by a reader elsewhere, whose Transaction UID nobody here
// learns. It fails like any claim when another was first.
func (s *steps) claimFor(uid dicom.UID, reader string) error {
	transaction := dicom.NewUID()
	code, err := s.change(uid, transaction, pacs.InProgress)
	if err != nil || code != statusOK {
		return cmp.Or(err, fmt.Errorf("claim refused: %04X", uint16(code)))
	}
	p := &dicom.Dataset{}
	p.SetSeq(dicom.ActualHumanPerformersSequence, performer(reader))
	p.SetStr(dicom.PerformedProcedureStepStartDateTime, dicom.FormatDT(s.clock()))
	d := &dicom.Dataset{}
	d.SetSeq(dicom.UnifiedProcedureStepPerformedProcedureSequence, p)
	return s.update(uid, transaction, d)
}
