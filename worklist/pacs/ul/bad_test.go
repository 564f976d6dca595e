package ul

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

const objectBytes = 50_000 // three P-DATA-TFs of 16 KiB and a rest

// storekeeper is a good server: to every command it answers with a command, a data
// set and another command, and it takes what it is sent.
func storekeeper(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(context.Background())
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { keepStore(ctx, c) })
		}
	})
	t.Cleanup(func() { l.Close(); cancel(); all.Wait() })
	return l.Addr().String()
}

func keepStore(ctx context.Context, c net.Conn) {
	a, err := Accept(ctx, c, Options{}, all)
	if err != nil {
		return
	}
	defer a.Abort()
	for {
		v, err := a.Read(ctx)
		if err != nil {
			return
		}
		if !v.Command {
			continue
		}
		err = a.Write(ctx, PDV{Context: 1, Command: true, Last: true, Data: make([]byte, 100)},
			PDV{Context: 3, Last: true, Data: make([]byte, objectBytes)}, PDV{Context: 1, Command: true, Last: true, Data: make([]byte, 60)})
		if err != nil {
			return
		}
	}
}

// retrieve asks once and wants all of the answer.
func retrieve(ctx context.Context, address string, t Timeouts) error {
	r := echoRequest()
	r.MaxPDU = 16 << 10
	a, err := Dial(ctx, address, r, Options{Timeouts: t})
	if err != nil {
		return err
	}
	defer a.Abort()
	if err := a.Write(ctx, PDV{Context: 1, Command: true, Last: true, Data: make([]byte, 80)}); err != nil {
		return err
	}
	for commands, data := 0, 0; commands < 2; {
		v, err := a.Read(ctx)
		if err != nil {
			return err
		}
		if v.Command {
			commands++
		} else if data += len(v.Data); v.Last && data != objectBytes {
			return errors.New("a data set came that is not the one sent")
		}
	}
	return a.Release(ctx)
}

// expected is what each misdeed is called.
func expected(f pacstest.AssociationFault) func(error) bool {
	is := func(targets ...error) func(error) bool {
		return func(err error) bool {
			for _, target := range targets {
				if errors.Is(err, target) {
					return true
				}
			}
			return false
		}
	}
	broken := func(err error) bool { var bad *ProtocolError; return errors.As(err, &bad) }
	switch f.Do {
	case pacstest.Hang, pacstest.Deaf, pacstest.Trickle:
		return is(pacs.ErrStalled)
	case pacstest.FIN:
		return is(pacs.ErrTruncated, syscall.ECONNRESET, syscall.EPIPE)
	case pacstest.RST:
		return is(syscall.ECONNRESET, syscall.EPIPE, pacs.ErrTruncated)
	case pacstest.SendAbort:
		return is(&AbortError{f.Says[1], f.Says[2]})
	case pacstest.Reject:
		return is(&RejectError{f.Says[0], f.Says[1], f.Says[2]})
	}
	return broken
}

func TestEveryFaultOfARetrievalIsNamedAndOverSoon(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	good := storekeeper(t)
	var all sync.WaitGroup
	for _, f := range pacstest.RetrieveFaults() {
		bad := pacstest.StartBadAssociation(t, good, f.AssociationFault)
		all.Go(func() { retrieveTwice(t, f, bad) })
	}
	all.Wait()
}

func retrieveTwice(t *testing.T, f pacstest.NamedFault, bad *pacstest.BadAssociation) {
	limits := Timeouts{} // a busy machine is no silent peer
	switch f.Do {
	case pacstest.Hang, pacstest.Trickle:
		limits = Timeouts{Negotiate: 250 * time.Millisecond, Idle: 60 * time.Millisecond, Release: time.Second}
	}
	start := time.Now()
	err := retrieve(t.Context(), bad.Address(), limits)
	if err == nil || !expected(f.AssociationFault)(err) {
		t.Errorf("%s: it is called %v", f.Name, err)
	} else if strings.Contains(err.Error(), "NOCTURNE") || strings.Contains(err.Error(), "1.2.840") {
		t.Errorf("%s: an error with a title or a UID: %v", f.Name, err)
	}
	if d := time.Since(start); d > 8*time.Second {
		t.Errorf("%s: it took %v", f.Name, d)
	}
	if err := retrieve(t.Context(), bad.Address(), Timeouts{}); err != nil || bad.Asked() != 2 {
		t.Errorf("%s: once more: %v, asked %d times", f.Name, err, bad.Asked())
	}
}

func TestASenderHearsWhyTheOtherSideAborted(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	bad := pacstest.StartBadAssociation(t, storekeeper(t), pacstest.AssociationFault{
		Do: pacstest.SendAbort, PDU: pacstest.DataTransfer, Nth: 5, FromClient: true, Bytes: 77, Says: [3]byte{0, 2, 4}})
	a, err := Dial(t.Context(), bad.Address(), echoRequest(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Abort()
	for range 2000 {
		if err = a.Write(t.Context(), PDV{Context: 3, Data: make([]byte, 64<<10)}); err != nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if !errors.Is(err, &AbortError{2, 4}) {
		t.Errorf("the sender heard %v", err)
	}
}
