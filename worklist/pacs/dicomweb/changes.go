package dicomweb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// A log of changes beside the DICOMweb root, as Orthanc keeps one: no standard's, but
// found by asking for it, whatever the server is called.
//
//	GET {root}/changes?last            {"Changes":[…],"Done":true,"Last":n}
//	GET {root}/changes?since=n&limit=m those after n, oldest first
//	GET {root}/studies/{id}            {"MainDicomTags":{"StudyInstanceUID":…}}
//
// Names in the log are the server's own; what they mean is asked for.

// changeEvery is how long the log is left alone between two looks.
const changeEvery = 800 * time.Millisecond

// Bounds on one look.
const (
	changePage    = 100
	maxChanges    = 1 << 20 // bytes of an answer
	maxResolved   = 8       // names asked for a page; beyond it the zero Change says it all
	rememberNames = 1000
)

type changeLog struct {
	Changes []changeEntry
	Done    *bool
	Last    *int64
}

type changeEntry struct{ ChangeType, ID, ResourceType string }

// changesRoot is the address beside the DICOMweb root: its last segment is taken off.
func (c *Client) changesRoot() (string, bool) {
	i := strings.LastIndexByte(c.base, '/')
	if i < 0 || strings.HasSuffix(c.base[:i], ":/") {
		return "", false
	}
	return c.base[:i], true
}

// watchChanges follows the log of changes. Its end is asked for first: what comes
// later has a higher number, and what came before is in whatever is searched next.
func (c *Client) watchChanges(ctx context.Context, changed func(pacs.Change)) error {
	const op = "watch the archive"
	root, ok := c.changesRoot()
	if !ok {
		return fmt.Errorf("%s: %w", op, pacs.ErrNoWatch)
	}
	head, err := c.changes(ctx, op, root+"/changes?last")
	if err != nil {
		var other *pacs.NotArchiveError
		if errors.As(err, &other) || errors.Is(err, errNoLog) {
			err = fmt.Errorf("%s: %w", op, pacs.ErrNoWatch)
		}
		return noWatch(op, err)
	}
	f := follower{c: c, op: op, root: root, since: *head.Last, names: map[string]dicom.UID{}}
	c.hears.Store("changes")
	changed(pacs.Change{})
	for {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", op, ctx.Err())
		case <-time.After(changeEvery + rand.N(changeEvery/4)):
		}
		if err := f.look(ctx, changed); err != nil {
			return err
		}
	}
}

// follower is owned by the goroutine that watches.
type follower struct {
	c        *Client
	op, root string
	since    int64
	names    map[string]dicom.UID // what the server's names of studies mean
}

// look reads the log to its end.
func (f *follower) look(ctx context.Context, changed func(pacs.Change)) error {
	for {
		l, err := f.c.changes(ctx, f.op, fmt.Sprintf("%s/changes?since=%d&limit=%d", f.root, f.since, changePage))
		if err != nil {
			return err
		}
		if *l.Last < f.since { // the log began anew
			f.since = *l.Last
			changed(pacs.Change{})
			return nil
		}
		moved := *l.Last > f.since
		f.since = *l.Last
		for _, change := range f.read(ctx, l.Changes) {
			changed(change)
		}
		if *l.Done || !moved {
			return nil
		}
	}
}

// read tells which studies a page of the log is about, each once; those that are
// named themselves before those of which only a part is. Where that cannot be told, or
// would take too many questions, the zero Change stands for the rest.
func (f *follower) read(ctx context.Context, page []changeEntry) (out []pacs.Change) {
	asked, seen := 0, map[dicom.UID]bool{}
	for _, level := range []string{"Study", "Series", "Instance", "ed"} {
		for _, e := range page {
			path, matters := studyPath(e)
			if !matters || !strings.HasSuffix(e.ChangeType, level) {
				continue
			}
			uid, known := f.names[path]
			if !known && asked < maxResolved {
				asked++
				uid = f.resolve(ctx, path)
			}
			if !seen[uid] {
				seen[uid] = true
				out = append(out, pacs.Change{Study: uid})
			}
		}
	}
	return out
}

// studyPath is where an entry's study can be asked for, "" where nowhere. Changes that
// touch no image that a reader could want matter not.
func studyPath(e changeEntry) (path string, matters bool) {
	switch e.ChangeType {
	case "NewStudy", "StableStudy":
		path = "/studies/" + e.ID
	case "NewSeries", "StableSeries":
		path = "/series/" + e.ID + "/study"
	case "NewInstance":
		path = "/instances/" + e.ID + "/study"
	case "Deleted":
		return "", true
	default:
		return "", false
	}
	if e.ID == "" || strings.Trim(e.ID, "0123456789abcdefABCDEF-") != "" {
		return "", true // no name that can stand in a path
	}
	return path, true
}

// resolve asks which study it is; "" when nobody can say.
func (f *follower) resolve(ctx context.Context, path string) dicom.UID {
	if path == "" {
		return ""
	}
	var study struct {
		MainDicomTags struct{ StudyInstanceUID string }
	}
	if f.c.object(ctx, f.op, f.root+path, &study) != nil {
		return ""
	}
	uid := dicom.UID(study.MainDicomTags.StudyInstanceUID)
	if _, err := segment(uid); err != nil {
		return ""
	}
	if len(f.names) >= rememberNames {
		clear(f.names)
	}
	f.names[path] = uid
	return uid
}

// errNoLog: JSON, and not a log of changes.
var errNoLog = errors.New("the answer is no log of changes")

func (c *Client) changes(ctx context.Context, op, address string) (changeLog, error) {
	var l changeLog
	if err := c.object(ctx, op, address, &l); err != nil {
		return l, err
	}
	if l.Done == nil || l.Last == nil || *l.Last < 0 {
		return l, fmt.Errorf("%s: %w", op, errNoLog)
	}
	return l, nil
}

// object reads one JSON object of bounded size.
func (c *Client) object(ctx context.Context, op, address string, into any) error {
	resp, err := c.do(ctx, request{op: op, method: http.MethodGet, url: address, accept: "application/json"})
	if err != nil {
		if resp != nil {
			drain(resp)
		}
		return err
	}
	defer drain(resp)
	if !isJSON(resp.Header) {
		return &pacs.NotArchiveError{Op: op, Got: gotType(resp.Header)}
	}
	b, err := io.ReadAll(&bounded{resp.Body, maxChanges})
	if err != nil {
		return fmt.Errorf("%s: %w", op, jsonError(err))
	}
	if json.Unmarshal(b, into) != nil {
		return fmt.Errorf("%s: %w", op, errNoLog)
	}
	return nil
}
