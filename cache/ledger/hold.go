package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// Hold is one program's right to write one study's draft. Two programs of a home that
// open one report would otherwise part it (PartDraft); the second learns of the first
// and only looks.
type Hold struct {
	l     *Ledger
	study string
	owner string
}

// HeldError says that another program writes the draft.
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

func holdID(study string) string { return "writing " + study }

// HoldDraft takes the right to write the study's draft, or gives *HeldError. It lasts
// LeaseTime without Renew; that of a program of this machine that is gone lasts no
// longer at all. The same program may hold it several times over: the last one counts.
func (l *Ledger) HoldDraft(ctx context.Context, study string, now time.Time) (*Hold, error) {
	h := &Hold{l: l, study: study, owner: newOwner()}
	err := l.write(ctx, "take draft", func(tx *sql.Tx) error {
		var owner string
		var since, until int64
		err := tx.QueryRowContext(ctx, `SELECT CAST(body AS TEXT), at, due FROM record WHERE id=?`, holdID(study)).Scan(&owner, &since, &until)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if held, by := heldBy(owner); held && until > nanos(now) && alive(owner) {
			by.Since = fromNanos(since)
			return by
		}
		return putHold(ctx, tx, h, now)
	})
	if err != nil {
		return nil, err
	}
	return h, nil
}

func putHold(ctx context.Context, tx *sql.Tx, h *Hold, now time.Time) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO record (id, kind, study, at, due, closed, body) VALUES (?,'writing',?,?,?,0,?)
		ON CONFLICT (id) DO UPDATE SET at=excluded.at, due=excluded.due, body=excluded.body`,
		holdID(h.study), h.study, nanos(now), nanos(now.Add(LeaseTime)), []byte(h.owner))
	return err
}

// heldBy reads an owner; this process itself holds nothing against itself.
func heldBy(owner string) (bool, *HeldError) {
	f := strings.Fields(owner)
	if len(f) != 3 {
		return false, nil
	}
	pid, _ := strconv.Atoi(f[1])
	return f[0] != host() || pid != os.Getpid(), &HeldError{Host: f[0], PID: pid}
}

// Renew makes the hold last LeaseTime from now; ErrLeaseLost says that another
// program has it.
func (h *Hold) Renew(ctx context.Context, now time.Time) error {
	return h.change(ctx, `UPDATE record SET due=? WHERE id=? AND body=?`, nanos(now.Add(LeaseTime)), holdID(h.study), []byte(h.owner))
}

// Close gives the draft free. A hold that was lost already is no error.
func (h *Hold) Close(ctx context.Context) error {
	err := h.change(ctx, `DELETE FROM record WHERE id=? AND body=?`, holdID(h.study), []byte(h.owner))
	if errors.Is(err, ErrLeaseLost) {
		return nil
	}
	return err
}

func (h *Hold) change(ctx context.Context, stmt string, args ...any) error {
	return h.l.write(ctx, "keep draft held", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, stmt, args...)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrLeaseLost)
		}
		return nil
	})
}
