package ledger

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// moves are the ways of an outbox row. Every state also leads to itself: times,
// tries and reason may change. Sending leads to Verified when a read-back before
// resending finds the report there already.
var moves = map[OutboxState][]OutboxState{
	Queued:  {Sending, Retry, Parked},
	Sending: {Acked, Verified, Retry, Parked},
	Acked:   {Verified, Retry, Parked},
	Retry:   {Sending, Parked},
	Parked:  {Queued},
}

const (
	rowColumns = `id, report, seq, channel, address, control, kind, study, accession, site, ups, workitem, txn, sha256,
	required, state, workitem_done, tries, next_at, reason, answer, signed, not_before, verified, without_claim, priority`
	fullRow = `SELECT ` + rowColumns + `, object FROM outbox `
	listRow = `SELECT ` + rowColumns + `, NULL FROM outbox `
)

func scanRow(rows interface{ Scan(...any) error }) (r OutboxRow, err error) {
	var next, signed, before, verified int64
	err = rows.Scan(&r.ID, &r.Report, &r.Seq, &r.Channel, &r.Address, &r.Control, &r.Kind, &r.StudyUID, &r.Accession, &r.Site,
		&r.UPSURL, &r.WorkitemUID, &r.TransactionUID, &r.SHA256, &r.Required, &r.State, &r.WorkitemDone, &r.Tries, &next, &r.Reason,
		&r.Answer, &signed, &before, &verified, &r.WithoutClaim, &r.Priority, &r.Object)
	r.NextAt, r.Signed, r.NotBefore, r.Verified = fromNanos(next), fromNanos(signed), fromNanos(before), fromNanos(verified)
	return r, err
}

// Row returns one row with its bytes, or ErrNone.
func (l *Ledger) Row(ctx context.Context, id int64) (r OutboxRow, err error) {
	err = ErrNone
	if qerr := l.query(ctx, "read outbox row", func(rows *sql.Rows) error {
		r, err = scanRow(rows)
		return err
	}, fullRow+`WHERE id=?`, id); qerr != nil {
		return r, qerr
	}
	return r, err
}

// Outbox lists the rows in the given states, all when none is given, oldest
// first, without their Object.
func (l *Ledger) Outbox(ctx context.Context, states ...OutboxState) ([]OutboxRow, error) {
	where, args := in("state", states)
	return l.rows(ctx, listRow+where+` ORDER BY id`, args...)
}

// OutboxOf lists the study's rows, oldest first, with their Object.
func (l *Ledger) OutboxOf(ctx context.Context, study string) ([]OutboxRow, error) {
	return l.rows(ctx, fullRow+`WHERE study=? ORDER BY id`, study)
}

func (l *Ledger) rows(ctx context.Context, stmt string, args ...any) (out []OutboxRow, err error) {
	err = l.query(ctx, "list outbox", func(rows *sql.Rows) error {
		r, err := scanRow(rows)
		out = append(out, r)
		return err
	}, stmt, args...)
	return out, err
}

// RowsOf lists the rows of one signed report, in the order of their Seq, without
// their Object.
func (l *Ledger) RowsOf(ctx context.Context, report string) ([]OutboxRow, error) {
	return l.rows(ctx, listRow+`WHERE report=? ORDER BY seq, id`, report)
}

// held is the condition that a row o waits for another, e, bound for the same place:
//   - every row for the report that its own report adds to or replaces: of the same
//     kind, and the SR;
//   - other objects of a report for its SR.
//
// A parked row holds none: a person decides about it.
const held = `EXISTS (SELECT 1 FROM outbox AS e
	WHERE e.study=o.study AND e.channel=o.channel AND e.address=o.address AND e.id<o.id
	AND e.state IN ('queued','sending','acked','retry')
	AND (e.report<>o.report AND e.kind IN (o.kind, 'sr')
		OR e.report=o.report AND e.accession=o.accession AND e.kind='sr' AND o.kind<>'sr'))`

// complete is the condition that the workitem of a row o can be completed: all that
// the site's policy requires of its report and accession is verified.
const complete = `NOT EXISTS (SELECT 1 FROM outbox AS e
	WHERE e.report=o.report AND e.accession=o.accession AND e.required=1 AND e.state<>'verified')`

// Completable reports whether the workitem of the row can be completed: the row and
// all that the site's policy requires with it is Verified.
func (l *Ledger) Completable(ctx context.Context, id int64) (ok bool, err error) {
	err = l.query(ctx, "read outbox row", func(rows *sql.Rows) error { return rows.Scan(&ok) },
		`SELECT o.state='verified' AND `+complete+` FROM outbox AS o WHERE id=?`, id)
	return ok, err
}

// Due lists the rows to work on now, most pressing first, without their Object: not
// Done and not Parked, past the recall window, past their back-off unless force says
// to ignore it, not held back by an earlier row for the same place (an addendum waits
// for the report it adds to, unless that one is parked); of those Verified the ones
// whose workitem can be completed. A report with an open conflict is never due.
func (l *Ledger) Due(ctx context.Context, now time.Time, force bool) ([]OutboxRow, error) {
	until := nanos(now)
	if force {
		until = 1<<63 - 1
	}
	return l.rows(ctx, listRow+`AS o
		WHERE (o.state IN ('queued','sending','acked','retry') AND NOT `+held+`
			OR o.state='verified' AND o.workitem_done=0 AND o.workitem<>'' AND `+complete+`)
		AND o.not_before<=? AND o.next_at<=? AND NOT `+undecided+`
		ORDER BY CASE o.priority WHEN 'stat' THEN 0 WHEN 'urgent' THEN 1 ELSE 2 END, o.kind<>'sr', o.id`, nanos(now), until)
}

func allowed(from, to OutboxState) bool {
	return from == to || slices.Contains(moves[from], to)
}
