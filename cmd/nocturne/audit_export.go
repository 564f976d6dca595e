package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/spf13/cobra"
)

func auditExportCommand(env *environment) *cobra.Command {
	frames := false
	c := &cobra.Command{Use: "export FILE|-", Short: "Write the messages for another program",
		Long: "Writes the audit messages (XML of PS3.15 A.5.1), one a line, in the order of the log; --rfc5424 as\n" +
			"the syslog messages that are sent, tree heads among them. A file that is there already is not\n" +
			"overwritten. Records whose key was erased are left out.",
		Args: exactly(1, "a FILE, or - for standard output"),
		RunE: func(c *cobra.Command, args []string) error {
			return env.withAudit(c.Context(), "audit export", func(h *house) error {
				return env.exportAudit(c.Context(), h, args[0], frames)
			})
		}}
	c.Flags().BoolVar(&frames, "rfc5424", false, "as syslog messages")
	return c
}

func (env *environment) exportAudit(ctx context.Context, h *house, file string, frames bool) error {
	e := audit.Exported(audit.Medium{Type: audit.URI, Label: file}, "audit log")
	e.Objects = audit.ViewedAudit("").Objects
	if err := h.room.Record(ctx, e); err != nil {
		return err
	}
	if file == "-" {
		return writeAudit(ctx, env.Out, h, frames)
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: name another file", file)
	}
	if err != nil {
		return fmt.Errorf("export audit log: %w", err)
	}
	return errors.Join(writeAudit(ctx, f, h, frames), f.Close())
}

func writeAudit(ctx context.Context, w io.Writer, h *house, frames bool) error {
	line := func(b []byte) error {
		_, err := w.Write(append(b, '\n'))
		return err
	}
	form := h.syslogForm()
	err := h.audit.Entries(ctx, audit.Cursor{}, func(of []audit.Entry, head audit.Head, _ audit.Cursor) error {
		for _, n := range of {
			b := n.XML
			if b == nil {
				continue
			}
			if frames {
				e, err := n.Event()
				if err != nil {
					return err
				}
				b = form.Message(e.At, n.N, n.XML)
			}
			if err := line(b); err != nil {
				return err
			}
		}
		if frames {
			return line(form.Head(head))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("export audit log: %w", err)
	}
	_, err = h.audit.Verify(ctx)
	return err
}
