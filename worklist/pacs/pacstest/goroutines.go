package pacstest

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// stays is how long a goroutine may take to end after its test did.
const stays = 3 * time.Second

var watched atomic.Int64

// NoGoroutinesLeft fails the test when a goroutine that was started during it, by it
// or by what it started, is there a while after it ended and after every cleanup that
// is registered later than this call. Call it first. Goroutines of other tests do not
// count, so that tests may run in parallel; nor do those that the standard library
// starts once and for all. Idle connections of http.DefaultClient are closed here;
// those of other clients are left by somebody who should have closed them.
func NoGoroutinesLeft(t testing.TB) {
	t.Helper()
	noneLeft(t, stays)
}

func noneLeft(t testing.TB, within time.Duration) {
	t.Helper()
	mark := fmt.Sprintf("%s#%d", t.Name(), watched.Add(1))
	// A goroutine's labels go over to those that it starts.
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("pacstest", mark)))
	t.Cleanup(func() {
		pprof.SetGoroutineLabels(context.Background())
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		if left := leftAfter(mark, within); len(left) > 0 {
			t.Errorf("goroutines are left of this test:\n%s", strings.Join(left, "\n"))
		}
	})
}

// leftAfter looks for marked goroutines until none is there or the time is over.
func leftAfter(mark string, within time.Duration) []string {
	wait := time.Millisecond
	for deadline := time.Now().Add(within); ; wait = min(2*wait, 100*time.Millisecond) {
		left := marked(mark)
		if len(left) == 0 || time.Now().After(deadline) {
			return left
		}
		time.Sleep(wait)
	}
}

// marked are the stacks of the goroutines with this mark, those alike together.
func marked(mark string) []string {
	var b bytes.Buffer
	pprof.Lookup("goroutine").WriteTo(&b, 1)
	var out []string
	for _, stack := range strings.Split(b.String(), "\n\n") {
		if strings.Contains(stack, fmt.Sprintf("%q:%q", "pacstest", mark)) && !forAll(stack) {
			out = append(out, stack)
		}
	}
	return out
}

// forAll tells whether a stack is that of a goroutine which the standard library
// starts when it is first needed and never ends.
func forAll(stack string) bool {
	for _, f := range []string{"os/signal.loop", "os/signal.signal_recv", "runtime.runFinalizers", "runtime.runCleanups", "runtime/pprof.profileWriter"} {
		if strings.Contains(stack, f) {
			return true
		}
	}
	return false
}
