package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/worklist/syslog"
	"github.com/nocturne/nocturne/worklist/transit"
	"github.com/spf13/cobra"
)

// syslogForm is how this program heads its syslog messages: as it stands in the events.
func (h *house) syslogForm() syslog.Form {
	w := h.config.whose()
	return syslog.Form{Host: w.Host, App: w.Application, Process: w.Process}
}

func (h *house) forwarder(c AuditConfig) *syslog.Forwarder {
	return &syslog.Forwarder{Log: h.audit, Position: h.audit.Place(c.Address), Form: h.syslogForm(), Address: c.Address, Identity: c.identity()}
}

// forward sends the audit log to its receivers until ctx ends, one program of the home
// to each. What fails is said once until it is otherwise.
func (h *house) forward(ctx context.Context) {
	var all sync.WaitGroup
	defer all.Wait()
	for _, c := range h.config.Audit {
		all.Go(func() {
			give, ok := h.takeTurn(ctx, c)
			if !ok {
				return
			}
			defer give()
			f, said := h.forwarder(c), ""
			f.Changed = func(err error) { said = h.sayOnce(ctx, c, said, err) }
			f.Run(ctx)
		})
	}
}

// takeTurn waits until no other program of the home sends to the receiver.
func (h *house) takeTurn(ctx context.Context, c AuditConfig) (give func(), ok bool) {
	for {
		give, err := h.audit.Place(c.Address).Take()
		if err == nil {
			return give, true
		}
		if !errors.Is(err, audit.ErrTaken) {
			h.fail(err)
			return nil, false
		}
		select {
		case <-ctx.Done():
			return nil, false
		case <-time.After(10 * time.Second):
		}
	}
}

// sayOnce tells the reader of a trouble that is new, and records one of TLS.
func (h *house) sayOnce(ctx context.Context, c AuditConfig, said string, err error) string {
	if err == nil {
		return ""
	}
	if err.Error() == said {
		return said
	}
	h.fail(fmt.Errorf("the audit log waits for its receiver: %w", err))
	if why := transit.Sentence(err); why != "" {
		h.room.Record(ctx, audit.TLSFailed(audit.Node{Name: "audit receiver", Address: c.Address}, why))
	}
	return err.Error()
}

// auditSent is a line of `audit send`.
type auditSent struct {
	Address string `json:"address"`
	Waiting int64  `json:"waiting"`
	Error   string `json:"error,omitempty"`
}

func auditSendCommand(env *environment) *cobra.Command {
	return &cobra.Command{Use: "send", Short: "Send what waits to the receivers now", Args: noArgs,
		Long: "The program sends the log on while it runs; this sends what waits without it. A receiver may get\n" +
			"a record twice after a connection that broke: both carry the same sequenceId.",
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := env.open(c.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			if len(h.config.Audit) == 0 {
				return errors.New("no receiver is configured: [[audit]] in config.toml (nocturne config reference)")
			}
			return h.sendAudit(c.Context(), env)
		}}
}

func (h *house) sendAudit(ctx context.Context, env *environment) error {
	out, failed := []auditSent{}, false
	for _, c := range h.config.Audit {
		row := auditSent{Address: c.Address}
		f := h.forwarder(c)
		give, err := h.audit.Place(c.Address).Take()
		if err == nil {
			err = f.Flush(ctx)
			give()
		}
		waiting, werr := f.Waiting(ctx)
		if err = errors.Join(err, werr); err != nil {
			row.Error, failed = sentence(err), true
		}
		row.Waiting = waiting
		out = append(out, row)
		if !env.JSON {
			fmt.Fprintf(env.Out, "%s  %d waiting  %s\n", row.Address, row.Waiting, row.Error)
		}
	}
	return env.finish(out, failed)
}

// auditCheck holds the whole log against its heads.
func auditCheck(ctx context.Context, h *house) check {
	v, err := h.audit.Verify(ctx)
	switch {
	case err != nil:
		found := tampered(err)
		if len(found) == 0 {
			return check{"audit log", "fail", err.Error()}
		}
		return check{"audit log", "fail", found[0].Says + ": nocturne audit verify"}
	case len(h.config.Audit) == 0:
		return check{"audit log", "warn", fmt.Sprintf("%d records, verified; sent nowhere: who takes this machine takes it too ([[audit]] in config.toml)", v.Records)}
	}
	return check{"audit log", "ok", fmt.Sprintf("%d records, verified", v.Records)}
}

// forwardChecks shake hands with the receivers and count what they have not confirmed.
func forwardChecks(ctx context.Context, h *house) (out []check) {
	for _, c := range h.config.Audit {
		f := h.forwarder(c)
		line := check{"audit receiver", "ok", c.Address}
		waiting, err := f.Waiting(ctx)
		if err == nil {
			err = f.Probe(ctx)
		}
		if waiting > 0 {
			line.Level, line.Detail = "warn", fmt.Sprintf("%s: %d records wait", c.Address, waiting)
		}
		if err != nil {
			line.Level, line.Detail = "fail", fmt.Sprintf("%s: %s; %d records wait", c.Address, sentence(err), waiting)
		}
		out = append(out, line)
	}
	return out
}
