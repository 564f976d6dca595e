package reading

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// Proof is what is known of one signed report's signature.
type Proof struct {
	Report    string // SOP Instance UID
	Statement report.Statement
	Signature report.Signature
	Err       error // nil: the signature is of its statement and of what was shown
	Objects   []ProvedObject
}

// ProvedObject is one signed object and the outbox row that holds it.
type ProvedObject struct {
	report.Witnessed
	Row ledger.OutboxRow
	Err error // nil: the row holds exactly the bytes that were signed
}

// What is wrong with a report or its object.
var (
	ErrUnsigned = errors.New("no signature of it is kept")
	ErrMissing  = errors.New("it is not in the outbox")
	ErrAltered  = errors.New("its bytes are not those that were signed")
	ErrAdded    = errors.New("it is not among what was signed")
)

// Holds reports whether signature and objects are what was signed.
func (p Proof) Holds() bool {
	return p.Err == nil && !slices.ContainsFunc(p.Objects, func(o ProvedObject) bool { return o.Err != nil })
}

// Proofs checks the signatures of the study's reports, in the order they were signed.
func (r *Room) Proofs(ctx context.Context, study string) ([]Proof, error) {
	rows, err := r.Ledger.OutboxOf(ctx, study)
	if err != nil {
		return nil, err
	}
	records, err := r.Ledger.Records(ctx, SignatureKind, study)
	if err != nil {
		return nil, err
	}
	var out []Proof
	for _, rec := range records {
		out = append(out, proofOf(rec, rows))
	}
	for _, row := range rows {
		if own := ownReport(rows, row); !slices.ContainsFunc(out, func(p Proof) bool { return p.Report == own }) {
			out = append(out, Proof{Report: own, Err: ErrUnsigned})
		}
	}
	first := func(p Proof) int {
		return slices.IndexFunc(rows, func(row ledger.OutboxRow) bool { return ownReport(rows, row) == p.Report })
	}
	slices.SortStableFunc(out, func(a, b Proof) int { return first(a) - first(b) })
	return out, nil
}

func proofOf(rec ledger.Record, rows []ledger.OutboxRow) Proof {
	var p Proof
	if err := json.Unmarshal(rec.Body, &p.Signature); err != nil {
		p.Err = fmt.Errorf("read signature: %w", err)
		return p
	}
	p.Statement, p.Err = p.Signature.Open()
	p.Report = p.Statement.Report
	if p.Err != nil {
		return p
	}
	for _, w := range p.Statement.Objects {
		o := ProvedObject{Witnessed: w, Err: ErrMissing}
		for _, row := range rows {
			if ownReport(rows, row) == p.Report && row.Kind == w.Kind && row.Control == w.Control {
				o.Row, o.Err = row, nil
				if report.Digest(row.Object) != w.SHA256 || row.SHA256 != w.SHA256 {
					o.Err = ErrAltered
				}
			}
		}
		p.Objects = append(p.Objects, o)
	}
	for _, row := range rows {
		known := func(o ProvedObject) bool { return o.Kind == row.Kind && o.Control == row.Control }
		if ownReport(rows, row) == p.Report && len(row.Object) > 0 && !slices.ContainsFunc(p.Objects, known) {
			p.Objects = append(p.Objects, ProvedObject{Witnessed: report.Witnessed{Kind: row.Kind, Control: row.Control, SHA256: report.Digest(row.Object)}, Row: row, Err: ErrAdded})
		}
	}
	return p
}

// ownReport is the document that a row goes out with: of a report that answers several
// orders, its own order's.
func ownReport(rows []ledger.OutboxRow, row ledger.OutboxRow) string {
	for _, o := range rows {
		if o.Kind == ledger.KindSR && o.Report == row.Report && o.StudyUID == row.StudyUID && o.Accession == row.Accession {
			return o.Control
		}
	}
	return row.Report
}
