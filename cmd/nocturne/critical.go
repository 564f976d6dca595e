package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
	"github.com/spf13/cobra"
)

// ContactConfig is the card of somebody who is told critical results.
type ContactConfig struct {
	Name  string `toml:"name" doc:"who is called"`
	Role  string `toml:"role" doc:"ED physician; a role with the word supervisor is called last of all"`
	Phone string `toml:"phone" doc:"telephone number"`
	Hours string `toml:"hours" doc:"when on duty: 22-06, Mon-Fri 08:00-17:30; empty: always"`
	Next  string `toml:"next" doc:"name of who is called when this one is not reached"`
	Site  string `toml:"site" doc:"name of the site it is for; empty: all"`
}

// cards are the configured contacts.
func (c Config) cards() (out []critical.Contact) {
	for _, card := range c.Contacts {
		out = append(out, critical.Contact(card))
	}
	return out
}

// checkContacts refuses cards that could not be called, or whose hours nobody can read.
func (c Config) checkContacts() error {
	for i, card := range c.Contacts {
		if card.Name == "" {
			return fmt.Errorf("config.toml: contact %d needs a name", i+1)
		}
		if _, err := critical.ParseHours(card.Hours); err != nil {
			return fmt.Errorf("config.toml: hours of contact %d: %w", i+1, err)
		}
	}
	return nil
}

func (p PolicyConfig) deadlines() critical.Deadlines {
	return critical.Deadlines{critical.Minutes: time.Duration(p.Critical1Minutes) * time.Minute,
		critical.Hours: time.Duration(p.Critical2Minutes) * time.Minute, critical.Days: time.Duration(p.Critical3Minutes) * time.Minute}
}

func criticalCommand(env *environment) *cobra.Command {
	c := &cobra.Command{Use: "critical", Short: "Record, list and close critical results", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			return usagef("expected: critical add, list, attempt, ack or close")
		}}
	c.AddCommand(criticalAddCommand(env), criticalListCommand(env), criticalAttemptCommand(env), criticalAckCommand(env), criticalCloseCommand(env))
	return c
}

// criticalAnswer is a result as --json prints it.
type criticalAnswer struct {
	critical.Result
	State   critical.State `json:"state"`
	Code    string         `json:"code"` // RadLex
	Overdue bool           `json:"overdue"`
	Text    string         `json:"text"`
}

func answerOf(r critical.Result, now time.Time) criticalAnswer {
	return criticalAnswer{r, r.State(), critical.Category(r.Category).Code().Value, r.Level(now) == critical.Red, r.Text(time.Local)}
}

func (env *environment) sayCritical(r critical.Result) error {
	if env.JSON {
		return env.printJSON(answerOf(r, time.Now()))
	}
	_, err := fmt.Fprintf(env.Out, "%s  acc %s  %s  %s  %s\n", r.ID, r.Accession, r.State(), r.Line(time.Now()), dicom.Clean(r.Finding))
	return err
}

func criticalAddCommand(env *environment) *cobra.Command {
	finding, category := "", 1
	c := &cobra.Command{
		Use: "add STUDY --finding TEXT --category 1|2|3", Short: "Record a critical result that somebody must be told", Args: exactly(1, "a STUDY"),
		RunE: func(c *cobra.Command, args []string) error {
			if strings.TrimSpace(finding) == "" || !critical.Category(category).Valid() {
				return usagef("critical add needs --finding TEXT and --category 1, 2 or 3")
			}
			return env.withCase(c.Context(), args[0], func(h *house, row feed.Row) error {
				if err := h.room.Permitted(c.Context(), row, policy.Critical); err != nil {
					return err
				}
				r := h.room.NewCritical(row, finding)
				r.Communication = critical.New(r.ID, finding, critical.Category(category), h.room.Deadlines, r.By, time.Now()).Communication
				if err := h.room.PutCritical(c.Context(), r); err != nil {
					return err
				}
				return env.sayCritical(r)
			})
		},
	}
	c.Flags().StringVar(&finding, "finding", "", "what was found")
	c.Flags().IntVar(&category, "category", 1, "ACR category: 1 minutes, 2 hours, 3 days")
	return c
}

func criticalListCommand(env *environment) *cobra.Command {
	all := false
	c := &cobra.Command{
		Use: "list [STUDY]", Short: "List the open critical results of this home, or all of a study's",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("expected at most a STUDY")
			}
			return env.listCriticals(c.Context(), strings.Join(args, ""), all)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "closed ones, too")
	return c
}

// listCriticals asks no site: a study is known by the results there are of it.
func (env *environment) listCriticals(ctx context.Context, study string, all bool) error {
	h, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	rs, err := h.room.Criticals(ctx, "")
	if err != nil {
		return err
	}
	rs = slices.DeleteFunc(rs, func(r critical.Result) bool {
		return study == "" && !all && !r.Open() || study != "" && r.StudyUID != study && r.Accession != study
	})
	critical.Sort(rs)
	answers := []criticalAnswer{}
	for _, r := range rs {
		if answers = append(answers, answerOf(r, time.Now())); !env.JSON {
			if err := env.sayCritical(r); err != nil {
				return err
			}
		}
	}
	if env.JSON {
		return env.printJSON(answers)
	}
	return nil
}

