package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/keymap"
)

// keymap finds a key map by name, with what the reader should know of it.
func (env *environment) keymap(name string) (*viewer.Keymap, []string, error) {
	var home fs.FS
	if env.home() != "" {
		home = os.DirFS(env.home())
	}
	f, err := keymap.Load(home, name)
	if err != nil {
		return nil, nil, err
	}
	return f.Map(), append(f.Notes, f.Conflicts()...), nil
}

// keysOf is the configured key map. A file that is wrong is told, and the default
// takes its place: a reader is never left without keys.
func (h *house) keysOf(env *environment) *viewer.Keymap {
	m, notes, err := env.keymap(h.config.Keys.Map)
	if err != nil {
		h.fail(fmt.Errorf("the default keys are used: %w", err))
		return viewer.DefaultKeymap()
	}
	if log := env.logLine(); log != nil {
		for _, n := range notes {
			log(n)
		}
	}
	return m
}

func keysCommand(env *environment) *cobra.Command {
	var name string
	var asJSON, actions bool
	c := &cobra.Command{Use: "keys", Short: "Print the key map in effect, or the actions that keys can be bound to", Args: noArgs,
		Long: "Print the key map in effect. A map of your own is a file keymaps/NAME.toml in $NOCTURNE_HOME:\n\n" +
			"  [images]\n  \"tool.length\" = [\"d\"]\n\nchosen by keys.map in config.toml, or :keymap NAME while reading.",
		RunE: func(*cobra.Command, []string) error {
			if actions {
				return printActions(env.Out, asJSON)
			}
			return env.printKeys(name, asJSON)
		}}
	c.Flags().StringVar(&name, "map", "", "another map than the configured one: default, ohif, horos, weasis, vim or your own")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().BoolVar(&actions, "actions", false, "list the actions instead of the keys")
	return c
}

func (env *environment) printKeys(name string, asJSON bool) error {
	if name == "" {
		config, err := loadConfig(env.Home)
		if err != nil {
			return err
		}
		name = config.Keys.Map
	}
	m, notes, err := env.keymap(name)
	if err != nil {
		return err
	}
	for _, n := range notes {
		fmt.Fprintln(env.Err, n)
	}
	if asJSON {
		return indented(env.Out, m)
	}
	w := tabwriter.NewWriter(env.Out, 0, 0, 2, ' ', 0)
	for _, p := range viewer.Places() {
		for _, b := range m.Bindings(p) {
			var keys []string
			for _, k := range b.Keys {
				keys = append(keys, k.Label())
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", p, strings.Join(keys, " "), b.Action, b.Help)
		}
	}
	return w.Flush()
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// actionRow is an action as --actions prints it.
type actionRow struct {
	Action viewer.Action  `json:"action"`
	Places []viewer.Place `json:"places"`
	Help   string         `json:"help"`
}

func printActions(out io.Writer, asJSON bool) error {
	var rows []actionRow
	for _, e := range viewer.Catalogue() {
		rows = append(rows, actionRow{e.Action, e.Places, e.Help})
	}
	if asJSON {
		return indented(out, rows)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		var places []string
		for _, p := range r.Places {
			places = append(places, string(p))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", r.Action, strings.Join(places, " "), r.Help)
	}
	return w.Flush()
}
