package main

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/calc"
)

// calcCommand applies a published rule to numbers and features; it needs no home.
func calcCommand(env *environment) *cobra.Command {
	var sets []string
	var on string
	c := &cobra.Command{
		Use: "calc list | calc RULE [--set FIELD=VALUE …]", Short: "Apply a published rule: Fleischner, Lung-RADS, LI-RADS, TI-RADS, RECIST and others",
		Long: "`nocturne calc list` lists the rules with their versions, `nocturne calc RULE` without --set the\n" +
			"fields of one with units and choices. The result names category, recommendation, the\n" +
			"dates of follow-up counted from --on, and the inputs that led to it. What is out of\n" +
			"range or contradicts itself is refused with a sentence (exit 1). Decision support only.",
		Args: exactly(1, "list, or the name of a rule"),
		RunE: func(_ *cobra.Command, args []string) error {
			if args[0] == "list" {
				return env.listRules()
			}
			rule, ok := calc.Find(args[0])
			if !ok {
				return usagef("no rule %q: nocturne calc list names them", args[0])
			}
			if len(sets) == 0 {
				return env.listFields(rule)
			}
			return env.calculate(rule, sets, on)
		},
	}
	c.Flags().StringArrayVar(&sets, "set", nil, "FIELD=VALUE")
	c.Flags().StringVar(&on, "on", "", "date of the study, 2026-11-22 (default: today)")
	return c
}

type ruleRow struct {
	ID     string     `json:"id"`
	Title  string     `json:"title"`
	Rule   string     `json:"rule"`
	Fields []fieldRow `json:"fields"`
}

type fieldRow struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Kind     string   `json:"kind"`
	Unit     string   `json:"unit,omitempty"`
	Min      *float64 `json:"min,omitempty"` // of a number
	Max      *float64 `json:"max,omitempty"`
	Words    []string `json:"words,omitempty"`
	Required bool     `json:"required"`
	Default  string   `json:"default,omitempty"`
}

func ruleOf(c calc.Calculator) ruleRow {
	r := ruleRow{ID: c.ID, Title: c.Title, Rule: c.Version}
	for _, f := range c.Fields {
		row := fieldRow{Name: f.Name, Title: f.Title, Kind: string(f.Kind), Unit: f.Unit, Words: f.Words(), Required: f.Required, Default: f.Default}
		if f.Kind == calc.Number {
			row.Min, row.Max = &f.Min, &f.Max
		}
		r.Fields = append(r.Fields, row)
	}
	return r
}

func (env *environment) listRules() error {
	var rows []ruleRow
	for _, c := range calc.All() {
		rows = append(rows, ruleOf(c))
	}
	if env.JSON {
		return env.printJSON(rows)
	}
	w := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.ID, r.Rule, r.Title)
	}
	return w.Flush()
}

func (env *environment) listFields(c calc.Calculator) error {
	r := ruleOf(c)
	if env.JSON {
		return env.printJSON(r)
	}
	fmt.Fprintf(env.Out, "%s: %s (%s), %s\n", r.ID, r.Title, r.Rule, calc.Caveat)
	w := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	for i, f := range r.Fields {
		what := f.Kind
		switch {
		case len(f.Words) > 0:
			what = strings.Join(f.Words, ", ")
		case f.Unit != "":
			what = fmt.Sprintf("%g–%g %s", *f.Min, *f.Max, f.Unit)
		}
		need := ""
		if c.Fields[i].Required {
			need = "needed"
		}
		fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", f.Name, f.Title, what, need)
	}
	return w.Flush()
}

func (env *environment) calculate(c calc.Calculator, sets []string, on string) error {
	day := time.Now()
	if on != "" {
		var err error
		if day, err = time.Parse(time.DateOnly, on); err != nil {
			return usagef("--on takes a date like 2026-11-22")
		}
	}
	values := calc.Values{}
	for _, s := range sets {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return usagef("--set takes FIELD=VALUE, not %q", s)
		}
		if _, ok := c.Field(strings.TrimSpace(name)); !ok {
			return usagef("%s has no field %q: nocturne calc %s names them", c.ID, name, c.ID)
		}
		values[strings.TrimSpace(name)] = value
	}
	r, err := c.Run(values)
	if err != nil {
		return err
	}
	if env.JSON {
		return env.printJSON(struct {
			calc.Result
			Sentence string            `json:"sentence"`
			Due      []report.FollowUp `json:"due,omitempty"`
		}{r, r.Sentence(), r.FollowUps(day)})
	}
	fmt.Fprintln(env.Out, r.Sentence())
	for _, f := range r.FollowUps(day) {
		fmt.Fprintf(env.Out, "  %s from %s to %s\n", f.What, f.From.Format(time.DateOnly), f.By.Format(time.DateOnly))
	}
	for _, n := range append(r.Notes, r.Conflict) {
		if n != "" {
			fmt.Fprintf(env.Out, "  %s\n", n)
		}
	}
	return nil
}