// withCritical finds a study's critical result, changes it and puts it on disk.
func (env *environment) withCritical(ctx context.Context, study, id string, change func(h *house, row feed.Row, r *critical.Result) error) error {
	return env.withCase(ctx, study, func(h *house, row feed.Row) error {
		r, err := h.room.CriticalOf(ctx, row.StudyUID, id)
		if err != nil {
			return err
		}
		if err := change(h, row, &r); err != nil {
			return err
		}
		if err := h.room.PutCritical(ctx, r); err != nil {
			return err
		}
		return env.sayCritical(r)
	})
}

func criticalAttemptCommand(env *environment) *cobra.Command {
	var a report.Attempt
	id, read := "", false
	c := &cobra.Command{
		Use: "attempt STUDY --result RESULT [--to NAME]", Short: "Record an attempt to tell a critical result", Args: exactly(1, "a STUDY"),
		Long: "RESULT is reached, no-answer, left-message or message-sent. Without --to it is the\n" +
			"contact that is to be called now.",
		RunE: func(c *cobra.Command, args []string) error {
			a.Result = strings.ReplaceAll(a.Result, "-", " ")
			if !slices.Contains(critical.Outcomes(), a.Result) {
				return usagef("critical attempt needs --result reached, no-answer, left-message or message-sent")
			}
			return env.withCritical(c.Context(), args[0], id, func(_ *house, _ feed.Row, r *critical.Result) error {
				now := time.Now()
				if i := r.Next(now); a.To == "" && i < len(r.Ladder) {
					a.To, a.Role, a.Phone = r.Ladder[i].Name, r.Ladder[i].Role, r.Ladder[i].Phone
					if err := r.Choose(i, now); err != nil {
						return err
					}
				}
				a.At = now
				if err := r.Try(a); err != nil || !read {
					return err
				}
				return r.Confirm(true)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&a.Result, "result", "", "reached, no-answer, left-message or message-sent")
	f.StringVar(&a.To, "to", "", "who was called")
	f.StringVar(&a.Role, "role", "", "what they are: ED physician")
	f.StringVar(&a.Phone, "phone", "", "number called")
	f.StringVar(&a.Method, "method", "", "phone, in person or secure message")
	f.BoolVar(&read, "read-back", false, "it was read back")
	f.StringVar(&id, "id", "", "which result, where a study has several open")
	return c
}

func criticalAckCommand(env *environment) *cobra.Command {
	id, read := "", false
	c := &cobra.Command{
		Use: "ack STUDY", Short: "The one who was told takes it on: the report says so", Args: exactly(1, "a STUDY"),
		Long: "Writes who was told, when and how into the report's section on critical results (into\n" +
			"an addendum when it is signed) and closes the result.",
		RunE: func(c *cobra.Command, args []string) error {
			return env.withCritical(c.Context(), args[0], id, func(h *house, row feed.Row, r *critical.Result) error {
				if r.State() != critical.Acknowledged {
					if read {
						if err := r.Confirm(true); err != nil {
							return err
						}
					}
					if err := r.Acknowledge(time.Now()); err != nil {
						return err
					}
				}
				if err := h.room.PutCritical(c.Context(), *r); err != nil {
					return err
				}
				return h.intoReport(c.Context(), row, r)
			})
		},
	}
	c.Flags().BoolVar(&read, "read-back", false, "it was read back")
	c.Flags().StringVar(&id, "id", "", "which result, where a study has several open")
	return c
}

// intoReport writes the result into the report, unless another program is writing it.
func (h *house) intoReport(ctx context.Context, row feed.Row, r *critical.Result) error {
	right, busy, err := h.room.Write(ctx, row.StudyUID)
	if err != nil {
		return err
	}
	if busy != "" {
		return fmt.Errorf("acknowledged and kept; the report is open elsewhere, so it does not say it yet: %s", busy)
	}
	defer right.Stop()
	done, err := h.room.ReportCritical(ctx, row, *r)
	if err == nil {
		*r = done
	}
	return err
}

func criticalCloseCommand(env *environment) *cobra.Command {
	id, reason := "", ""
	c := &cobra.Command{
		Use: "close STUDY --reason TEXT", Short: "Close a critical result that nobody acknowledged", Args: exactly(1, "a STUDY"),
		Long: "Keeps the reason with the result. The report says nothing of it.",
		RunE: func(c *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usagef("critical close needs --reason TEXT")
			}
			return env.withCritical(c.Context(), args[0], id, func(_ *house, _ feed.Row, r *critical.Result) error {
				return r.Close(reason, time.Now())
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why: entered in error, told by the surgeon")
	c.Flags().StringVar(&id, "id", "", "which result, where a study has several open")
	return c
}
