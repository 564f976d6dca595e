package main

import (
	"context"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/feed"
)

// rowOrLocal is the case as its site lists it, else as the cache holds it: a
// report can be written and signed while the archive is away.
func (h *house) rowOrLocal(ctx context.Context, study string) (feed.Row, error) {
	row, err := h.row(ctx, study)
	if err == nil {
		return row, nil
	}
	if local, ok := h.local(ctx, study); ok {
		return local, nil
	}
	return feed.Row{}, err
}

func (h *house) onlySite() string {
	for name := range h.room.Sites {
		return name
	}
	return ""
}

// facts gathers what a report of the row is checked against, its priors searched.
func (h *house) facts(ctx context.Context, row feed.Row) reading.Context {
	c := reading.Context{Assumed: h.assumed, Linked: h.linkedRows(ctx, row), Priors: h.room.FindPriors(ctx, row)}
	seen, err := h.room.Ledger.SeenFrames(ctx, row.StudyUID)
	if err == nil {
		c.Unseen = max(0, h.frames(row.StudyUID)-len(seen))
	}
	return c
}

// frames counts the image frames held of a study.
func (h *house) frames(study string) int {
	n := 0
	for _, o := range h.room.Objects(study) {
		file, err := o.Header()
		if err == nil && dicom.IsImageSOPClass(dicom.UID(file.Dataset.Str(dicom.SOPClassUID))) {
			n += dicom.Frames(file)
		}
	}
	return n
}

// sectionText reads SECTION=TEXT, SECTION=@FILE or SECTION=@-.
func splitSet(set string) (section, text string, err error) {
	section, text, ok := strings.Cut(set, "=")
	if !ok {
		return "", "", usagef("--set takes SECTION=TEXT")
	}
	return strings.ToLower(strings.TrimSpace(section)), text, nil
}
