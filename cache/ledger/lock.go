package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// LeaseTime is how long a lock holds without being renewed. One of a process of this
// machine that is gone holds no longer at all.
const LeaseTime = 20 * time.Second

// lock is one program's right to something, under a name: a row that says who has it and
// until when. All that several programs of a home must not do at once is kept by one: the
// row outlives no process of this machine, and of another one only until its time is over.
type lock struct {
	l           *Ledger
	name, owner string
}

// HeldError says that another has the lock.
type HeldError struct {
	Since time.Time
	Host  string
	PID   int
}

// Error implements error.
func (e *HeldError) Error() string {
	where := fmt.Sprintf("process %d", e.PID)
	if e.Host != host() {
		where += " on " + e.Host
	}
	return fmt.Sprintf("written in another window since %s (%s)", e.Since.Local().Format("15:04"), where)
}

// take gives the lock of a name to a new owner, or *HeldError. shared: this process
// itself holds nothing against itself; its last one counts.
func (l *Ledger) take(ctx context.Context, tx *sql.Tx, name string, now time.Time, shared bool) (lock, error) {
	k := lock{l: l, name: name, owner: newOwner()}
	var owner string
	var since, until int64
	err := tx.QueryRowContext(ctx, `SELECT owner, since, until FROM lock WHERE name=?`, name).Scan(&owner, &since, &until)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return k, err
	}
	if by, mine := whose(owner); err == nil && until > nanos(now) && !(mine && shared) && alive(owner) {
		by.Since = fromNanos(since)
		return k, by
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO lock (name, owner, since, until) VALUES (?,?,?,?)
		ON CONFLICT (name) DO UPDATE SET owner=excluded.owner, since=excluded.since, until=excluded.until`,
		name, k.owner, nanos(now), nanos(now.Add(LeaseTime)))
	return k, err
}

// has makes sure, in a transaction, that the lock was not lost.
func (k lock) has(ctx context.Context, tx *sql.Tx) error {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM lock WHERE name=? AND owner=?`, k.name, k.owner).Scan(&n)
	if err == nil && n == 0 {
		err = ErrLeaseLost
	}
	return err
}

// renew makes the lock hold LeaseTime from now; ErrLeaseLost says that another has it.
func (k lock) renew(ctx context.Context, what string, now time.Time) error {
	return k.change(ctx, what, `UPDATE lock SET until=?3 WHERE name=?1 AND owner=?2`, nanos(now.Add(LeaseTime)))
}

// release gives the lock free. One that was lost already is no error.
func (k lock) release(ctx context.Context, what string) error {
	err := k.change(ctx, what, `DELETE FROM lock WHERE name=?1 AND owner=?2`)
	if errors.Is(err, ErrLeaseLost) {
		return nil
	}
	return err
}

func (k lock) change(ctx context.Context, what, stmt string, args ...any) error {
	return k.l.write(ctx, what, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, stmt, append([]any{k.name, k.owner}, args...)...)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrLeaseLost)
		}
		return nil
	})
}

// newOwner names this process and one lock of it: host, process id, nonce.
func newOwner() string {
	return fmt.Sprintf("%s %d %s", host(), os.Getpid(), rand.Text())
}

func host() string {
	h, err := os.Hostname()
	if err != nil || h == "" {
		return "?"
	}
	return strings.ReplaceAll(h, " ", "-")
}

// whose reads an owner, and whether it is this process.
func whose(owner string) (by *HeldError, mine bool) {
	f := strings.Fields(owner)
	if len(f) != 3 {
		return &HeldError{Host: "?"}, false
	}
	pid, _ := strconv.Atoi(f[1])
	return &HeldError{Host: f[0], PID: pid}, f[0] == host() && pid == os.Getpid()
}

// alive is false only for a process of this machine that is certainly gone.
func alive(owner string) bool {
	by, mine := whose(owner)
	if mine || by.Host != host() || by.Host == "?" || by.PID <= 0 {
		return true
	}
	p, err := os.FindProcess(by.PID) // on Windows it fails for a process that is gone
	if err != nil {
		return false
	}
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone) && !ended(by.PID)
}

// ended reports whether a process has ended and only waits for its parent to notice,
// where the system tells (proc(5), state Z).
func ended(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, ok := strings.Cut(string(stat), ") ") // the name before may hold anything
	return ok && strings.HasPrefix(state, "Z")
}
