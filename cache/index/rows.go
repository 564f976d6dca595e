package index

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/cache/database"
	"github.com/nocturne/nocturne/cache/dicom"
)

// Study is one study held. Text is as the objects have it: clean it before it is
// shown.
type Study struct {
	UID                            dicom.UID
	PatientName, PatientID, Issuer string
	BirthDate, Sex                 string
	Date, Time                     string // DA, TM
	Description, Accession         string
	Modalities                     []string // in alphabetical order
	Series, Instances              int
	Bytes                          int64 // of the objects as received
	Expected                       int   // instances that the site says there are; -1: nobody said
	Damaged                        int   // objects that could not be read
}

// Series is one series held.
type Series struct {
	Study, UID            dicom.UID
	Number                int
	Modality, Description string
	Laterality            string
	Instances             int
}

// Instance is one object held.
type Instance struct {
	SOP, Series, Class dicom.UID
	Number, Frames     int
	Bytes              int64
}

const selectStudies = `SELECT uid, coalesce(patient_name,''), coalesce(patient_id,''), coalesce(issuer,''), coalesce(birth_date,''), coalesce(sex,''),
	coalesce(date,''), coalesce(time,''), coalesce(description,''), coalesce(accession,''), coalesce(modalities,''), series, instances, bytes, expected, damaged
	FROM study s WHERE instances > 0 `

// Studies lists all studies, the newest first.
func (x *Index) Studies() ([]Study, error) {
	return x.studies("list studies", selectStudies+"ORDER BY date DESC, time DESC, uid")
}

// Study returns one study; ok is false when it is not held.
func (x *Index) Study(uid dicom.UID) (s Study, ok bool, err error) {
	all, err := x.studies("look up study", selectStudies+"AND uid = ?", string(uid))
	if err != nil || len(all) == 0 {
		return Study{}, false, err
	}
	return all[0], true, nil
}

// Priors lists the other studies of the same patient, the newest first, those
// later than the study itself too: the same Patient ID and issuer, names that
// agree, and no other birth date or sex. A study without an ID or with a
// placeholder for a name has none (N4). An ID says nothing across sites: the
// caller knows which site each study came from.
func (x *Index) Priors(study dicom.UID) ([]Study, error) {
	of, ok, err := x.Study(study)
	if err != nil || !ok || of.PatientID == "" || placeholder(of.PatientName) {
		return nil, err
	}
	all, err := x.studies("look up priors", selectStudies+"AND patient_id = ? AND issuer = ? AND uid <> ? ORDER BY date DESC, time DESC, uid",
		of.PatientID, of.Issuer, string(study))
	var out []Study
	for _, s := range all {
		if dicom.SameName(s.PatientName, of.PatientName) && agree(s.BirthDate, of.BirthDate) && agree(s.Sex, of.Sex) {
			out = append(out, s)
		}
	}
	return out, err
}

func agree(a, b string) bool { return a == b || a == "" || b == "" }

// placeholder knows the names that emergency rooms give to whom they do not know.
func placeholder(name string) bool {
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return r < 'A' || r > 'Z' })
	for _, w := range words {
		switch w {
		case "UNKNOWN", "DOE", "TRAUMA", "UNBEKANNT", "ANONYMOUS", "ANONYMIZED":
			return true
		}
	}
	return strings.TrimSpace(strings.ReplaceAll(name, "^", "")) == ""
}

// Find lists the studies of a Study Instance UID or an accession number.
func (x *Index) Find(key string) ([]Study, error) {
	if key == "" {
		return nil, nil
	}
	return x.studies("look up study", selectStudies+"AND (uid = ?1 OR accession = ?1) ORDER BY date DESC, time DESC, uid", key)
}

func (x *Index) studies(what, query string, args ...any) ([]Study, error) {
	return rows(x, what, query, args, func(r *sql.Rows) (s Study, err error) {
		var modalities string
		err = r.Scan(&s.UID, &s.PatientName, &s.PatientID, &s.Issuer, &s.BirthDate, &s.Sex, &s.Date, &s.Time,
			&s.Description, &s.Accession, &modalities, &s.Series, &s.Instances, &s.Bytes, &s.Expected, &s.Damaged)
		if modalities != "" {
			s.Modalities = strings.Split(modalities, `\`)
		}
		return s, err
	})
}

// Series lists the series of a study by number.
func (x *Index) Series(study dicom.UID) ([]Series, error) {
	const query = `SELECT ?1, uid, number, modality, description, laterality,
		(SELECT count(*) FROM instance i WHERE i.study = s.study AND i.series = s.id) FROM series s
		WHERE study = (SELECT id FROM study WHERE uid = ?1) ORDER BY number, uid`
	return rows(x, "list series", query, []any{string(study)}, func(r *sql.Rows) (s Series, err error) {
		return s, r.Scan(&s.Study, &s.UID, &s.Number, &s.Modality, &s.Description, &s.Laterality, &s.Instances)
	})
}

// Instances lists the objects of a series by number.
func (x *Index) Instances(study, series dicom.UID) ([]Instance, error) {
	const query = `SELECT i.uid, s.uid, class, i.number, frames, bytes FROM instance i JOIN series s ON s.id = i.series
		WHERE i.study = (SELECT id FROM study WHERE uid = ?) AND s.uid = ? ORDER BY i.number, i.uid`
	return rows(x, "list instances", query, []any{string(study), string(series)}, func(r *sql.Rows) (i Instance, err error) {
		return i, r.Scan(&i.SOP, &i.Series, &i.Class, &i.Number, &i.Frames, &i.Bytes)
	})
}

// rows runs a query. What is damaged is made again by the next Sync.
func rows[T any](x *Index, what, query string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	db := x.db.Load()
	out, err := read(db, query, args, scan)
	if err == nil {
		return out, nil
	}
	err = db.Named(err)
	var damage *database.DamageError
	if errors.As(err, &damage) {
		x.broken.Store(true)
	}
	return nil, fmt.Errorf("%s: %w", what, err)
}

func read[T any](db *database.DB, query string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	r, err := db.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out []T
	for r.Next() {
		row, err := scan(r)
		if err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, r.Err()
}
