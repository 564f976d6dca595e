package dicomweb

import (
	"context"
	"errors"
	"fmt"
	"image"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// Probe asks the server what the rows of Rows name, remembers it for this client's
// later requests and returns it. It sends GET and OPTIONS only: nothing is written.
// It looks at one study that the server names, and reads of its pixels no more than
// the heads of answers and one small picture; nothing of it is kept. An empty
// archive leaves the rows about objects unknown. Its about twenty requests run one
// after the other, so that no server mistakes them for an attack. The error is that
// of a server that cannot be asked at all, with what was found until then.
func (c *Client) Probe(ctx context.Context) (Found, error) {
	p := &probe{Client: c}
	var failed error
	for _, step := range []func(context.Context) error{p.study, p.paging, p.queryStyle, p.instance, p.stored, p.single, p.lists,
		p.gzipPixels, p.metadata, p.frames, p.rendered, p.workitems, p.capabilities, p.changeLog} {
		if failed = step(ctx); failed != nil {
			failed = fmt.Errorf("probe: %w", failed)
			break
		}
	}
	if failed == nil {
		c.found.mu.Lock()
		c.found.f.At = time.Now().UTC().Truncate(time.Second)
		c.found.mu.Unlock()
	}
	return c.Found(), failed
}

// probe is one probing; the UIDs are of the study looked at.
type probe struct {
	*Client
	of       pacs.Ref
	path     string // of the instance; empty: none with pixels
	hasStudy bool
}

// note writes down how a server answered a request for a service. An error that is
// no answer, or one that tells nothing about the service, ends the probing.
func (p *probe) note(row string, err error) error {
	var status *pacs.StatusError
	var other *pacs.NotArchiveError
	switch {
	case err == nil:
		p.found.set(row, yes)
	case errors.As(err, &status) && status.Reason() != pacs.Unauthorized && status.Reason() != pacs.Busy:
		p.found.set(row, "status "+strconv.Itoa(status.Code))
	case errors.As(err, &other), errors.Is(err, errPicture):
		p.found.set(row, no)
	default:
		return err
	}
	return nil
}

func answer(is bool) string {
	if is {
		return yes
	}
	return no
}

// list is the first entities of a search, as the server sends them: its URL's query
// is written by hand. A refusal is no entities.
func (p *probe) list(ctx context.Context, path string, query ...string) (all []*dicom.Dataset, err error) {
	const most = 64
	_, err = p.stream(ctx, request{op: "search", method: http.MethodGet, accept: acceptJSON,
		url: p.base + "/" + path + "?" + strings.Join(query, "&")}, func(ds *dicom.Dataset) error {
		if all = append(all, ds); len(all) == most {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) || errors.Is(err, pacs.ErrPartial) {
		err = nil
	}
	return all, err
}

// study finds a study to look at.
func (p *probe) study(ctx context.Context) error {
	all, err := p.list(ctx, "studies", "limit=1", "offset=0")
	if err != nil || len(all) == 0 {
		return err
	}
	p.of.Study = dicom.UID(all[0].Str(dicom.StudyInstanceUID))
	_, bad := segment(p.of.Study)
	p.hasStudy = bad == nil
	p.found.set(rowCounts, answer(all[0].Has(dicom.NumberOfStudyRelatedInstances)))
	if len(all) > 1 {
		p.found.set(rowPaging, no)
	}
	return nil
}

func (p *probe) paging(ctx context.Context) error {
	if p.found.get(rowPaging) == no || !p.hasStudy {
		return nil
	}
	next, err := p.list(ctx, "studies", "limit=1", "offset=1")
	if err != nil {
		return p.note(rowPaging, err)
	}
	if len(next) > 0 { // else there is only one study, which proves nothing
		p.found.set(rowPaging, yes)
		if dicom.UID(next[0].Str(dicom.StudyInstanceUID)) == p.of.Study {
			p.found.set(rowPaging, "limit only")
		}
	}
	return nil
}

// queryStyle asks for every name with a caret in both styles. Where both or none
// are answered there is nothing to choose.
func (p *probe) queryStyle(ctx context.Context) error {
	raw, err1 := p.list(ctx, "studies", "PatientName=*^*", "limit=1")
	escaped, err2 := p.list(ctx, "studies", "PatientName=*%5E*", "limit=1")
	for _, err := range []error{err1, err2} {
		if _, refused := pacs.ReasonOf(err); err != nil && !refused {
			return err
		}
	}
	switch {
	case len(raw) > 0 && len(escaped) == 0:
		p.found.set(rowQuery, "raw")
	case len(escaped) > 0 && len(raw) == 0:
		p.found.set(rowQuery, "escaped")
		if p.cfg.Quirks.Query == LearnQuery {
			p.escape.Store(true)
		}
	}
	return nil
}

// instance finds an image of the study.
func (p *probe) instance(ctx context.Context) error {
	if !p.hasStudy {
		return nil
	}
	all, err := p.list(ctx, "studies/"+string(p.of.Study)+"/instances", "limit=16", "offset=0", "includefield="+dicom.BitsStored.Hex(), "includefield="+dicom.Rows.Hex())
	if err != nil {
		_, refused := pacs.ReasonOf(err)
		if refused {
			return nil
		}
		return err
	}
	for _, ds := range all {
		if rows, _ := ds.Int(dicom.Rows); rows == 0 {
			continue
		}
		p.of.Series, p.of.Instance = dicom.UID(ds.Str(dicom.SeriesInstanceUID)), dicom.UID(ds.Str(dicom.SOPInstanceUID))
		if p.path, err = refPath(p.of); err != nil || p.of.Series == "" || p.of.Instance == "" {
			p.path = ""
			continue
		}
		p.found.set(rowInclude, answer(ds.Has(dicom.BitsStored)))
		return nil
	}
	return nil
}

// head asks for below of the instance and looks at no more than the answer's head.
func (p *probe) head(ctx context.Context, below, accept, encoding string) (http.Header, error) {
	resp, err := p.do(ctx, request{op: "look at an instance", method: http.MethodGet, url: p.base + "/" + p.path + below, accept: accept,
		pixels: true, encoding: encoding})
	if err != nil {
		if resp != nil {
			drain(resp)
		}
		return nil, err
	}
	defer resp.Body.Close()
	if mt := mediaTypeOf(resp.Header.Get("Content-Type")); mt == "text/html" || mt == "text/plain" {
		return nil, &pacs.NotArchiveError{Op: "look at an instance", Got: gotType(resp.Header)}
	}
	return resp.Header, nil
}

func (p *probe) stored(ctx context.Context) error {
	if p.path == "" {
		return nil
	}
	_, err := p.head(ctx, "", ask{syntaxes: []string{asStored}}.accept(), "")
	return p.note(rowStored, err)
}

func (p *probe) single(ctx context.Context) error {
	if p.path == "" {
		return nil
	}
	_, err := p.head(ctx, "", "application/dicom", "")
	return p.note(rowSingle, err)
}

// nobodys is a transfer syntax that no server has: a UID of ours for this use.
const nobodys = "2.25.151071713921938714286433121731327184467"

// lists puts what nobody can serve before and behind what the server can.
func (p *probe) lists(ctx context.Context) error {
	if p.path == "" || p.found.get(rowStored) != yes {
		return nil
	}
	var can [2]bool
	for i, order := range [2][]string{{nobodys, asStored}, {asStored, nobodys}} {
		_, err := p.head(ctx, "", ask{syntaxes: order}.accept(), "")
		if _, refused := pacs.ReasonOf(err); err != nil && !refused {
			return err
		}
		can[i] = err == nil
	}
	p.found.set(rowLists, map[[2]bool]string{{true, true}: yes, {false, true}: "first", {true, false}: "last", {false, false}: no}[can])
	return nil
}

func (p *probe) gzipPixels(ctx context.Context) error {
	if p.path == "" {
		return nil
	}
	h, err := p.head(ctx, "", ask{syntaxes: []string{p.servable()}}.accept(), "gzip")
	if err != nil {
		return p.note(rowGzipPixels, err)
	}
	p.found.set(rowGzipPixels, answer(h.Get("Content-Encoding") != ""))
	return nil
}

// servable is what the server sends for certain.
func (p *probe) servable() string {
	if p.found.get(rowStored) == yes {
		return asStored
	}
	return serverDefault
}

func (p *probe) metadata(ctx context.Context) error {
	if p.path == "" {
		return nil
	}
	h, err := p.head(ctx, "/metadata", acceptJSON, "gzip")
	if err == nil {
		p.found.set(rowGzipJSON, answer(h.Get("Content-Encoding") != ""))
	}
	return p.note(rowMetadata, err)
}

func (p *probe) frames(ctx context.Context) error {
	if p.path == "" {
		return nil
	}
	var err error
	for i, accept := range frameAsks {
		if _, err = p.head(ctx, "/frames/1", accept, ""); err == nil && i > 0 {
			p.found.set(rowFrames, rawFrames)
			return nil
		}
		if err == nil || !anotherSyntax(err) {
			break
		}
	}
	return p.note(rowFrames, err)
}

// probeSide is the side of the picture asked for.
const probeSide = 64

func (p *probe) rendered(ctx context.Context) error {
	if p.path == "" {
		return nil
	}
	p.found.set(rowRendered, "")
	small, err := p.Rendered(ctx, p.of, 0, probeSide)
	if err := p.note(rowRendered, err); err != nil || p.found.get(rowRendered) != yes {
		return err
	}
	if cfg, _, err := image.DecodeConfig(strings.NewReader(string(small.Bytes))); err == nil {
		p.found.set(rowViewport, answer(max(cfg.Width, cfg.Height) <= probeSide))
	}
	p.found.set(rowRenderedFrame, "")
	_, err = p.Rendered(ctx, p.of, 1, probeSide)
	if err == nil && p.found.get(rowRenderedFrame) == no {
		return nil // Rendered found out that the instance had to stand for it
	}
	return p.note(rowRenderedFrame, err)
}

func (p *probe) workitems(ctx context.Context) error {
	at := p.ups
	if at == "" {
		at = p.base
	}
	_, err := p.stream(ctx, request{op: "search workitems", method: http.MethodGet, accept: acceptJSON, url: at + "/workitems?limit=1&offset=0"},
		func(*dicom.Dataset) error { return errEnough })
	if errors.Is(err, errEnough) || errors.Is(err, pacs.ErrPartial) {
		err = nil
	}
	return p.note(rowUPS, err)
}

func (p *probe) capabilities(ctx context.Context) error {
	resp, err := p.do(ctx, request{op: "ask for capabilities", method: http.MethodOptions, url: p.base + "/", accept: acceptJSON + ", application/vnd.sun.wadl+xml"})
	if resp != nil {
		drain(resp)
	}
	return p.note(rowCapabilities, err)
}

func (p *probe) changeLog(ctx context.Context) error {
	root, ok := p.changesRoot()
	if !ok {
		return nil
	}
	_, err := p.changes(ctx, "look for a log of changes", root+"/changes?last")
	if errors.Is(err, errNoLog) {
		p.found.set(rowChanges, no)
		return nil
	}
	return p.note(rowChanges, err)
}
