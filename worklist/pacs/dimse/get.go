package dimse

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// want is what one retrieval is after: the objects of ref, or of ref those in list. seen
// are those that were handed on.
type want struct {
	ref  pacs.Ref
	list []dicom.UID
	seen map[dicom.UID]bool
	each func(pacs.Object) error

	stopped error // each said so
	wrong   error // an object came that is not used
	came    int   // in this operation, whole
}

// hand gives an object on, once.
func (w *want) hand(uid dicom.UID, b []byte) error {
	w.came++
	if w.seen[uid] {
		return nil
	}
	w.seen[uid] = true
	w.stopped = w.each(pacs.Object{Bytes: b})
	return w.stopped
}

// getOffer is an association to retrieve on by C-GET: the objects come on it, so that we
// are the SCP of their classes (PS3.4 C.5.3.1, PS3.7 D.3.3.4). The classes that are known,
// or else the most frequent, have a context for each transfer syntax: a server then sends
// what it holds as it holds it. Where several stand in one context it chooses one without
// regard to that. The usual other classes fill up what is left. stored leaves images
// nothing but compression.
func (c *Client) getOffer(classes []dicom.UID, stored bool) offer {
	o := offer{kind: "get", classes: classes, performed: 16}
	if stored {
		o.kind = "get compressed"
	}
	most := c.cfg.Quirks.Contexts
	if !c.cfg.Quirks.PatientRoot {
		o.add(most, studyGet, false, plain...)
	}
	o.add(most, patientGet, false, plain...)
	exact, forms := classes, compressed
	if len(exact) == 0 {
		exact, forms = usual[:8], compressed[:6]
	}
	for _, u := range exact {
		image := dicom.IsImageSOPClass(u)
		if image {
			for _, ts := range forms {
				o.add(most, u, true, ts)
			}
		}
		if !image || !stored {
			o.add(most, u, true, plain...)
		}
	}
	for _, u := range usual {
		if !slices.Contains(exact, u) {
			o.add(most, u, true, append(plain[:2:2], compressed...)...)
		}
	}
	return o
}

// byID is the accepted context of that number.
func (l *line) byID(id byte) (ul.Accepted, bool) {
	if l.accepted == nil {
		l.accepted = map[byte]ul.Accepted{}
		for _, a := range l.a.Accepted() {
			l.accepted[a.ID] = a
		}
	}
	a, ok := l.accepted[id]
	return a, ok
}

// root is the accepted context of one of the two information models.
func (l *line) root(study, patient dicom.UID) (a ul.Accepted, patientRoot bool, err error) {
	if a, err = l.context(study); err == nil {
		return a, false, nil
	}
	a, err = l.context(patient)
	return a, true, err
}

// retrieval is the identifier of a C-GET or C-MOVE (PS3.4 C.4.2.1.4): unique keys alone.
func (w *want) retrieval(patientID string) *dicom.Dataset {
	ds := new(dicom.Dataset)
	level := pacs.StudyLevel
	if patientID != "" {
		ds.SetStr(dicom.PatientID, patientID)
	}
	ds.SetStr(dicom.StudyInstanceUID, string(w.ref.Study))
	if w.ref.Series != "" {
		level = pacs.SeriesLevel
		ds.SetStr(dicom.SeriesInstanceUID, string(w.ref.Series))
	}
	switch {
	case len(w.list) > 0:
		level = pacs.InstanceLevel
		s := make([]string, len(w.list))
		for i, u := range w.list {
			s[i] = string(u)
		}
		ds.SetStr(dicom.SOPInstanceUID, s...)
	case w.ref.Instance != "":
		level = pacs.InstanceLevel
		ds.SetStr(dicom.SOPInstanceUID, string(w.ref.Instance))
	}
	ds.SetStr(dicom.QueryRetrieveLevel, string(level))
	return ds
}

// get is one C-GET (PS3.4 C.4.3). A *gapError says that the archive ended it well and not
// all came; a *pacs.StatusError that it refused.
func (c *Client) get(ctx context.Context, o offer, w *want) error {
	const op = "retrieve"
	patient, err := c.patientOf(ctx, w.ref)
	if err != nil {
		return err
	}
	return c.on(ctx, op, o, func(l *line) error {
		a, patientRoot, err := l.root(studyGet, patientGet)
		if err != nil {
			return err
		}
		if patientRoot && patient == "" {
			l.broken = false
			return errPatientRoot
		}
		w.came, w.wrong = 0, nil
		id, err := l.send(ctx, a, Command{Field: CGet, Class: a.Abstract}, w.retrieval(patient))
		if err != nil {
			return err
		}
		for {
			done, err := c.getStep(ctx, l, op, id, w)
			if done {
				return err
			}
		}
	})
}

var errPatientRoot = errors.New("the archive retrieves in the patient root alone: set its quirk patient_root")

// patientOf is the Patient ID of a study where the patient root needs it.
func (c *Client) patientOf(ctx context.Context, ref pacs.Ref) (string, error) {
	if !c.cfg.Quirks.PatientRoot {
		return "", nil
	}
	id := ""
	q := pacs.Query{Level: pacs.StudyLevel, Match: map[dicom.Tag]string{dicom.StudyInstanceUID: string(ref.Study)}}
	err := c.Search(ctx, q, func(ds *dicom.Dataset) error { id = ds.Str(dicom.PatientID); return nil })
	if err == nil && id == "" {
		err = notThere()
	}
	return id, err
}

func notThere() error {
	return &pacs.StatusError{Code: int(noSuchInstance), Warning: words(noSuchInstance, ""), Op: "retrieve"}
}

// getStep takes one message of a C-GET; done says that it was the last.
func (c *Client) getStep(ctx context.Context, l *line, op string, id uint16, w *want) (done bool, err error) {
	m, err := l.receive(ctx)
	if err != nil {
		return true, err
	}
	switch cmd := m.Command; {
	case cmd.Field == CStore:
		b, wrong, err := c.accept(ctx, l, m, w.ref)
		if err != nil {
			l.broken = true
			return true, err
		}
		if wrong != nil {
			w.wrong = wrong
			return false, nil
		}
		if err := w.hand(cmd.Instance, b); err != nil {
			l.broken = true // whatever is on its way is of no use: end it now
			return true, err
		}
		return false, nil
	case cmd.Field != CGet|Response || cmd.Responded != id:
		l.broken = true
		return true, broken("a %s where a C-GET of ours is to be answered", cmd.Field)
	case IsPending(cmd.Status):
		return false, nil
	default:
		return true, w.outcome(op, cmd)
	}
}

// gapError says that fewer objects came than the archive has.
type gapError struct{ came, failed int }

func (e *gapError) Error() string {
	return fmt.Sprintf("%d objects came and %d did not", e.came, e.failed)
}

func (e *gapError) Unwrap() error { return pacs.ErrPartial }

// outcome judges the last response (PS3.4 C.4.2.1.5, C.4.3.1.4): what the archive says it
// sent must have come.
func (w *want) outcome(op string, c Command) error {
	said := c.Completed + c.Warning
	switch {
	case w.wrong != nil:
		return w.wrong
	case c.Status != Success && !IsWarning(c.Status):
		return refusal(op, c)
	case c.Failed > 0 || c.HasCounts && said > w.came:
		return &gapError{w.came, max(c.Failed, said+c.Failed-w.came)}
	case len(w.list) > 0 && w.came < len(w.list) && w.came > 0:
		return &gapError{w.came, len(w.list) - w.came}
	case IsWarning(c.Status) && w.came == 0:
		return &gapError{0, 1}
	case w.came == 0:
		return notThere()
	}
	return nil
}
