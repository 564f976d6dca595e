package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"github.com/nocturne/nocturne/cache/database"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/cache/store"
)

// Report is what Sync found to do.
type Report struct {
	Changed int // studies that were read anew
	Gone    int // studies that are not held any more
	Damaged int // objects of those read anew that were not whole: taken away, to be received again
}

// Sync brings the index up to what the store holds. Others see each study as it was
// until it is done. A damaged index is thrown away and made again. Where nothing
// changed it costs one look at each study's folder.
func (x *Index) Sync(ctx context.Context, s *store.Store) (Report, error) {
	r, err := x.sync(ctx, s)
	var damage *database.DamageError
	if errors.As(err, &damage) || err == nil && x.broken.Load() {
		if err = x.anew(); err == nil {
			r, err = x.sync(ctx, s)
		}
	}
	if err != nil {
		return r, fmt.Errorf("bring index up to date: %w", err)
	}
	return r, nil
}

func (x *Index) sync(ctx context.Context, s *store.Store) (r Report, err error) {
	folders, err := s.Folders()
	if err != nil {
		return r, err
	}
	known, err := x.stamps(ctx)
	if err != nil {
		return r, err
	}
	for _, f := range folders {
		stamp, was := known[f.Name]
		delete(known, f.Name)
		if was && stamp == f.Stamp && stamp != "" {
			continue
		}
		if err := x.follow(ctx, s, f, &r); err != nil {
			return r, err
		}
	}
	for folder := range known {
		r.Gone++
		if err := x.change(ctx, func(tx *sql.Tx) error { return drop(ctx, tx, folder) }); err != nil {
			return r, err
		}
	}
	return r, nil
}

// Lost reports whether the index knows nothing while the store holds studies: it was
// lost, or damaged, and the next Sync makes it anew.
func (x *Index) Lost(ctx context.Context, s *store.Store) (bool, error) {
	folders, err := s.Folders()
	if err != nil || len(folders) == 0 {
		return false, err
	}
	known, err := x.stamps(ctx)
	return len(known) == 0, err
}

// stamps are those known, by folder.
func (x *Index) stamps(ctx context.Context) (map[string]string, error) {
	all, err := rows(x, "read stamps", `SELECT folder, stamp FROM study`, nil, func(r *sql.Rows) (f store.Folder, err error) {
		return f, r.Scan(&f.Name, &f.Stamp)
	})
	out := make(map[string]string, len(all))
	for _, f := range all {
		out[f.Name] = f.Stamp
	}
	return out, err
}

// follow brings one study up to date, in one transaction.
func (x *Index) follow(ctx context.Context, s *store.Store, f store.Folder, r *Report) error {
	entries, expected, err := s.In(f.Name)
	if err != nil {
		return err
	}
	damaged := 0
	err = x.change(ctx, func(tx *sql.Tx) error {
		if damaged = 0; len(entries) == 0 {
			return drop(ctx, tx, f.Name)
		}
		w, err := write(ctx, tx, f, entries[0].Study, expected)
		if err != nil {
			return err
		}
		damaged, err = w.take(s, entries)
		if err != nil {
			return err
		}
		return w.count(damaged)
	})
	if len(entries) > 0 {
		r.Changed++
	}
	r.Damaged += damaged
	return err
}

func drop(ctx context.Context, tx *sql.Tx, folder string) error {
	for _, q := range []string{"DELETE FROM instance WHERE study = (SELECT id FROM study WHERE folder = ?)",
		"DELETE FROM series WHERE study = (SELECT id FROM study WHERE folder = ?)", "DELETE FROM study WHERE folder = ?"} {
		if _, err := tx.ExecContext(ctx, q, folder); err != nil {
			return err
		}
	}
	return nil
}

// writer writes the rows of one study.
type writer struct {
	ctx    context.Context
	tx     *sql.Tx
	study  int64
	series map[dicom.UID]int64 // rows written by this writer
}

func write(ctx context.Context, tx *sql.Tx, f store.Folder, uid dicom.UID, expected int) (*writer, error) {
	w := &writer{ctx: ctx, tx: tx, series: map[dicom.UID]int64{}}
	err := tx.QueryRowContext(ctx, `INSERT INTO study (uid, folder, stamp, expected) VALUES (?,?,?,?)
		ON CONFLICT (uid) DO UPDATE SET folder=excluded.folder, stamp=excluded.stamp, expected=excluded.expected RETURNING id`,
		string(uid), f.Name, f.Stamp, expected).Scan(&w.study)
	return w, err
}

