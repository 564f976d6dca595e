package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report/paper"
	"github.com/spf13/cobra"
)

func reportPreviewCommand(env *environment) *cobra.Command {
	pdf := ""
	c := &cobra.Command{
		Use: "preview STUDY [--pdf FILE]", Short: "Show the draft as its referrer will see it", Args: exactly(1, "a STUDY"),
		Long: "Shows the words of the report's pages, marked as not signed. --pdf writes the pages to\n" +
			"FILE instead, and only there; a file that is there already is not overwritten.",
		RunE: func(c *cobra.Command, args []string) error {
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error { return h.preview(c.Context(), env, row, pdf) })
		},
	}
	c.Flags().StringVar(&pdf, "pdf", "", "write the pages to this file")
	return c
}

func (h *house) preview(ctx context.Context, env *environment, row feed.Row, file string) error {
	stored, ok, err := h.room.Ledger.Draft(ctx, row.StudyUID)
	switch {
	case err != nil:
		return err
	case !ok:
		return errors.New("there is no draft of this study: nocturne report draft writes one")
	case stored.SignedAs != "":
		return errors.New("this report is signed already: nocturne report show shows it")
	}
	d, _, err := h.room.Draft(ctx, row)
	if err != nil {
		return err
	}
	if file != "" {
		if err := h.room.MayTakeOut(ctx, row, policy.Reports); err != nil {
			return err
		}
	}
	rel := d.Preview(h.room.Facts(ctx, row, h.facts(ctx, row)), time.Local)
	text := paper.Text(rel)
	if file != "" {
		if err := h.room.Exported(ctx, row, file, "draft as PDF"); err != nil {
			return err
		}
		return previewPDF(env, file, func() ([]byte, error) { return paper.PDF(rel) })
	}
	if env.JSON {
		return env.printJSON(map[string]any{"study_instance_uid": row.StudyUID, "accession_number": row.Accession, "kind": rel.Kind, "signed": false, "text": text})
	}
	fmt.Fprint(env.Out, text)
	return nil
}

func previewPDF(env *environment, file string, pages func() ([]byte, error)) error {
	b, err := pages()
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: name another file", file)
	}
	if err != nil {
		return fmt.Errorf("write preview: %w", err)
	}
	_, err = f.Write(b)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("write preview: %w", err), os.Remove(file))
	}
	if env.JSON {
		return env.printJSON(map[string]any{"path": file, "signed": false})
	}
	fmt.Fprintln(env.Out, file)
	return nil
}
