package ledger

import (
	"context"
	"database/sql"
	"time"
)

// SaveMarks adds or replaces marks of the study, in one transaction. A mark that
// was deleted is back afterwards.
func (l *Ledger) SaveMarks(ctx context.Context, study string, marks []Annotation) error {
	if len(marks) == 0 {
		return nil
	}
	return l.write(ctx, "save marks", func(tx *sql.Tx) error {
		for _, m := range marks {
			if _, err := tx.ExecContext(ctx, `INSERT INTO annotation (study, id, body, deleted, saved) VALUES (?,?,?,?,?)
				ON CONFLICT (study, id) DO UPDATE SET body=excluded.body, deleted=excluded.deleted, saved=excluded.saved`,
				study, m.ID, m.Body, m.Deleted, nanos(time.Now())); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteMarks marks the study's marks deleted; their rows stay for undo.
func (l *Ledger) DeleteMarks(ctx context.Context, study string, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	return l.write(ctx, "delete marks", func(tx *sql.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `UPDATE annotation SET deleted=1, saved=? WHERE study=? AND id=?`,
				nanos(time.Now()), study, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Marks lists the study's marks that are not deleted, in the order of saving.
func (l *Ledger) Marks(ctx context.Context, study string) (out []Annotation, err error) {
	err = l.query(ctx, "list marks", func(r *sql.Rows) error {
		var a Annotation
		var saved int64
		err := r.Scan(&a.StudyUID, &a.ID, &a.Body, &a.Deleted, &saved)
		a.Saved = fromNanos(saved)
		out = append(out, a)
		return err
	}, `SELECT study, id, body, deleted, saved FROM annotation WHERE study=? AND deleted=0 ORDER BY saved, id`, study)
	return out, err
}

// SaveCapsule stores where the reader's eyes are, replacing the last.
func (l *Ledger) SaveCapsule(ctx context.Context, c Capsule) error {
	return l.write(ctx, "save capsule", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO capsule (study, body, saved) VALUES (?,?,?)
			ON CONFLICT (study) DO UPDATE SET body=excluded.body, saved=excluded.saved`,
			c.StudyUID, c.Body, nanos(time.Now()))
		return err
	})
}

// Capsule returns the study's capsule; ok is false when there is none.
func (l *Ledger) Capsule(ctx context.Context, study string) (c Capsule, ok bool, err error) {
	err = l.query(ctx, "load capsule", func(r *sql.Rows) error {
		var saved int64
		err := r.Scan(&c.StudyUID, &c.Body, &saved)
		c.Saved, ok = fromNanos(saved), err == nil
		return err
	}, `SELECT study, body, saved FROM capsule WHERE study=?`, study)
	return c, ok, err
}

// MarkSeen notes frames of the study that were on screen at full resolution.
func (l *Ledger) MarkSeen(ctx context.Context, study string, frames ...Seen) error {
	if len(frames) == 0 {
		return nil
	}
	return l.write(ctx, "note frames seen", func(tx *sql.Tx) error {
		for _, f := range frames {
			if _, err := tx.ExecContext(ctx, `INSERT INTO seen (study, sop, frame, ms) VALUES (?,?,?,?)
				ON CONFLICT (study, sop, frame) DO UPDATE SET ms=max(ms, excluded.ms)`, study, f.SOPUID, f.Frame, f.MS); err != nil {
				return err
			}
		}
		return nil
	})
}

// SeenFrames returns every frame of the study that was on screen, each once.
func (l *Ledger) SeenFrames(ctx context.Context, study string) (out []Seen, err error) {
	err = l.query(ctx, "list frames seen", func(r *sql.Rows) error {
		var s Seen
		err := r.Scan(&s.SOPUID, &s.Frame, &s.MS)
		out = append(out, s)
		return err
	}, `SELECT sop, frame, ms FROM seen WHERE study=? ORDER BY sop, frame`, study)
	return out, err
}
