package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/ui/notice"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// rootCommand builds the command tree. Help is generated from it; without a
// subcommand the terminal program starts.
func rootCommand(env *environment) *cobra.Command {
	root := &cobra.Command{
		Use:           "nocturne",
		Short:         "Read, measure and report radiology cases from the keyboard",
		SilenceErrors: true, SilenceUsage: true,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runTerminal(c.Context(), env) },
	}
	root.SetOut(env.Out)
	root.SetErr(env.Err)
	root.SetIn(env.In)
	root.SetHelpTemplate(helpText)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentFlags().BoolVar(&env.JSON, "json", false, "print JSON instead of text")
	root.PersistentFlags().StringVar(&env.Home, "home", "", "state directory (default $NOCTURNE_HOME, else the XDG data directory)")
	root.PersistentFlags().StringVar(&env.URL, "url", "", "DICOMweb base URL of one site, instead of those configured")
	root.PersistentFlags().StringVar(&env.UPSURL, "ups-url", "", "base URL before /workitems, with --url")
	root.PersistentFlags().StringVar(&env.Site, "site", "", "one configured site by its name")
	root.PersistentPreRun = func(*cobra.Command, []string) {
		env.Home = env.home()
		env.setLimits()
	}
	for _, add := range subcommands {
		root.AddCommand(add(env))
	}
	return root
}

// helpText says what a command does in a line, then what is to be known of it.
const helpText = `{{.Short}}
{{with .Long}}
{{. | trimTrailingWhitespaces}}
{{end}}
{{if or .Runnable .HasSubCommands}}{{.UsageString}}{{end}}`

// home is the state directory: flag, NOCTURNE_HOME, XDG data directory.
func (env *environment) home() string {
	if env.Home != "" {
		return env.Home
	}
	if h := env.Getenv("NOCTURNE_HOME"); h != "" {
		return h
	}
	return filepath.Join(xdg.DataHome, "nocturne")
}

// printJSON writes v as indented JSON with a newline.
func (env *environment) printJSON(v any) error { return env.writeJSON(v, "  ") }

// jsonLine prints v on a line of its own.
func (env *environment) jsonLine(v any) error { return env.writeJSON(v, "") }

// writeJSON is safe to be shown on a terminal, whatever a server put into v.
func (env *environment) writeJSON(v any, indent string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", indent)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := env.Out.Write(dicom.SafeJSON(b.Bytes()))
	return err
}

// finish ends a subcommand that said each result as it came: with --json all of them
// are printed now. Exit 1, without another word, when any failed.
func (env *environment) finish(results any, failed bool) error {
	if env.JSON {
		if err := env.printJSON(results); err != nil {
			return err
		}
	}
	if failed {
		return errSaid
	}
	return nil
}

// terminal reports whether both ends are a terminal.
func (env *environment) terminal() bool {
	in, ok1 := env.In.(*os.File)
	out, ok2 := env.Out.(*os.File)
	return ok1 && ok2 && term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd()))
}

// sentence is an error as a reader is told it: cleaned, one line, no key hints
// on the command line.
func sentence(err error) string {
	n := notice.Of(err)
	n.Key = ""
	return dicom.Clean(n.Line())
}

func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("unknown command %q", args[0])
	}
	return nil
}

func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usagef("expected %s", what)
		}
		return nil
	}
}

func atLeast(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < n {
			return usagef("expected %s", what)
		}
		return nil
	}
}
