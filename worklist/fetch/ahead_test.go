package fetch

import (
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

func TestWhatIsFetchedAheadRestsWhileAStudyIsAskedFor(t *testing.T) {
	seed := pacstest.NewSeed(t)
	back := &site{Study: seed.Studies[0], open: make(chan struct{})}
	front := &site{Study: seed.Studies[1], open: make(chan struct{})}
	st := newStore(t)
	e, ctx, errs := &Engine{Store: st, Workers: 2}, ctxFor(t), make(chan error, 3)
	var last Progress
	go func() { errs <- e.Ahead(ctx, back, back.UID, func(p Progress) { last = p }) }()
	back.open <- struct{}{} // its first instance is through
	begun := make(chan struct{}, 100)
	go func() { errs <- e.Study(ctx, front, front.UID, nil, func(Progress) { begun <- struct{}{} }) }()
	<-begun
	for _, r := range e.Running() {
		if r.Asked != (r.Study == front.UID) {
			t.Errorf("asked for: %v", r.Asked)
		}
	}
	time.Sleep(grace + 50*time.Millisecond)
	asked := len(back.requests())
	close(back.open)
	time.Sleep(30 * time.Millisecond)
	if n := len(back.requests()); n != asked {
		t.Errorf("%d requests were made while it had to rest", n-asked)
	}
	close(front.open)
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if held(t, st, back) != len(back.Objects) || last.Waited < grace {
		t.Errorf("not all came afterwards, or it waited %v", last.Waited)
	}
}

func TestAStudyFetchedAheadGoesFirstOnceItIsAskedFor(t *testing.T) {
	seed := pacstest.NewSeed(t)
	other := &site{Study: seed.Studies[1], open: make(chan struct{})}
	s := &site{Study: seed.Studies[0], open: make(chan struct{})}
	e, ctx, errs := &Engine{Store: newStore(t)}, ctxFor(t), make(chan error, 3)
	go func() { errs <- e.Study(ctx, other, other.UID, nil, nil) }()
	for len(other.requests()) == 0 {
		time.Sleep(time.Millisecond)
	}
	go func() { errs <- e.Ahead(ctx, s, s.UID, nil) }()
	for len(e.Running()) < 2 {
		time.Sleep(time.Millisecond)
	}
	go func() { errs <- e.Study(ctx, s, s.UID, nil, nil) }()
	close(s.open)
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	close(other.open)
	if err := <-errs; err != nil {
		t.Error(err)
	}
}
