package index

import (
	"database/sql"
	"fmt"
	"strings"

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
	Path               string
}

const selectStudies = `SELECT uid, patient_name, patient_id, issuer, birth_date, sex, date, time, description, accession,
	(SELECT group_concat(modality, '\') FROM (SELECT DISTINCT modality FROM series WHERE study = s.uid AND modality <> '' ORDER BY modality)),
	(SELECT count(*) FROM series WHERE study = s.uid), (SELECT count(*) FROM instance WHERE study = s.uid) FROM study s `

// Studies lists all studies, the newest first.
func (x *Index) Studies() ([]Study, error) {
	return x.studies("list studies", selectStudies+"ORDER BY date DESC, time DESC, uid")
}

// Study returns one study; ok is false when it is not held.
func (x *Index) Study(uid dicom.UID) (s Study, ok bool, err error) {
	all, err := x.studies("look up study", selectStudies+"WHERE uid = ?", string(uid))
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
	all, err := x.studies("look up priors", selectStudies+"WHERE patient_id = ? AND issuer = ? AND uid <> ? ORDER BY date DESC, time DESC, uid",
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

func (x *Index) studies(what, query string, args ...any) ([]Study, error) {
	return rows(x.db, what, query, args, func(r *sql.Rows) (s Study, err error) {
		var modalities sql.NullString
		err = r.Scan(&s.UID, &s.PatientName, &s.PatientID, &s.Issuer, &s.BirthDate, &s.Sex, &s.Date, &s.Time,
			&s.Description, &s.Accession, &modalities, &s.Series, &s.Instances)
		if modalities.String != "" {
			s.Modalities = strings.Split(modalities.String, `\`)
		}
		return s, err
	})
}

// Series lists the series of a study by number.
func (x *Index) Series(study dicom.UID) ([]Series, error) {
	const query = `SELECT study, uid, number, modality, description, laterality,
		(SELECT count(*) FROM instance WHERE study = s.study AND series = s.uid) FROM series s WHERE study = ? ORDER BY number, uid`
	return rows(x.db, "list series", query, []any{string(study)}, func(r *sql.Rows) (s Series, err error) {
		return s, r.Scan(&s.Study, &s.UID, &s.Number, &s.Modality, &s.Description, &s.Laterality, &s.Instances)
	})
}

// Instances lists the objects of a series by number.
func (x *Index) Instances(study, series dicom.UID) ([]Instance, error) {
	const query = "SELECT uid, series, class, number, frames, path FROM instance WHERE study = ? AND series = ? ORDER BY number, uid"
	return rows(x.db, "list instances", query, []any{string(study), string(series)}, func(r *sql.Rows) (i Instance, err error) {
		return i, r.Scan(&i.SOP, &i.Series, &i.Class, &i.Number, &i.Frames, &i.Path)
	})
}

func rows[T any](db *sql.DB, what, query string, args []any, scan func(*sql.Rows) (T, error)) ([]T, error) {
	r, err := db.Query(query, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	defer r.Close()
	var out []T
	for r.Next() {
		row, err := scan(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		out = append(out, row)
	}
	if err := r.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return out, nil
}
