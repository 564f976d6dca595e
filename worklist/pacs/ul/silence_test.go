package ul

import (
	"context"
	"errors"
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// hasty gives up soon what is established, curt what is to be.
var (
	hasty = Timeouts{Idle: 60 * time.Millisecond, Release: 60 * time.Millisecond}
	curt  = Timeouts{Negotiate: 60 * time.Millisecond}
)

// within fails the test when f takes longer than a peer of these tests is given.
func within(t *testing.T, f func() error) error {
	t.Helper()
	start := time.Now()
	err := f()
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("it took %v", d)
	}
	return err
}

func TestASilentPeerIsGivenUpInEveryPhase(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	o := Options{Timeouts: hasty}
	mute := func(after ...func(net.Conn)) string {
		return script(t, func(c net.Conn) {
			for _, f := range after {
				f(c)
			}
			for k, _ := nextPDU(c); k != 0 && k != pduAbort; k, _ = nextPDU(c) {
			}
		})
	}
	accept := func(c net.Conn) { nextPDU(c); c.Write(ac()) }
	half := func(c net.Conn) { nextPDU(c); c.Write(ac()[:50]) }

	for name, address := range map[string]string{"at once": mute(), "in its answer": mute(half)} {
		if err := within(t, func() error { _, err := Dial(t.Context(), address, echoRequest(), Options{Timeouts: curt}); return err }); !errors.Is(err, pacs.ErrStalled) {
			t.Errorf("silent %s: %v", name, err)
		}
	}
	a, err := Dial(t.Context(), mute(accept), echoRequest(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := within(t, func() error { _, err := a.Read(t.Context()); return err }); !errors.Is(err, pacs.ErrStalled) {
		t.Errorf("silent in the middle: %v", err)
	}
	a, err = Dial(t.Context(), mute(accept), echoRequest(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := within(t, func() error { return a.Release(t.Context()) }); !errors.Is(err, pacs.ErrStalled) {
		t.Errorf("silent at the release: %v", err)
	}
	if a.open() {
		t.Error("the connection is still there")
	}
}

func TestARequestorThatIsSilentIsGivenUpByARTIM(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	ours, theirs := net.Pipe()
	defer theirs.Close()
	err := within(t, func() error { _, err := Accept(t.Context(), ours, Options{Timeouts: curt}, all); return err })
	if !errors.Is(err, pacs.ErrStalled) {
		t.Error(err)
	}
}

// TestAPeerThatDripsIsGivenUpLikeASilentOne feeds a fragment byte by byte, faster
// than the idle time and slower than 1 KiB in it.
func TestAPeerThatDripsIsGivenUpLikeASilentOne(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	address := script(t, func(c net.Conn) {
		nextPDU(c)
		c.Write(ac())
		c.Write([]byte{4, 0, 0, 0, 0x10, 0x06, 0, 0, 0x10, 0x02, 1, 3})
		for {
			if _, err := c.Write([]byte{0}); err != nil {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
	a, err := Dial(t.Context(), address, echoRequest(), Options{Timeouts: hasty})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Abort()
	if err := within(t, func() error { _, err := a.Read(t.Context()); return err }); !errors.Is(err, pacs.ErrStalled) {
		t.Error(err)
	}
}

func TestAPeerThatTakesNothingIsGivenUp(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	stop := make(chan struct{})
	address := script(t, func(c net.Conn) {
		nextPDU(c)
		c.Write(ac())
		<-stop
	})
	defer close(stop)
	a, err := Dial(t.Context(), address, echoRequest(), Options{Timeouts: hasty})
	if err != nil {
		t.Fatal(err)
	}
	err = within(t, func() error { return a.Write(t.Context(), PDV{Context: 1, Last: true, Data: make([]byte, 32<<20)}) })
	if !errors.Is(err, pacs.ErrStalled) {
		t.Error(err)
	}
	if err := a.Write(t.Context(), PDV{Context: 1, Last: true}); err == nil {
		t.Error("an association whose middle was lost is written to again")
	}
}

func TestAContextEndsEveryPhaseAtOnce(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	soon := func() context.Context {
		ctx, cancel := context.WithTimeoutCause(t.Context(), 20*time.Millisecond, errLunch)
		t.Cleanup(cancel)
		return ctx
	}
	stop := make(chan struct{})
	defer close(stop)
	address := script(t, func(net.Conn) { <-stop })
	if err := within(t, func() error { _, err := Dial(soon(), address, echoRequest(), Options{}); return err }); !errors.Is(err, errLunch) {
		t.Errorf("associate: %v", err)
	}
	established := script(t, func(c net.Conn) { nextPDU(c); c.Write(ac()); <-stop })
	a, err := Dial(t.Context(), established, echoRequest(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for phase, f := range map[string]func(context.Context) error{
		"read":    func(ctx context.Context) error { _, err := a.Read(ctx); return err },
		"write":   func(ctx context.Context) error { return a.Write(ctx, PDV{Context: 1, Data: make([]byte, 32<<20)}) },
		"release": a.Release,
	} {
		err := within(t, func() error { return f(soon()) })
		if phase != "release" && !errors.Is(err, errLunch) && !errors.Is(err, ErrEnded) {
			t.Errorf("%s: %v", phase, err)
		}
	}
	ours, theirs := net.Pipe()
	defer theirs.Close()
	if err := within(t, func() error { _, err := Accept(soon(), ours, Options{}, all); return err }); !errors.Is(err, errLunch) {
		t.Errorf("accept: %v", err)
	}
}

var errLunch = errors.New("lunch")

// TestAPDUIsRefusedBeforeItIsRead announces four gigabytes to an acceptor.
func TestAPDUIsRefusedBeforeItIsRead(t *testing.T) {
	for name, head := range map[string][]byte{
		"an association": {1, 0, 0xFF, 0xFF, 0xFF, 0xF0}, "data": {4, 0, 0xFF, 0xFF, 0xFF, 0xF0}, "an abort": {7, 0, 0xFF, 0xFF, 0xFF, 0xF0},
	} {
		ours, theirs := net.Pipe()
		go func() {
			theirs.Write(append(head, make([]byte, 64)...))
			nextPDU(theirs)
			theirs.Close()
		}()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Accept(t.Context(), ours, Options{}, all)
		runtime.ReadMemStats(&after)
		var bad *ProtocolError
		if !errors.As(err, &bad) || bad.Reason != invalidParameter {
			t.Errorf("%s: %v", name, err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
			t.Errorf("%s: %d bytes were held for it", name, got)
		}
	}
}

// TestAPeerThatTakesMuchNeedNotSpeak sends for longer than the idle time while an
// answer is waited for, as one does who stores over a slow line.
func TestAPeerThatTakesMuchNeedNotSpeak(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	address := script(t, func(c net.Conn) {
		nextPDU(c)
		c.Write(ac())
		for n := 0; n < 20; n++ {
			nextPDU(c)
		}
		c.Write([]byte{4, 0, 0, 0, 0, 8, 0, 0, 0, 4, 1, 3, 'o', 'k'})
		nextPDU(c)
	})
	a, err := Dial(t.Context(), address, echoRequest(), Options{Timeouts: Timeouts{Idle: 300 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Abort()
	answer := make(chan error, 1)
	go func() {
		v, err := a.Read(t.Context())
		if err == nil && string(v.Data) != "ok" {
			err = errors.New("another answer")
		}
		answer <- err
	}()
	for range 20 { // more than twice the idle time in all
		if err := a.Write(t.Context(), PDV{Context: 1, Data: []byte("data")}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(40 * time.Millisecond)
	}
	if err := <-answer; err != nil {
		t.Error(err)
	}
}

func TestAbortEndsAWriteThatIsStuck(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	stop := make(chan struct{})
	address := script(t, func(c net.Conn) { nextPDU(c); c.Write(ac()); <-stop })
	defer close(stop)
	a, err := Dial(t.Context(), address, echoRequest(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	stuck := make(chan error, 1)
	go func() { stuck <- a.Write(t.Context(), PDV{Context: 1, Last: true, Data: make([]byte, 64<<20)}) }()
	time.Sleep(50 * time.Millisecond)
	start := time.Now()
	a.Abort()
	if err := <-stuck; !errors.Is(err, ErrEnded) || time.Since(start) > time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
}
