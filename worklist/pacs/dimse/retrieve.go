package dimse

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Retrieve is C-GET (PS3.4 C.4.3): images in the form in which they are stored, where the
// archive gives them so. Where the archive does not do C-GET it is C-MOVE to
// our Listener, if there is one. What was not asked for, is not the object announced, or
// did not come whole is never handed on; an archive that says it sent more than came is
// not believed: the error says how many are missing.
func (c *Client) Retrieve(ctx context.Context, ref pacs.Ref, each func(pacs.Object) error) error {
	ref, err := known(ref)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return wrap("retrieve", err)
	}
	w := &want{ref: ref, seen: map[dicom.UID]bool{}, each: each}
	if c.cfg.Quirks.Move && c.cfg.Listener != nil {
		return c.absent(ctx, w, c.move(ctx, w))
	}
	err = c.absent(ctx, w, c.retrieve(ctx, w))
	if w.stopped == nil && len(w.seen) == 0 && noGet(err) && c.cfg.Listener != nil {
		return c.absent(ctx, w, c.move(ctx, w))
	}
	return err
}

// absent tells an archive that failed from one that has nothing to send: some refuse what
// they do not have as something that they could not process.
func (c *Client) absent(ctx context.Context, w *want, err error) error {
	var s *pacs.StatusError
	if len(w.seen) > 0 || w.wrong != nil || !errors.As(err, &s) || s.Reason() != pacs.Refused || s.Code == int(classNotSupported) {
		return err
	}
	q, there := w.query(), false
	q.Limit = 1
	if c.Search(ctx, q, func(*dicom.Dataset) error { there = true; return nil }) != nil || there {
		return err
	}
	return notThere()
}

// query asks for the instances of w.
func (w *want) query() pacs.Query {
	q := pacs.Query{Level: pacs.InstanceLevel, Study: w.ref.Study, Series: w.ref.Series}
	if w.ref.Instance != "" {
		q.Match = map[dicom.Tag]string{dicom.SOPInstanceUID: string(w.ref.Instance)}
	}
	return q
}

// noGet tells an archive that does not do C-GET from one that lacks the object.
func noGet(err error) bool {
	var s *pacs.StatusError
	return errors.As(err, &s) && s.Reason() == pacs.Refused
}

// known is ref down to its first empty field.
func known(ref pacs.Ref) (pacs.Ref, error) {
	if ref.Series == "" {
		ref.Instance = ""
	}
	for i, u := range []dicom.UID{ref.Study, ref.Series, ref.Instance} {
		if u == "" && i > 0 {
			break
		}
		if !plausible(u) {
			return ref, errBadIdentifier
		}
	}
	return ref, nil
}

// plausible: of digits and dots. Real UIDs break the other rules of PS3.5 9.1, and no
// wildcard and no list may stand where one is meant.
func plausible(u dicom.UID) bool {
	for _, r := range u {
		if r != '.' && (r < '0' || r > '9') {
			return false
		}
	}
	return u != "" && len(u) <= 64
}

// retrieve gets w, and by another offer what does not come by the first.
func (c *Client) retrieve(ctx context.Context, w *want) error {
	classes := c.hints.classes(w.ref.Study)
	stored := c.cfg.Quirks.Stored
	err := c.get(ctx, c.getOffer(classes, stored), w)
	if err == nil || !stored || !c.otherwise(ctx, w, err) {
		return err
	}
	if len(w.seen) > 0 {
		return c.missing(ctx, c.getOffer(classes, false), w)
	}
	return c.get(ctx, c.getOffer(classes, false), w)
}

// otherwise tells that it may help to ask for another form: the archive answered, and did
// not send all.
func (c *Client) otherwise(ctx context.Context, w *want, err error) bool {
	if ctx.Err() != nil || w.stopped != nil {
		return false
	}
	var s *pacs.StatusError
	var gap *gapError
	return errors.As(err, &gap) || errors.As(err, &s) && s.Reason() != pacs.NotFound
}

// atOnce is how many objects one request names: a list of their UIDs is 6 KB.
const atOnce = 96

// missing gets what of w is in the archive and was not seen, series by series, for an
// image-level request names one (PS3.4 C.4.2.2.1).
func (c *Client) missing(ctx context.Context, o offer, w *want) error {
	lacks := map[dicom.UID][]dicom.UID{}
	err := c.Search(ctx, w.query(), func(ds *dicom.Dataset) error {
		if u := dicom.UID(ds.Str(dicom.SOPInstanceUID)); u != "" && !w.seen[u] {
			series := dicom.UID(ds.Str(dicom.SeriesInstanceUID))
			lacks[series] = append(lacks[series], u)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, series := range slices.Sorted(maps.Keys(lacks)) {
		for list := range slices.Chunk(lacks[series], atOnce) {
			part := *w
			part.ref.Series, part.list = series, list
			err := c.get(ctx, o, &part)
			w.stopped = part.stopped
			if err != nil {
				return err
			}
		}
	}
	return nil
}
