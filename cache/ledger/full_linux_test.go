package ledger

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/disk/disktest"
)

// On a full disk drafts, signatures and the outbox's steps are written into the reserve;
// without one the draft of before stands, and the error says why.
func TestAFullDiskTakesDraftsAndSignaturesFromTheReserve(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := disktest.Small(t, 12<<20)
	l := open(t, dir)
	text := func() []byte { b, _ := io.ReadAll(io.LimitReader(rand.Reader, 1<<20)); return b }
	rev, err := l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte("before")})
	must(t, err)
	r := &disk.Reserve{Path: filepath.Join(dir, "reserve"), Size: 3 << 20}
	must(t, r.Make())
	disktest.Fill(t, dir)
	if _, err := l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: text(), Revision: rev}); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("on a full disk: %v", err)
	}
	if d, ok, err := l.Draft(ctx, "1.2"); err != nil || !ok || string(d.Body) != "before" {
		t.Fatalf("the draft of before: %q, %v, %v", d.Body, ok, err)
	}
	l.Full = r.Give
	body := text()
	rev, err = l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: body, Revision: rev})
	must(t, err)
	ids, err := l.Enqueue(ctx, []OutboxRow{row("1.2", "")}, rev)
	must(t, err)
	step(t, l, ids[0], Sending, Acked, Verified)
	must(t, l.Close())
	l = open(t, dir)
	if d, _, err := l.Draft(ctx, "1.2"); err != nil || !bytes.Equal(d.Body, body) || d.SignedAs == "" {
		t.Errorf("after a restart: %d bytes, signed as %q, %v", len(d.Body), d.SignedAs, err)
	}
}
