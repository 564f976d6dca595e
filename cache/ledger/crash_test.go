package ledger

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger/ledgertest"
)

// childHome makes this test binary the writer that is killed.
const childHome = "LEDGER_TEST_CHILD_HOME"

func TestMain(m *testing.M) {
	if home := os.Getenv(childHome); home != "" {
		childWrites(home)
		return
	}
	if home := os.Getenv(childHolds); home != "" {
		childTakesDraft(home)
		return
	}
	os.Exit(m.Run())
}

// childWrites saves drafts without end and says each revision after its commit.
func childWrites(home string) {
	l, err := Open(home, ledgertest.Key)
	if err != nil {
		fmt.Println("open:", err)
		os.Exit(1)
	}
	for rev := int64(0); ; {
		body := strings.Repeat(strconv.FormatInt(rev+1, 10)+" ", 200)
		rev, err = l.SaveDraft(context.Background(), Draft{StudyUID: "1.2", Body: []byte(body), Revision: rev})
		if err != nil {
			fmt.Println("save:", err)
			os.Exit(1)
		}
		fmt.Println(rev)
	}
}

func startWriter(t *testing.T, home string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childHome+"="+home)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, bufio.NewScanner(out)
}

func TestKillingTheWriterLosesNothingCommitted(t *testing.T) {
	for round := range 8 {
		home := t.TempDir()
		cmd, lines := startWriter(t, home)
		said := int64(0)
		for said < int64(3+round*5) && lines.Scan() {
			n, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil {
				t.Fatalf("writer: %s", lines.Text())
			}
			said = n
		}
		time.Sleep(time.Duration(round*137) * time.Microsecond)
		must(t, cmd.Process.Kill())
		for lines.Scan() { // said before the kill, read after it
			said, _ = strconv.ParseInt(lines.Text(), 10, 64)
		}
		cmd.Wait()
		l := open(t, home)
		d, ok, err := l.Draft(context.Background(), "1.2")
		if err != nil || !ok || d.Revision < said {
			t.Fatalf("round %d: revision %d (%v, %v), the writer had said %d", round, d.Revision, ok, err, said)
		}
		if want := strings.Repeat(strconv.FormatInt(d.Revision, 10)+" ", 200); string(d.Body) != want {
			t.Fatalf("round %d: a torn draft", round)
		}
	}
}

func TestATornJournalTailLosesOnlyTheTail(t *testing.T) {
	ctx, home := context.Background(), t.TempDir()
	l := open(t, home)
	var sizes []int64 // of the journal after each save
	for rev := int64(0); rev < 6; {
		var err error
		rev, err = l.SaveDraft(ctx, Draft{StudyUID: "1.2", Body: []byte(strconv.FormatInt(rev+1, 10)), Revision: rev})
		must(t, err)
		st, err := os.Stat(filepath.Join(home, File+"-wal"))
		must(t, err)
		sizes = append(sizes, st.Size())
	}
	whole := copyOf(t, home, -1)
	if got := revisionIn(t, whole); got != 6 {
		t.Fatalf("the journal whole: revision %d", got)
	}
	for i, size := range sizes[1:] {
		for _, off := range []int64{-1, -100, -4000} {
			if got := revisionIn(t, copyOf(t, home, size+off)); got != int64(i+1) {
				t.Errorf("save %d torn at %d: revision %d, want %d", i+2, size+off, got, i+1)
			}
		}
	}
}

// copyOf copies ledger and journal as a crash would leave them, the journal cut
// to n bytes (-1: not at all).
func copyOf(t *testing.T, home string, n int64) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{File, File + "-wal", "VERSION"} {
		b, err := os.ReadFile(filepath.Join(home, name))
		must(t, err)
		if n >= 0 && strings.HasSuffix(name, "-wal") {
			b = b[:n]
		}
		must(t, os.WriteFile(filepath.Join(dir, name), b, 0o600))
	}
	return dir
}

func revisionIn(t *testing.T, home string) int64 {
	t.Helper()
	l, err := Open(home, ledgertest.Key)
	must(t, err)
	defer l.Close()
	d, _, err := l.Draft(context.Background(), "1.2")
	must(t, err)
	if string(d.Body) != strconv.FormatInt(d.Revision, 10) {
		t.Errorf("revision %d has the body %q", d.Revision, d.Body)
	}
	return d.Revision
}

func TestTwoProcessesWriteAtOnce(t *testing.T) {
	home := t.TempDir()
	cmd, lines := startWriter(t, home) // both make the file
	l := open(t, home)
	ctx := context.Background()
	for i := range 30 {
		_, err := l.SaveDraft(ctx, Draft{StudyUID: "9." + strconv.Itoa(i), Body: []byte("x")})
		must(t, err)
		if !lines.Scan() {
			t.Fatal("the writer stopped")
		}
		if _, err := strconv.Atoi(lines.Text()); err != nil {
			t.Fatalf("writer: %s", lines.Text())
		}
	}
	must(t, cmd.Process.Kill())
	cmd.Wait()
	drafts, err := l.Drafts(ctx)
	if err != nil || len(drafts) != 31 {
		t.Fatalf("%d drafts, %v; want 30 of ours and the writer's", len(drafts), err)
	}
}
