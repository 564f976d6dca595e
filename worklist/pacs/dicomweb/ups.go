package dicomweb

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// SearchWorkitems searches (PS3.18 11.9), once for each state asked for: UPS
// matches a state by one value. What does not match is left out on our side.
func (c *Client) SearchWorkitems(ctx context.Context, q pacs.WorkitemQuery) ([]pacs.Workitem, error) {
	const op = "search workitems"
	if c.ups == "" {
		return nil, fmt.Errorf("%s: %w", op, pacs.ErrNoWorkitems)
	}
	return pacs.CollectWorkitems(q, func(s pacs.State, each func(*dicom.Dataset)) error {
		sets, err := c.workitemPages(ctx, op, q, s)
		for _, ds := range sets {
			each(ds)
		}
		return err
	})
}

// workitemPages reads all pages of one state.
func (c *Client) workitemPages(ctx context.Context, op string, q pacs.WorkitemQuery, s pacs.State) ([]*dicom.Dataset, error) {
	size := c.cfg.Quirks.PageSize
	var all []*dicom.Dataset
	var partial error
	seen := map[string]bool{}
	for offset := 0; ; {
		fresh := 0
		pg, err := c.workitemPage(ctx, op, q, s, offset, size, func(ds *dicom.Dataset) error {
			if u := ds.Str(dicom.SOPInstanceUID); u == "" || !seen[u] {
				seen[u] = true
				fresh++
				all = append(all, ds)
			}
			return nil
		})
		if errors.Is(err, pacs.ErrPartial) {
			partial = err
		} else if err != nil {
			return all, err
		}
		offset += pg.count
		switch {
		case pg.count == 0, pg.count != size && !pg.more:
			return all, partial
		case fresh == 0:
			return all, fmt.Errorf("%s: %w", op, pacs.ErrPartial)
		}
	}
}

func (c *Client) workitemPage(ctx context.Context, op string, q pacs.WorkitemQuery, s pacs.State, offset, size int, each func(*dicom.Dataset) error) (page, error) {
	keys := workitemKeys(q, s)
	special := false
	for _, k := range keys {
		special = special || encodeValue(k.vr, k.value, false) != encodeValue(k.vr, k.value, true)
	}
	return learn(c, special, func(escaped bool) (page, error) {
		query := make([]string, 0, len(keys)+3)
		for _, k := range keys {
			query = append(query, k.name+"="+encodeValue(k.vr, k.value, escaped))
		}
		query = append(query, "includefield=all", fmt.Sprintf("limit=%d", size), fmt.Sprintf("offset=%d", offset))
		l, err := c.stream(ctx, request{op: op, method: http.MethodGet, accept: acceptJSON,
			url: c.ups + "/workitems?" + strings.Join(query, "&")}, each)
		return page{l.good + l.bad, l.resp != nil && more(l.resp)}, err
	})
}

type workitemKey struct {
	name  string
	vr    dicom.VR
	value string
}

// workitemKeys names attributes in sequences by a path of tags (PS3.18 8.3.4.1).
func workitemKeys(q pacs.WorkitemQuery, s pacs.State) []workitemKey {
	path := func(tags ...dicom.Tag) string {
		hex := make([]string, len(tags))
		for i, t := range tags {
			hex[i] = t.Hex()
		}
		return strings.Join(hex, ".")
	}
	keys := []workitemKey{
		{path(dicom.ProcedureStepState), "DT", string(s)}, // DT: a state has no wildcards, its blank is encoded
		{path(dicom.ScheduledHumanPerformersSequence, dicom.HumanPerformerName), "PN", q.Assigned},
		{path(dicom.InputInformationSequence, dicom.StudyInstanceUID), "UI", string(q.Study)},
		{path(dicom.ReferencedRequestSequence, dicom.AccessionNumber), "SH", q.Accession},
	}
	return slices.DeleteFunc(keys, func(k workitemKey) bool { return k.value == "" })
}

// RetrieveWorkitem reads one workitem (11.5).
func (c *Client) RetrieveWorkitem(ctx context.Context, uid dicom.UID) (pacs.Workitem, error) {
	const op = "retrieve workitem"
	url, err := c.workitemURL(uid)
	if err != nil {
		return pacs.Workitem{}, fmt.Errorf("%s: %w", op, err)
	}
	l, err := c.datasets(ctx, request{op: op, method: http.MethodGet, url: url, accept: acceptJSON})
	if err != nil {
		return pacs.Workitem{}, err
	}
	if len(l.sets) == 0 {
		return pacs.Workitem{}, &pacs.StatusError{Code: http.StatusNotFound, Op: op}
	}
	w := pacs.WorkitemFromDataset(l.sets[0])
	if w.UID == "" {
		w.UID = uid
	}
	if w.UID != uid {
		return pacs.Workitem{}, fmt.Errorf("%s: %w", op, errOther)
	}
	return w, nil
}

var errOther = errors.New("the server answered with another one than was asked for")

