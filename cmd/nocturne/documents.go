package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/notice"
	"github.com/nocturne/nocturne/ui/pdf"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
)

// documentRow is what `documents --json` prints for a file. Foreign text is cleaned.
type documentRow struct {
	Path        string `json:"path"`
	Kind        string `json:"kind"` // SR, KO, PDF, CDA, ECG or the media type
	Title       string `json:"title"`
	Date        string `json:"date,omitempty"`
	Institution string `json:"institution,omitempty"`
	Pages       int    `json:"pages,omitempty"`
	Bytes       int    `json:"bytes,omitempty"` // of a PDF
	Text        string `json:"text"`
	Note        string `json:"note,omitempty"` // why there is no text; what contradicts itself
}

func documentsCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "documents PATH…", Short: "Show structured reports, PDFs and clinical documents as text",
		Long: "Prints kind, title and text of each structured report and encapsulated document (PDF, CDA), or each in a folder;\n" +
			"of an ECG what its recorder states, its leads and their range.\n" +
			"The text of a PDF is read by pdftotext, through a pipe; without it the note says what to install. Other objects\n" +
			"are refused. Exits 1, after all files, when any failed.",
		Args: atLeast(1, "a file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			read := func(path string) (documentRow, error) { return readDocument(c.Context(), path) }
			return eachFile(c.Context(), env, args, read, func(r documentRow) { fmt.Fprint(env.Out, r.page()) })
		},
	}
}

// readDocument fails on what is no document and on a broken one; a PDF that only
// lacks a program is a document without text.
func readDocument(ctx context.Context, path string) (documentRow, error) {
	o, err := reading.OpenDocument(ctx, viewer.Object{Path: path})
	var missing *pdf.MissingError
	if errors.As(err, &missing) {
		o.Note, err = strings.TrimPrefix(o.Note+"; "+notice.Of(err).Line(), "; "), nil
	}
	if err != nil {
		return documentRow{}, err
	}
	return documentRow{Path: path, Kind: oneLine(o.Kind), Title: oneLine(o.Title), Date: o.Date, Institution: oneLine(o.Institution),
		Pages: o.Pages, Bytes: len(o.PDF), Text: o.Text, Note: oneLine(o.Note)}, nil
}

// page is the document for a reader.
func (r documentRow) page() string {
	head := []string{dicom.Clean(r.Path), r.Kind, r.Title, r.Date, r.Institution}
	if r.Pages > 1 {
		head = append(head, fmt.Sprintf("%d pages", r.Pages))
	}
	out := strings.Join(withoutEmpty(head), " · ") + "\n"
	if r.Note != "" {
		out += "  note: " + r.Note + "\n"
	}
	for l := range strings.SplitSeq(strings.TrimRight(r.Text, "\n"), "\n") {
		out += strings.TrimRight("  "+l, " ") + "\n"
	}
	return out + "\n"
}
