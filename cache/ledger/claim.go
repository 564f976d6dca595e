package ledger

import (
	"context"
	"database/sql"
	"strings"
)

const claimColumns = `SELECT workitem, txn, study, accession, site, ups, state, since,
	repl_uid, repl, reason_code, reason_text FROM claim `

func scanClaim(rows interface{ Scan(...any) error }) (c Claim, err error) {
	var since int64
	err = rows.Scan(&c.WorkitemUID, &c.TransactionUID, &c.StudyUID, &c.Accession, &c.Site, &c.UPSURL,
		&c.State, &since, &c.Return.ReplacementUID, &c.Return.Replacement,
		&c.Return.ReasonCode, &c.Return.ReasonText)
	c.Since = fromNanos(since)
	return c, err
}

// PutClaim writes c as the home's claim on its workitem, unless there is one that
// has not ended. It returns the claim that stands now and whether it is c: of
// several programs that put at once, one wrote and all learn the same
// Transaction UID.
func (l *Ledger) PutClaim(ctx context.Context, c Claim) (stands Claim, written bool, err error) {
	err = l.write(ctx, "write claim", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO claim
			(workitem, txn, study, accession, site, ups, state, since) VALUES (?,?,?,?,?,?,?,?)
			ON CONFLICT (workitem) DO UPDATE SET txn=excluded.txn, study=excluded.study,
				accession=excluded.accession, site=excluded.site, ups=excluded.ups,
				state=excluded.state, since=excluded.since,
				repl_uid='', repl=NULL, reason_code='', reason_text=''
			WHERE claim.state IN ('lost','released','completed')`,
			c.WorkitemUID, c.TransactionUID, c.StudyUID, c.Accession, c.Site, c.UPSURL, c.State, nanos(c.Since))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err != nil {
			return err
		}
		written = n > 0
		stands, err = scanClaim(tx.QueryRowContext(ctx, claimColumns+`WHERE workitem=?`, c.WorkitemUID))
		return err
	})
	return stands, written && err == nil, err
}

// MoveClaim takes the claim as it was read to another state. moved is false when
// another program moved it first, or replaced it.
func (l *Ledger) MoveClaim(ctx context.Context, c Claim, to ClaimState) (moved bool, err error) {
	return l.moveClaim(ctx, c, to, c.Return)
}

// ReturnClaim takes a held claim to Releasing and stores how it is given back.
func (l *Ledger) ReturnClaim(ctx context.Context, c Claim, r Return) (moved bool, err error) {
	return l.moveClaim(ctx, c, Releasing, r)
}

func (l *Ledger) moveClaim(ctx context.Context, c Claim, to ClaimState, r Return) (moved bool, err error) {
	err = l.write(ctx, "move claim", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE claim SET state=?, repl_uid=?, repl=?, reason_code=?, reason_text=?
			WHERE workitem=? AND txn=? AND state=?`, to, r.ReplacementUID, r.Replacement, r.ReasonCode, r.ReasonText,
			c.WorkitemUID, c.TransactionUID, c.State)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		moved = n > 0
		return err
	})
	return moved && err == nil, err
}

// Claim returns the home's claim on a workitem; ok is false when there is none.
func (l *Ledger) Claim(ctx context.Context, workitem string) (c Claim, ok bool, err error) {
	return l.oneClaim(ctx, `WHERE workitem=?`, workitem)
}

// ClaimByStudy returns the study's claim that has not ended, else its latest.
func (l *Ledger) ClaimByStudy(ctx context.Context, study string) (c Claim, ok bool, err error) {
	return l.oneClaim(ctx, `WHERE study=? ORDER BY state IN ('lost','released','completed'), since DESC LIMIT 1`, study)
}

func (l *Ledger) oneClaim(ctx context.Context, where, key string) (c Claim, ok bool, err error) {
	err = l.query(ctx, "read claim", func(r *sql.Rows) (err error) {
		c, err = scanClaim(r)
		ok = err == nil
		return err
	}, claimColumns+where, key)
	return c, ok, err
}

// Claims lists the claims in the given states, all when none is given, oldest
// first.
func (l *Ledger) Claims(ctx context.Context, states ...ClaimState) (out []Claim, err error) {
	where, args := in("state", states)
	err = l.query(ctx, "list claims", func(r *sql.Rows) error {
		c, err := scanClaim(r)
		out = append(out, c)
		return err
	}, claimColumns+where+` ORDER BY since`, args...)
	return out, err
}

// in makes "WHERE column IN (…)" and its arguments; nothing for no values.
func in[T ~string](column string, values []T) (where string, args []any) {
	if len(values) == 0 {
		return "", nil
	}
	for _, v := range values {
		args = append(args, string(v))
	}
	return " WHERE " + column + " IN (?" + strings.Repeat(",?", len(values)-1) + ")", args
}
