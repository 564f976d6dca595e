package dicomweb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Search asks page by page until the server has no more (PS3.18 10.6). Entities
// that came twice are handed on once; what does not match although the server sent
// it is left out. With pacs.ErrPartial what came is usable but short.
func (c *Client) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	all, err := c.find(ctx, q)
	for _, ds := range all {
		if e := each(ds); e != nil {
			return e
		}
	}
	return err
}

func (c *Client) find(ctx context.Context, q pacs.Query) ([]*dicom.Dataset, error) {
	const op = "search"
	size := c.cfg.Quirks.PageSize
	if q.Limit > 0 {
		size = min(size, q.Limit)
	}
	var all []*dicom.Dataset
	var partial error
	seen := map[string]bool{}
	for offset := 0; ; {
		pg, err := c.page(ctx, op, q, offset, size)
		fresh := add(&all, pg.list, seen, q)
		if errors.Is(err, pacs.ErrPartial) {
			partial = err // entries that cannot be read; the others go on
		} else if err != nil {
			return all, err
		}
		offset += pg.count
		switch {
		case q.Limit > 0 && len(all) >= q.Limit:
			return all[:q.Limit], partial
		case pg.count == 0, pg.count != size && !pg.more:
			return all, partial
		case fresh == 0:
			return c.unpaged(ctx, op, q, all, seen)
		}
	}
}

// unpaged asks for everything at once: the server gave the same page again, so
// it does not know offset, and more than a page may match.
func (c *Client) unpaged(ctx context.Context, op string, q pacs.Query, all []*dicom.Dataset, seen map[string]bool) ([]*dicom.Dataset, error) {
	pg, err := c.page(ctx, op, q, 0, 0)
	add(&all, pg.list, seen, q)
	if err == nil && pg.more {
		err = fmt.Errorf("%s: %w", op, pacs.ErrPartial)
	}
	return all, err
}

// add appends what is new and matches, and counts what is new.
func add(all *[]*dicom.Dataset, page []*dicom.Dataset, seen map[string]bool, q pacs.Query) (fresh int) {
	for _, ds := range page {
		key := ds.Str(dicom.StudyInstanceUID) + " " + ds.Str(dicom.SeriesInstanceUID) + " " + ds.Str(dicom.SOPInstanceUID)
		if seen[key] && key != "  " {
			continue
		}
		seen[key] = true
		fresh++
		if pacs.Matches(ds, q.Match) {
			*all = append(*all, ds)
		}
	}
	return fresh
}

// page is one answer. count includes entries that could not be read; more says
// that the server has not told all (206, or a Warning as of 10.6.3.1).
type page struct {
	list  []*dicom.Dataset
	count int
	more  bool
}

func (c *Client) page(ctx context.Context, op string, q pacs.Query, offset, size int) (page, error) {
	path, err := queryPath(q)
	if err != nil {
		return page{}, fmt.Errorf("%s: %w", op, err)
	}
	ask := func(escaped bool) (page, error) {
		url := c.base + "/" + path
		if query := queryString(q, offset, size, escaped); query != "" {
			url += "?" + query
		}
		l, err := c.datasets(ctx, request{op: op, method: http.MethodGet, accept: acceptJSON, url: url})
		return page{l.sets, len(l.sets) + l.bad, l.resp != nil && more(l.resp)}, err
	}
	return learn(c, special(q.Match), ask)
}

// learn asks in the style this server is known to take. A 400 to a query with
// special characters is asked again in the other style, which is kept if it is
// answered.
func learn[T any](c *Client, special bool, ask func(escaped bool) (T, error)) (T, error) {
	escaped := c.escape.Load()
	got, err := ask(escaped)
	var s *pacs.StatusError
	if !special || escaped || c.cfg.Quirks.Query != LearnQuery || !errors.As(err, &s) || s.Code != http.StatusBadRequest {
		return got, err
	}
	if again, err2 := ask(true); err2 == nil {
		c.escape.Store(true)
		return again, nil
	}
	return got, err
}

func more(resp *http.Response) bool {
	return resp.StatusCode == http.StatusPartialContent ||
		strings.Contains(strings.ToLower(resp.Header.Get("Warning")), "additional results")
}

func queryPath(q pacs.Query) (string, error) {
	below := map[pacs.Level]string{pacs.StudyLevel: "studies", pacs.SeriesLevel: "series", pacs.InstanceLevel: "instances"}[q.Level]
	if below == "" {
		return "", errors.New("no such query level")
	}
	if q.Study == "" || q.Level == pacs.StudyLevel {
		return below, nil
	}
	ref := pacs.Ref{Study: q.Study}
	if q.Level == pacs.InstanceLevel {
		ref.Series = q.Series
	}
	path, err := refPath(ref)
	return path + "/" + below, err
}

// narrowed is q.Match with the UIDs of q that its path does not hold.
func narrowed(q pacs.Query) map[dicom.Tag]string {
	keys := maps.Clone(q.Match)
	if keys == nil {
		keys = map[dicom.Tag]string{}
	}
	if q.Study != "" && q.Level == pacs.StudyLevel {
		keys[dicom.StudyInstanceUID] = string(q.Study)
	}
	if q.Series != "" && (q.Level == pacs.SeriesLevel || q.Level == pacs.InstanceLevel && q.Study == "") {
		keys[dicom.SeriesInstanceUID] = string(q.Series)
	}
	return keys
}

// queryString writes keys in tag order, so that equal queries are equal URLs.
func queryString(q pacs.Query, offset, size int, escaped bool) string {
	var b strings.Builder
	put := func(key, value string) {
		if b.Len() > 0 {
			b.WriteByte('&')
		}
		b.WriteString(key + "=" + value)
	}
	keys := narrowed(q)
	for _, t := range slices.Sorted(maps.Keys(keys)) {
		if v := keys[t]; v != "" {
			put(keyName(t), encodeValue(t.VR(), v, escaped))
		}
	}
	for _, t := range q.Include {
		put("includefield", t.Hex())
	}
	if size > 0 {
		put("limit", strconv.Itoa(size))
		put("offset", strconv.Itoa(offset))
	}
	return b.String()
}

// keyName is the keyword where there is one: servers know it as well as the
// tag, and a log read by a person is clearer.
func keyName(t dicom.Tag) string {
	if k := t.Keyword(); k != "" {
		return k
	}
	return t.Hex()
}
