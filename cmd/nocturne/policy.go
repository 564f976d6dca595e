package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/spf13/cobra"
)

// policies is where a home's policy files are.
func (env *environment) policies() *policy.Book {
	return policy.NewBook(filepath.Join(env.Home, "policy"))
}

func policyCommand(env *environment) *cobra.Command {
	c := &cobra.Command{Use: "policy", Short: "What a site allows whom: its file policy/SITE.toml", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return usagef("expected: policy show, check or reference") }}
	c.AddCommand(
		&cobra.Command{Use: "show [SITE]", Short: "Show what holds at each site, and what you may there now", Args: atMostOne,
			RunE: func(_ *cobra.Command, args []string) error { return env.showPolicies(args) }},
		&cobra.Command{Use: "check [FILE …]", Short: "Say what is wrong with policy files; without FILE, with your own",
			RunE: func(_ *cobra.Command, args []string) error { return env.checkPolicies(args) }},
		&cobra.Command{Use: "reference", Short: "Print every key of a policy file with its default", Args: noArgs,
			RunE: func(*cobra.Command, []string) error {
				fmt.Fprint(env.Out, policyReference())
				return nil
			}})
	return c
}

func atMostOne(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return usagef("expected one SITE at most")
	}
	return nil
}

func policyReference() string {
	var b strings.Builder
	b.WriteString("# policy/SITE.toml in $NOCTURNE_HOME. Every key, with its default.\n")
	reference(&b, reflect.ValueOf(policy.Default()), "")
	return b.String()
}

// shownPolicy is a site of `policy show --json`.
type shownPolicy struct {
	Site   string                   `json:"site"`
	File   string                   `json:"file,omitempty"` // "" where there is none
	SHA256 string                   `json:"sha256,omitempty"`
	Error  string                   `json:"error,omitempty"`
	Policy policy.File              `json:"policy"`
	You    map[policy.Action]string `json:"you"` // "" where it is allowed, else why not
}

func (env *environment) showPolicies(args []string) error {
	config, err := env.configuration()
	if err != nil {
		return err
	}
	sites := args
	for _, s := range config.Sites {
		if len(args) == 0 {
			sites = append(sites, s.Name)
		}
	}
	if len(sites) == 0 {
		return errNoSite
	}
	book, failed, out := env.policies(), false, []shownPolicy{}
	for _, name := range sites {
		s := book.Read(name)
		shown := shownPolicy{Site: name, SHA256: s.Digest, Policy: s.File, You: map[policy.Action]string{}}
		if s.Said {
			shown.File = book.Path(name)
		}
		if s.Wrong != nil {
			shown.Error, failed = s.Wrong.Error(), true
		}
		for _, a := range policy.Actions {
			shown.You[a] = s.Allows(config.asks(), "", a, time.Now()).Reason
		}
		out = append(out, shown)
		if !env.JSON {
			fmt.Fprint(env.Out, policyWords(s, shown))
		}
	}
	return env.finish(out, failed)
}

// asks is the reader as a policy knows them.
func (c Config) asks() policy.Reader {
	return policy.Reader{Name: c.Reader.Name, ID: c.Reader.ID, Role: policy.Role(c.Reader.Role)}
}

// policyWords is what holds at a site, in lines.
func policyWords(s policy.Site, shown shownPolicy) string {
	var b strings.Builder
	fmt.Fprintln(&b, s.Words())
	if s.Wrong != nil {
		return b.String()
	}
	if s.Digest != "" {
		fmt.Fprintf(&b, "  file       %s, SHA-256 %s\n", shown.File, s.Digest)
	}
	fmt.Fprintf(&b, "  signing    again with: %s · offline: %s\n", asked(s.SignAgain), yesOrNo(s.SignOffline))
	fmt.Fprintf(&b, "  retention  %d days after sign-off", s.Retention.Days)
	if s.Retention.Gigabytes > 0 {
		fmt.Fprintf(&b, ", at most %d GB", s.Retention.Gigabytes)
	}
	fmt.Fprintf(&b, "\n  export     images %s · objects %s · report %s · clipboard %s\n", yesOrNo(s.Export.Images), yesOrNo(s.Export.Objects), yesOrNo(s.Export.Report), yesOrNo(s.Export.Clipboard))
	if s.BreakGlass.Minutes > 0 {
		fmt.Fprintf(&b, "  emergency  :breakglass REASON opens a study for %d min\n", s.BreakGlass.Minutes)
	} else {
		fmt.Fprintln(&b, "  emergency  no break-glass")
	}
	var may []string
	for _, a := range policy.Actions {
		if shown.You[a] == "" {
			may = append(may, string(a))
		}
	}
	if len(may) < len(policy.Actions) {
		i := slices.IndexFunc(policy.Actions, func(a policy.Action) bool { return shown.You[a] != "" })
		fmt.Fprintf(&b, "  you        %s (%s)\n", orNothing(may), shown.You[policy.Actions[i]])
	} else {
		fmt.Fprintln(&b, "  you        everything")
	}
	return b.String()
}

func orNothing(words []string) string {
	if len(words) == 0 {
		return "nothing"
	}
	return strings.Join(words, ", ")
}

func asked(again string) string {
	if again == "" {
		return "what config.toml says (policy.sign_pin)"
	}
	return again
}

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// mayDraw is nil when pictures may be written to files. A file says of no site where it is
// from: the strictest of this home's sites counts.
func (env *environment) mayDraw() error {
	book := env.policies()
	for _, name := range book.Files() {
		if v := book.Read(name).Lets(policy.Images); !v.OK {
			return errors.New(v.Reason)
		}
	}
	return nil
}

// checkPolicies says of each file what is wrong with it, and of the home's own which
// belong to no site.
func (env *environment) checkPolicies(files []string) error {
	strangers := map[string]bool{}
	if len(files) == 0 {
		config, err := env.configuration()
		if err != nil {
			return err
		}
		book := env.policies()
		for _, name := range book.Files() {
			files = append(files, book.Path(name))
			strangers[book.Path(name)] = !slices.ContainsFunc(config.Sites, func(s SiteConfig) bool { return s.Name == name })
		}
	}
	out, failed := []checked{}, false
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("read policy: %w", err)
		}
		c := checked{File: file, Faults: []string{}}
		s := policy.Parse(strings.TrimSuffix(filepath.Base(file), ".toml"), text)
		if s.Wrong != nil {
			c.Faults = append(c.Faults, s.Wrong.Error())
		}
		if strangers[file] {
			c.Faults = append(c.Faults, "no site of that name is in config.toml")
		}
		if s.Wrong == nil && s.ApprovedBy == "" {
			c.Faults = append(c.Faults, "approved_by names nobody who signed it off")
		}
		failed = failed || len(c.Faults) > 0
		out = append(out, c)
		if !env.JSON {
			fmt.Fprintf(env.Out, "%s: %s\n", file, verdict(c.Faults))
		}
	}
	if !env.JSON && len(files) == 0 {
		fmt.Fprintln(env.Out, "There is no policy file; the defaults hold (nocturne policy reference).")
	}
	return env.finish(out, failed)
}
