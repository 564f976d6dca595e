package dimse_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

func TestAListenerTakesNothingThatNobodyAskedFor(t *testing.T) {
	pacstest.NoGoroutinesLeft(t)
	t.Setenv("TMPDIR", t.TempDir())
	l, who := ears(t)
	st := pacstest.NewSeed(t).Studies[0]
	p := pacstest.DICOMPeer{Address: fmt.Sprintf("127.0.0.1:%d", who.Port), AE: who.AE}
	got, err := client(t, p).Store(soon(t), st.UID, st.Bytes()...)
	if err != nil || len(got.OK) != 0 || len(got.Failed) != len(st.Objects) {
		t.Errorf("%d objects were taken, %d refused, %v", len(got.OK), len(got.Failed), err)
	}
	if err := client(t, p).Verify(soon(t)); err != nil {
		t.Errorf("an echo: %v", err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) != 0 {
		t.Errorf("%d files left on disk, %v", len(left), err)
	}
	stranger := client(t, p, func(cfg *dimse.Config) { cfg.CalledAE = "SOMEBODY" })
	if err := stranger.Verify(soon(t)); err == nil {
		t.Error("it answers to another's title")
	}
	l.Close()
	if err := client(t, p).Verify(soon(t)); err == nil {
		t.Error("it answers after it was closed")
	}
}
