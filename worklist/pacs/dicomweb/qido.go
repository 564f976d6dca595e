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

// Search asks page by page until the server has no more (PS3.18 10.6), and hands
// each entity on as soon as it was read: what is held is one entity, the JSON
// decoder's buffer and the fingerprints of what came (see fingerprints). Entities
// that came twice are handed on once; what does not match although the server sent
// it is left out. With pacs.ErrPartial what came is usable but short.
func (c *Client) Search(ctx context.Context, q pacs.Query, each func(*dicom.Dataset) error) error {
	s := &search{c: c, q: q, each: each}
	size := c.cfg.Quirks.PageSize
	if q.Limit > 0 {
		size = min(size, q.Limit)
	}
	for offset := 0; ; {
		fresh := s.fresh
		pg, err := s.page(ctx, offset, size)
		if err != nil {
			return s.end(err)
		}
		offset += pg.count
		switch {
		case pg.count == 0, pg.count != size && !pg.more:
			return s.end(nil)
		case s.fresh == fresh:
			return s.unpaged(ctx)
		}
	}
}

// search is one search under way.
type search struct {
	c       *Client
	q       pacs.Query
	each    func(*dicom.Dataset) error
	seen    fingerprints
	fresh   int   // entities that had not come before
	told    int   // handed on
	partial error // entries that could not be read; the others go on
	stop    error // what each said
}

// errEnough ends the reading of a page: the limit is reached, or each said no.
var errEnough = errors.New("enough")

func (s *search) page(ctx context.Context, offset, size int) (page, error) {
	pg, err := s.c.page(ctx, "search", s.q, offset, size, s.entity)
	if errors.Is(err, pacs.ErrPartial) {
		s.partial, err = err, nil
	}
	return pg, err
}

// entity takes one entity of a page.
func (s *search) entity(ds *dicom.Dataset) error {
	if !s.seen.add(ds) {
		return nil
	}
	s.fresh++
	if !pacs.Matches(ds, s.q.Match) {
		return nil
	}
	if s.q.Level == pacs.InstanceLevel {
		s.c.kept.described(s.q.Study, ds)
	}
	if s.stop = s.each(ds); s.stop != nil {
		return errEnough
	}
	if s.told++; s.q.Limit > 0 && s.told == s.q.Limit {
		return errEnough
	}
	return nil
}

// end is what the whole search says.
func (s *search) end(err error) error {
	switch {
	case s.stop != nil:
		return s.stop
	case err != nil && !errors.Is(err, errEnough):
		return err
	}
	return s.partial
}

// unpaged asks for everything at once: the server gave the same page again, so
// it does not know offset, and more than a page may match.
func (s *search) unpaged(ctx context.Context) error {
	pg, err := s.page(ctx, 0, 0)
	if err == nil && pg.more {
		err = fmt.Errorf("search: %w", pacs.ErrPartial)
	}
	return s.end(err)
}

// page is one answer. count includes entries that could not be read; more says
// that the server has not told all (206, or a Warning as of 10.6.3.1).
type page struct {
	count int
	more  bool
}

// page asks for size entities after the first offset ones, 0 for all, and hands
// each on as it is read.
func (c *Client) page(ctx context.Context, op string, q pacs.Query, offset, size int, each func(*dicom.Dataset) error) (page, error) {
	path, err := queryPath(q)
	if err != nil {
		return page{}, fmt.Errorf("%s: %w", op, err)
	}
	ask := func(escaped bool) (page, error) {
		url := c.base + "/" + path
		if query := queryString(q, offset, size, escaped); query != "" {
			url += "?" + query
		}
		// A search for one is short, and pixels are what is asked for next: it opens the
		// connection that they will come by.
		l, err := c.stream(ctx, request{op: op, method: http.MethodGet, accept: acceptJSON, url: url, pixels: q.Limit == 1}, each)
		return page{l.good + l.bad, l.resp != nil && more(l.resp)}, err
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
		c.found.set(rowQuery, "escaped")
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
