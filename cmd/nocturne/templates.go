package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/nocturne/nocturne/worklist/report/template"
	"github.com/spf13/cobra"
)

func templatesCommand(env *environment) *cobra.Command {
	c := &cobra.Command{Use: "templates", Short: "List, show, import, export and check report templates", Args: noArgs,
		Long: "Report templates are IHE MRRT files (HTML) or plain text. Your own are files in templates/ of\n" +
			"$NOCTURNE_HOME and take the place of the program's of the same identifier. The notation of plain text:\n\n" + notation(),
		RunE: func(*cobra.Command, []string) error {
			return usagef("expected: templates list, show, import, export or check")
		}}
	c.AddCommand(templatesListCommand(env), templatesShowCommand(env), templatesImportCommand(env), templatesExportCommand(env), templatesCheckCommand(env))
	return c
}

// notation is how templates and macros are written.
func notation() string {
	out := `  [name]               a field to fill in        [name?]  may stay empty      [name=text]  says something at first
  [a|b|c]              a choice                  [name: a|b|c]  with a name    [+name: a|b|c]  several
  [~name: a|b]         text with suggestions     [#name mm 0..300]  a number with unit and bounds
  [[Normal text.]]     a proposal: unconfirmed until you were there
  {fact}               filled in:` + "\n"
	for _, n := range template.MergeNames {
		out += fmt.Sprintf("    {%s}%s%s\n", n[0], strings.Repeat(" ", max(1, 18-len(n[0]))), n[1])
	}
	return out + `  [#BPD mm <-us.BPD]   a field filled from the ultrasound machine's report
  {>name}              the lines of a module
  @F @M @O             at the beginning of a line: only for that sex; also @age=..18y
  @after=NAME @not-after=NAME   had the operation, or not; @given=FACT @not-given=FACT`
}

// withTemplates reads the templates; files that cannot be read are said.
func (env *environment) withTemplates(do func(*template.Set) error) error {
	set, err := env.templates()
	if err != nil {
		fmt.Fprintln(env.Err, err)
	}
	return do(set)
}

func (env *environment) findTemplate(set *template.Set, name string) (*template.Template, error) {
	if t := set.Find(name); t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("there is no template %q; nocturne templates list names them", name)
}

// listed is a template in a list.
type listed struct {
	Name       string   `json:"name"`
	Title      string   `json:"title"`
	ID         string   `json:"identifier"`
	Modalities []string `json:"modalities,omitempty"`
	For        string   `json:"for"`
	Own        bool     `json:"own"`
	File       string   `json:"file"`
}

func templatesListCommand(env *environment) *cobra.Command {
	return &cobra.Command{Use: "list", Short: "List the templates", Args: noArgs, RunE: func(*cobra.Command, []string) error {
		return env.withTemplates(func(set *template.Set) error {
			var out []listed
			for _, t := range set.All() {
				what := "report"
				if t.Scope.Addendum {
					what = "addendum"
				} else if t.Scope.Module {
					what = "module"
				}
				out = append(out, listed{t.Short(), t.Title, t.ID, t.Scope.Modalities, what, t.Own, t.File})
			}
			if env.JSON {
				return env.printJSON(out)
			}
			w := tabwriter.NewWriter(env.Out, 0, 8, 2, ' ', 0)
			for _, l := range out {
				whose := ""
				if l.Own {
					whose = "your own: " + l.File
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", l.Name, l.Title, strings.Join(l.Modalities, " "), l.For, whose)
			}
			return w.Flush()
		})
	}}
}

func templatesShowCommand(env *environment) *cobra.Command {
	var as bool
	var p patientFlags
	c := &cobra.Command{Use: "show NAME", Short: "Show a template as plain text, or as the report it begins", Args: exactly(1, "a NAME"),
		Long: "Show a template in the notation of nocturne templates --help. With --report: as the report that it begins\n" +
			"for a patient of that sex and age; normal text in ⟨ ⟩, fields in [ ].",
		RunE: func(_ *cobra.Command, args []string) error {
			return env.withTemplates(func(set *template.Set) error {
				t, err := env.findTemplate(set, args[0])
				if err != nil {
					return err
				}
				if as {
					return p.show(env, t, time.Now())
				}
				fmt.Fprint(env.Out, t.Text())
				return nil
			})
		}}
	c.Flags().BoolVar(&as, "report", false, "as the report it begins")
	c.Flags().StringVar(&p.sex, "sex", "F", "with --report: F, M or O")
	c.Flags().StringVar(&p.age, "age", "50y", "with --report: 12d, 6w, 4m or 50y")
	c.Flags().StringVar(&p.indication, "indication", "", "with --report: what is asked")
	c.Flags().StringVar(&p.contrast, "contrast", "", "with --report: the contrast agent given")
	return c
}

func templatesImportCommand(env *environment) *cobra.Command {
	var as string
	var force bool
	c := &cobra.Command{Use: "import FILE", Short: "Make an MRRT or plain text file a template of your own", Args: exactly(1, "a FILE"),
		Long: "Make an IHE MRRT file, or plain text in a .txt file, a template of your own. What an MRRT file does wrong is\n" +
			"said, and mended in what is kept.",
		RunE: func(_ *cobra.Command, args []string) error { return env.importTemplate(args[0], as, force) }}
	c.Flags().StringVar(&as, "as", "", "the name to keep it by")
	c.Flags().BoolVar(&force, "force", false, "replace a template of that name")
	return c
}

func (env *environment) importTemplate(file, as string, force bool) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	t, err := template.Read(filepath.Base(file), b)
	if err != nil {
		return fmt.Errorf("read template: %w", err)
	}
	if !strings.EqualFold(filepath.Ext(file), ".txt") {
		for _, s := range template.Check(b) {
			fmt.Fprintln(env.Err, s)
		}
	}
	if as == "" {
		as = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	}
	if as != filepath.Base(as) || as == "." || as == ".." {
		return usagef("%q is no name for a template", as)
	}
	kept := filepath.Join(env.home(), "templates", as+".html")
	if err := os.MkdirAll(filepath.Dir(kept), 0o700); err != nil {
		return fmt.Errorf("keep template: %w", err)
	}
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	if err := writeTemplate(kept, flags, t.HTML()); err != nil {
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("there is a template %s of your own; --force replaces it", as)
		}
		return err
	}
	fmt.Fprintf(env.Out, "%s is a template of your own: %s\n", t.Title, kept)
	return nil
}

func writeTemplate(path string, flags int, b []byte) error {
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return fmt.Errorf("keep template: %w", err)
	}
	if _, err := f.Write(b); err != nil {
		return errors.Join(fmt.Errorf("keep template: %w", err), f.Close())
	}
	return f.Close()
}

func templatesExportCommand(env *environment) *cobra.Command {
	var text bool
	c := &cobra.Command{Use: "export NAME", Short: "Write a template to standard output as an MRRT file", Args: exactly(1, "a NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			return env.withTemplates(func(set *template.Set) error {
				t, err := env.findTemplate(set, args[0])
				if err != nil {
					return err
				}
				out := t.HTML()
				if text {
					out = []byte(t.Text())
				}
				_, err = env.Out.Write(out)
				return err
			})
		}}
	c.Flags().BoolVar(&text, "text", false, "as plain text, to be changed and imported again")
	return c
}