// createForms are the ways in which the UID of a new workitem stands in the query
// (PS3.18 11.4.1): bare, as servers built on the first text want it; as the
// parameter of the current text; by the attribute's name.
var createForms = []struct{ name, query string }{
	{"UID", "?"}, {"workitem=UID", "?workitem="}, {"AffectedSOPInstanceUID=UID", "?AffectedSOPInstanceUID="},
}

// CreateWorkitem creates (11.4). The server's Location decides which UID it got. A
// form of the query that is answered 400, by which nothing was created, is followed
// by the next one; the one that is understood is kept.
func (c *Client) CreateWorkitem(ctx context.Context, uid dicom.UID, w *dicom.Dataset) (dicom.UID, error) {
	const op = "create workitem"
	if c.ups == "" {
		return "", fmt.Errorf("%s: %w", op, pacs.ErrNoWorkitems)
	}
	if uid == "" {
		return c.create(ctx, op, "", "", w)
	}
	s, err := segment(uid)
	if err != nil {
		return "", fmt.Errorf("%s: %w", op, err)
	}
	known := c.found.get(rowUPSCreate)
	var first error
	for _, f := range createForms {
		if known != "" && known != f.name {
			continue
		}
		got, err := c.create(ctx, op, f.query+s, uid, w)
		if err == nil && got == uid {
			c.found.set(rowUPSCreate, f.name)
		}
		if first == nil {
			first = err
		}
		var status *pacs.StatusError
		if err == nil || !errors.As(err, &status) || status.Code != http.StatusBadRequest || status.Reason() != pacs.Refused {
			return got, err
		}
	}
	return "", first
}

func (c *Client) create(ctx context.Context, op, query string, uid dicom.UID, w *dicom.Dataset) (dicom.UID, error) {
	resp, err := c.send(ctx, request{op: op, method: http.MethodPost, url: c.ups + "/workitems" + query}, w)
	if err != nil {
		return "", err
	}
	loc := resp.Header.Get("Location")
	if loc == "" {
		loc = resp.Header.Get("Content-Location")
	}
	if got := dicom.UID(loc[strings.LastIndexByte(loc, '/')+1:]); got != "" {
		if _, err := segment(got); err == nil {
			return got, nil
		}
	}
	if uid == "" {
		return "", fmt.Errorf("%s: the server did not say which UID it gave", op)
	}
	return uid, nil
}

// UpdateWorkitem changes attributes (11.6). The Transaction UID stands in the
// URL, as the standard wants it, and in no error.
func (c *Client) UpdateWorkitem(ctx context.Context, uid, transaction dicom.UID, change *dicom.Dataset) error {
	const op = "update workitem"
	url, err := c.workitemURL(uid)
	if err == nil && transaction != "" {
		var s string
		s, err = segment(transaction)
		url += "?" + s
	}
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	_, err = c.send(ctx, request{op: op, method: http.MethodPost, url: url, secret: string(transaction)}, change)
	return err
}

// ChangeState claims, completes or cancels (11.7).
func (c *Client) ChangeState(ctx context.Context, uid, transaction dicom.UID, s pacs.State) error {
	const op = "change workitem state"
	url, err := c.workitemURL(uid)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	var ds dicom.Dataset
	ds.SetStr(dicom.TransactionUID, string(transaction))
	ds.SetStr(dicom.ProcedureStepState, string(s))
	_, err = c.send(ctx, request{op: op, method: http.MethodPut, url: url + "/state", secret: string(transaction)}, &ds)
	return err
}

// RequestCancel asks the performer to stop (11.8).
func (c *Client) RequestCancel(ctx context.Context, uid dicom.UID, reason string) error {
	const op = "request cancellation"
	url, err := c.workitemURL(uid)
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	var ds dicom.Dataset
	if reason != "" {
		ds.SetStr(dicom.ReasonForCancellation, reason)
	}
	_, err = c.send(ctx, request{op: op, method: http.MethodPost, url: url + "/cancelrequest"}, &ds)
	return err
}

func (c *Client) workitemURL(uid dicom.UID) (string, error) {
	if c.ups == "" {
		return "", pacs.ErrNoWorkitems
	}
	s, err := segment(uid)
	return c.ups + "/workitems/" + s, err
}

// send posts or puts one data set as a DICOM JSON object (F.2) and reads no
// more of the answer than its head.
func (c *Client) send(ctx context.Context, r request, ds *dicom.Dataset) (*http.Response, error) {
	b, err := json.Marshal(ds)
	if err != nil {
		return nil, fmt.Errorf("%s: encode: %w", r.op, err)
	}
	r.accept, r.contentType = acceptJSON, "application/dicom+json"
	r.body, r.length = func() io.Reader { return bytes.NewReader(b) }, int64(len(b))
	resp, err := c.do(ctx, r)
	if resp != nil {
		drain(resp)
	}
	if err == nil && mediaTypeOf(resp.Header.Get("Content-Type")) == "text/html" {
		return nil, &pacs.NotArchiveError{Op: r.op, Got: "text/html"} // a portal's 200 claims nothing
	}
	return resp, err
}
