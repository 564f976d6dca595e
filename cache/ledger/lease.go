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

// LeaseTime is how long a lease holds without Renew. A lease of a process of this
// machine that is gone holds no longer at all.
const LeaseTime = 20 * time.Second

// Lease is one program's right to deliver one row: while it holds, no other
// program of the home gets the row. A program that was suspended past its lease
// learns so from ErrLeaseLost.
type Lease struct {
	Row   OutboxRow // as it stands, with its Object
	l     *Ledger
	owner string
}

// Lease takes the row, or fails with ErrLeased or ErrNone.
func (l *Ledger) Lease(ctx context.Context, id int64, now time.Time) (*Lease, error) {
	le := &Lease{l: l, owner: newOwner()}
	err := l.write(ctx, "take outbox row", func(tx *sql.Tx) error {
		var owner string
		var until int64
		err := tx.QueryRowContext(ctx, `SELECT lease_owner, lease_until FROM outbox WHERE id=?`, id).Scan(&owner, &until)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNone
		}
		if err != nil {
			return err
		}
		if owner != "" && until > nanos(now) && alive(owner) {
			return ErrLeased
		}
		if _, err := tx.ExecContext(ctx, `UPDATE outbox SET lease_owner=?, lease_until=? WHERE id=?`,
			le.owner, nanos(now.Add(LeaseTime)), id); err != nil {
			return err
		}
		le.Row, err = scanRow(tx.QueryRowContext(ctx, fullRow+`WHERE id=?`, id))
		return err
	})
	if err != nil {
		return nil, err
	}
	return le, nil
}

// Save stores what may change of a row (state, workitem done, tries, next time,
// reason, answer, verified, without claim), adds it to the row's steps, and sets
// le.Row to it. The identity and the bytes never change. A way that the states do not
// have gives *StateError.
func (le *Lease) Save(ctx context.Context, r OutboxRow) error {
	err := le.l.write(ctx, "move outbox row", func(tx *sql.Tx) error {
		var from OutboxState
		err := tx.QueryRowContext(ctx, `SELECT state FROM outbox WHERE id=? AND lease_owner=?`, le.Row.ID, le.owner).Scan(&from)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrLeaseLost
		}
		if err != nil {
			return err
		}
		if !allowed(from, r.State) {
			return &StateError{From: from, To: r.State}
		}
		if _, err = tx.ExecContext(ctx, `UPDATE outbox SET state=?, workitem_done=?, tries=?, next_at=?, reason=?, answer=?,
			verified=?, without_claim=? WHERE id=?`, r.State, r.WorkitemDone, r.Tries, nanos(r.NextAt), r.Reason, r.Answer,
			nanos(r.Verified), r.WithoutClaim, le.Row.ID); err != nil {
			return err
		}
		return addStep(ctx, tx, le.Row.ID, r)
	})
	if err == nil {
		le.keep(r)
	}
	return err
}

func (le *Lease) keep(r OutboxRow) {
	k := &le.Row
	k.State, k.WorkitemDone, k.Tries, k.NextAt = r.State, r.WorkitemDone, r.Tries, r.NextAt
	k.Reason, k.Answer, k.Verified, k.WithoutClaim = r.Reason, r.Answer, r.Verified, r.WithoutClaim
}

// Renew makes the lease hold for LeaseTime from now.
func (le *Lease) Renew(ctx context.Context, now time.Time) error {
	return le.set(ctx, "renew lease", le.owner, nanos(now.Add(LeaseTime)))
}

// Close gives the row back. A lease that was lost already is no error.
func (le *Lease) Close(ctx context.Context) error {
	err := le.set(ctx, "give back outbox row", "", 0)
	if errors.Is(err, ErrLeaseLost) {
		return nil
	}
	return err
}

func (le *Lease) set(ctx context.Context, what, owner string, until int64) error {
	return le.l.write(ctx, what, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE outbox SET lease_owner=?, lease_until=? WHERE id=? AND lease_owner=?`,
			owner, until, le.Row.ID, le.owner)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrLeaseLost)
		}
		return nil
	})
}

// newOwner names this process and one lease of it: host, process id, nonce.
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

// alive is false only for a process of this machine that is certainly gone.
func alive(owner string) bool {
	f := strings.Fields(owner)
	if len(f) != 3 || f[0] != host() || f[0] == "?" {
		return true
	}
	pid, err := strconv.Atoi(f[1])
	if err != nil || pid == os.Getpid() {
		return true
	}
	p, err := os.FindProcess(pid) // on Windows it fails for a process that is gone
	if err != nil {
		return false
	}
	return !errors.Is(p.Signal(syscall.Signal(0)), os.ErrProcessDone) && !ended(pid)
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
