package fetch

import (
	"context"
	"errors"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// TestAReceiverWhoseDiskIsFullStoresNothingUnsaid gives storescp a disk of two and a
// half slices: the third is refused by its status (PS3.4 B.2.3, A7xx), and
// nothing counts as stored that is not.
func TestAReceiverWhoseDiskIsFullStoresNothingUnsaid(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	path, err := exec.LookPath("storescp")
	if err != nil {
		pacstest.Missing(t, "storescp (DCMTK) is not installed")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1300k"); err != nil {
		t.Skipf("a small disk needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	study := ct(t, 4)
	c := dimseClient(t, receiver(t, path, "-od", dir), "STORESCP", ul.Timeouts{})
	got, err := c.Store(context.Background(), study.UID, study.Bytes()...)
	var full *pacs.StatusError
	if !errors.As(err, &full) || full.Code&0xFF00 != 0xA700 || len(got.OK) != 2 || len(got.Failed) == 0 {
		t.Fatalf("%d stored, %d refused, %v", len(got.OK), len(got.Failed), err)
	}
	titled(t, err)
	for _, status := range got.Failed {
		if status&0xFF00 != 0xA700 {
			t.Errorf("refused by %s", strconv.FormatUint(uint64(status), 16))
		}
	}
}
