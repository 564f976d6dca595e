package dimse

import (
	"context"
	"errors"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// relational is the extended negotiation of a query class: byte 1 asks for relational
// queries; no others (PS3.4 C.5.1.1). Studies are asked for without a Patient ID, which
// in the patient root is one.
var relational = []byte{1, 0, 0, 0}

// queryOffer is an association to query on, and to see that the archive is there.
func (c *Client) queryOffer() offer {
	o := offer{kind: "query"}
	most := c.cfg.Quirks.Contexts
	o.add(most, dicom.VerificationSOPClass, false, dicom.ImplicitVRLittleEndian, dicom.ExplicitVRLittleEndian)
	if !c.cfg.Quirks.PatientRoot {
		o.add(most, studyFind, false, plain...)
	}
	o.add(most, patientFind, false, plain...)
	o.extended = map[dicom.UID][]byte{patientFind: relational}
	return o
}

// errEnough ends a search whose limit is reached.
var errEnough = errors.New("enough")

// Search is C-FIND (PS3.4 C.4.1), in the hierarchy of levels: what lies in a study or
// series that is not named is found by asking for those first.
func (c *Client) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	const op = "search"
	if err := ctx.Err(); err != nil {
		return wrap(op, err)
	}
	left := q.Limit
	var partial error
	err := c.within(ctx, op, q, &partial, func(ds *dicom.Dataset) error {
		if err := each(ds); err != nil {
			return err
		}
		if left--; left == 0 {
			return errEnough
		}
		return nil
	})
	switch {
	case errors.Is(err, errEnough):
		return nil
	case err == nil && partial != nil:
		return wrap(op, partial)
	}
	return err
}

// within searches q below everything that q does not name.
func (c *Client) within(ctx context.Context, op string, q pacs.Query, partial *error, each func(*dicom.Dataset) error) error {
	upper, missing := q, true
	switch {
	case q.Level != pacs.StudyLevel && (q.Study == "" || narrowed(q)):
		upper.Level, upper.Series = pacs.StudyLevel, ""
	case q.Level == pacs.InstanceLevel && q.Series == "":
		upper.Level = pacs.SeriesLevel
	default:
		missing = false
	}
	if !missing && q.Level == pacs.StudyLevel && q.Match[dicom.ModalitiesInStudy] != "" {
		return c.byModality(ctx, op, q, partial, each)
	}
	if !missing {
		return c.find(ctx, op, q, partial, each)
	}
	upper.Match, upper.Include, upper.Limit = map[dicom.Tag]string{}, nil, 0
	lower := q
	lower.Match = map[dicom.Tag]string{}
	for t, v := range q.Match {
		if l := levelOf(t, q.Level); l == upper.Level {
			upper.Match[t] = v
		} else {
			lower.Match[t] = v
		}
	}
	// The upper answers are held: there are few beside those below, and no association
	// is held while another is asked for.
	var found []*dicom.Dataset
	if err := c.find(ctx, op, upper, partial, func(ds *dicom.Dataset) error { found = append(found, ds); return nil }); err != nil {
		return err
	}
	for _, ds := range found {
		lower.Study = dicom.UID(ds.Str(dicom.StudyInstanceUID))
		if upper.Level == pacs.SeriesLevel {
			lower.Series = dicom.UID(ds.Str(dicom.SeriesInstanceUID))
		}
		if err := c.within(ctx, op, lower, partial, each); err != nil {
			return err
		}
	}
	return nil
}

// byModality finds studies by the modalities in them. An archive that does not tell those
// does not match them either (PS3.4 C.4.1.1.3.1): its studies are held until the query is
// over, and their series tell. There is one association, and it is busy.
func (c *Client) byModality(ctx context.Context, op string, q pacs.Query, partial *error, each func(*dicom.Dataset) error) error {
	var untold []*dicom.Dataset
	err := c.find(ctx, op, q, partial, func(ds *dicom.Dataset) error {
		if len(ds.Strs(dicom.ModalitiesInStudy)) > 0 {
			return each(ds)
		}
		untold = append(untold, ds)
		return nil
	})
	for _, ds := range untold {
		if err != nil {
			return err
		}
		var all []string
		in := pacs.Query{Level: pacs.SeriesLevel, Study: dicom.UID(ds.Str(dicom.StudyInstanceUID))}
		err = c.find(ctx, op, in, partial, func(series *dicom.Dataset) error {
			if m := series.Str(dicom.Modality); m != "" && !slices.Contains(all, m) {
				all = append(all, m)
			}
			return nil
		})
		ds.SetStr(dicom.ModalitiesInStudy, all...)
		if err == nil && pacs.Matches(ds, q.Match) {
			err = each(ds)
		}
	}
	return err
}