// take adds the objects that are new and takes those out that are gone.
func (w *writer) take(s *store.Store, entries []store.Entry) (damaged int, err error) {
	gone, err := w.known()
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		if gone[e.SOP] {
			delete(gone, e.SOP)
			continue
		}
		if err := w.ctx.Err(); err != nil {
			return damaged, err
		}
		h, err := s.Header(e)
		if errors.Is(err, seal.ErrDamaged) {
			damaged++
			if err := s.Discard(e); err != nil {
				return damaged, err
			}
		}
		if err != nil && !errors.Is(err, seal.ErrDamaged) && !errors.Is(err, fs.ErrNotExist) && !unlistable(err) {
			return damaged, err // the disk's, or the home was locked: it is asked again
		}
		if err != nil {
			continue // taken away, now or meanwhile, or nothing that can be listed
		}
		if err := w.add(e, h.Dataset); err != nil {
			return damaged, err
		}
	}
	for sop := range gone {
		if _, err := w.tx.ExecContext(w.ctx, "DELETE FROM instance WHERE study=? AND uid=?", w.study, string(sop)); err != nil {
			return damaged, err
		}
	}
	return damaged, nil
}

// unlistable: the object is as it was kept, and is none that can be read.
func unlistable(err error) bool {
	var invalid *dicom.InvalidError
	var unsupported *dicom.UnsupportedError
	return errors.As(err, &invalid) || errors.As(err, &unsupported)
}

func (w *writer) known() (map[dicom.UID]bool, error) {
	r, err := w.tx.QueryContext(w.ctx, "SELECT uid FROM instance WHERE study=?", w.study)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	out := map[dicom.UID]bool{}
	for r.Next() {
		var u dicom.UID
		if err := r.Scan(&u); err != nil {
			return nil, err
		}
		out[u] = true
	}
	return out, r.Err()
}

// add writes the rows of an object. Of a study's and a series's own attributes those of
// the object added last stand.
func (w *writer) add(e store.Entry, d *dicom.Dataset) error {
	series, ok := w.series[e.Series]
	if !ok {
		if err := w.describe(d); err != nil {
			return err
		}
		laterality := d.Str(dicom.Laterality)
		if laterality == "" {
			laterality = d.Str(dicom.ImageLaterality)
		}
		if err := w.tx.QueryRowContext(w.ctx, `INSERT INTO series (study, uid, number, modality, description, laterality) VALUES (?,?,?,?,?,?)
			ON CONFLICT (study, uid) DO UPDATE SET number=excluded.number, modality=excluded.modality, description=excluded.description,
				laterality=excluded.laterality RETURNING id`,
			w.study, string(e.Series), d.IntOr(dicom.SeriesNumber, 0), d.Str(dicom.Modality), d.Str(dicom.SeriesDescription), laterality).Scan(&series); err != nil {
			return err
		}
		w.series[e.Series] = series
	}
	_, err := w.tx.ExecContext(w.ctx, "INSERT INTO instance (study, uid, series, number, class, frames, bytes) VALUES (?,?,?,?,?,?,?)",
		w.study, string(e.SOP), series, d.IntOr(dicom.InstanceNumber, 0), d.Str(dicom.SOPClassUID), max(1, d.IntOr(dicom.NumberOfFrames, 1)), e.Size)
	return err
}

// describe writes the study's own attributes, as the first object of a series has them.
func (w *writer) describe(d *dicom.Dataset) error {
	_, err := w.tx.ExecContext(w.ctx, `UPDATE study SET patient_name=?, patient_id=?, issuer=?, birth_date=?, sex=?, date=?, time=?, description=?, accession=?
		WHERE id=?`, d.Str(dicom.PatientName), d.Str(dicom.PatientID), d.Str(dicom.IssuerOfPatientID), d.Str(dicom.PatientBirthDate), d.Str(dicom.PatientSex),
		d.Str(dicom.StudyDate), d.Str(dicom.StudyTime), d.Str(dicom.StudyDescription), d.Str(dicom.AccessionNumber), w.study)
	return err
}

// count writes what a list says of a study, so that it need not count.
func (w *writer) count(damaged int) error {
	if _, err := w.tx.ExecContext(w.ctx, `DELETE FROM series WHERE study=?1 AND id NOT IN (SELECT series FROM instance WHERE study=?1)`, w.study); err != nil {
		return err
	}
	_, err := w.tx.ExecContext(w.ctx, `UPDATE study SET damaged=?2,
		instances = (SELECT count(*) FROM instance WHERE study=?1), bytes = (SELECT coalesce(sum(bytes), 0) FROM instance WHERE study=?1),
		series = (SELECT count(*) FROM series WHERE study=?1),
		modalities = (SELECT group_concat(modality, '\') FROM (SELECT DISTINCT modality FROM series WHERE study=?1 AND modality <> '' ORDER BY modality))
		WHERE id=?1`, w.study, damaged)
	return err
}