// find is one C-FIND. Answers that another server would not have given are left out;
// one that cannot be read makes the result partial.
func (c *Client) find(ctx context.Context, op string, q pacs.Query, partial *error, each func(*dicom.Dataset) error) error {
	return c.on(ctx, op, c.queryOffer(), func(l *line) error {
		a, patientRoot, err := l.root(studyFind, patientFind)
		if err != nil {
			return err
		}
		id := identifier(q)
		if patientRoot && q.Level != pacs.StudyLevel && !id.Has(dicom.PatientID) {
			if id, err = c.withPatient(ctx, l, a, q, id); err != nil {
				return err
			}
		}
		return c.answers(ctx, l, a, op, id, func(ds *dicom.Dataset, bad error) error {
			if bad != nil {
				*partial = pacs.ErrPartial
				return nil
			}
			c.complete(ds, q)
			if !pacs.Matches(ds, q.Match) {
				return nil
			}
			return each(ds)
		})
	})
}

// withPatient adds the Patient ID, the unique key above the study in the patient root
// (PS3.4 C.6.1.1), which a study-level query tells.
func (c *Client) withPatient(ctx context.Context, l *line, a ul.Accepted, q pacs.Query, id *dicom.Dataset) (*dicom.Dataset, error) {
	of := new(dicom.Dataset)
	of.SetStr(dicom.QueryRetrieveLevel, string(pacs.StudyLevel))
	of.SetStr(dicom.StudyInstanceUID, string(q.Study))
	of.SetStr(dicom.PatientID)
	err := c.answers(ctx, l, a, "search", of, func(ds *dicom.Dataset, bad error) error {
		if bad == nil && ds.Str(dicom.StudyInstanceUID) == string(q.Study) {
			id.SetStr(dicom.PatientID, ds.Str(dicom.PatientID))
		}
		return nil
	})
	return id, err
}

// complete puts in the unique keys above, which answers may leave out, and remembers
// what the archive tells of its studies.
func (c *Client) complete(ds *dicom.Dataset, q pacs.Query) {
	if q.Study != "" && ds.Str(dicom.StudyInstanceUID) == "" {
		ds.SetStr(dicom.StudyInstanceUID, string(q.Study))
	}
	if q.Series != "" && ds.Str(dicom.SeriesInstanceUID) == "" {
		ds.SetStr(dicom.SeriesInstanceUID, string(q.Series))
	}
	c.hints.learn(ds)
}

// answers asks and hands on each answer, or why it cannot be read. When take says no, or
// ctx ends, the request is canceled (PS3.4 C.4.1.3.2).
func (c *Client) answers(ctx context.Context, l *line, a ul.Accepted, op string, id *dicom.Dataset, take func(*dicom.Dataset, error) error) error {
	msg, err := l.send(ctx, a, Command{Field: CFind, Class: a.Abstract}, id)
	if err != nil {
		return err
	}
	for {
		m, err := l.receive(ctx)
		if err != nil {
			if ctx.Err() != nil {
				c.cancel(l, a, msg)
			}
			return err
		}
		cmd := m.Command
		switch {
		case cmd.Field != CFind|Response || cmd.Responded != msg:
			l.broken = true
			return broken("a %s where a C-FIND of ours is to be answered", cmd.Field)
		case !IsPending(cmd.Status):
			if cmd.Status != Success {
				return refusal(op, cmd)
			}
			return nil
		}
		ds, bad := m.Dataset(a.Transfer, c.options())
		if bad != nil && !unreadable(bad) {
			l.broken = true
			return bad
		}
		if err := take(ds, bad); err != nil {
			c.cancel(l, a, msg)
			return err
		}
	}
}

// unreadable tells a data set that is none from a link that failed.
func unreadable(err error) bool {
	var inv *dicom.InvalidError
	var uns *dicom.UnsupportedError
	return errors.As(err, &inv) || errors.As(err, &uns) || errors.Is(err, pacs.ErrTooLarge)
}

// cancel asks the archive to end request msg and waits a little for that, so that the
// association can go on; otherwise it is given up.
func (c *Client) cancel(l *line, a ul.Accepted, msg uint16) {
	ctx, stop := context.WithTimeout(context.Background(), wait)
	defer stop()
	l.broken = true
	if err := l.c.Send(ctx, Message{Context: a.ID, Command: Command{Field: CCancel, Responded: msg}}); err != nil {
		return
	}
	for {
		m, err := l.c.Receive(ctx)
		if err != nil || !m.Command.Field.IsResponse() || m.Command.Responded != msg {
			return
		}
		if !IsPending(m.Command.Status) {
			l.broken = false
			return
		}
	}
}
