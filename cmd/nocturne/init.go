package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/spf13/cobra"
)

func initCommand(env *environment) *cobra.Command {
	var b beginning
	c := &cobra.Command{
		Use: "init", Short: "Set this home up: reader, one site, key", Args: noArgs,
		Long: "Asks what is needed at a terminal, or takes it from flags: who reads, where the site's archive is\n" +
			"(--url for DICOMweb, --dimse for DIMSE, or both), and how the key is protected. Then it asks the\n" +
			"site (QIDO or C-ECHO, and its worklist) and writes config.toml. Where the site does not answer\n" +
			"nothing is written, but for --untested. A config.toml that is there is never changed: more sites,\n" +
			"logins and destinations are added to it by hand (nocturne config reference).\n\n" +
			"Exit 0: written; 1: not.",
		RunE: func(c *cobra.Command, _ []string) error { return env.begin(c.Context(), b) },
	}
	f := c.Flags()
	f.StringVar(&b.reader.Name, "reader", "", "the reader's name as DICOM writes it, FAMILY^GIVEN")
	f.StringVar(&b.reader.ID, "reader-id", "", "login or staff number")
	f.StringVar(&b.reader.Organization, "organization", "", "verifying organization of signed reports")
	f.StringVar(&b.site.DIMSE, "dimse", "", "HOST:PORT of the archive's DIMSE side")
	f.StringVar(&b.site.CalledAE, "called-ae", "", "the archive's AE title, with --dimse")
	f.StringVar(&b.site.CallingAE, "calling-ae", "", "ours, as the archive knows it (default NOCTURNE)")
	f.StringVar(&b.site.User, "user", "", "user name at the site (HTTP basic authentication)")
	f.StringVar(&b.site.PasswordFile, "password-file", "", "FILE that holds the password, mode 0600")
	f.BoolVar(&b.site.AllStudies, "all-studies", false, "without a worklist: list all studies")
	f.StringVar(&b.passphraseFile, "passphrase-file", "", "FILE that holds the passphrase of the key; - is standard input")
	f.BoolVar(&b.keychain, "keychain", false, "keep the key in the system's keychain")
	f.BoolVar(&b.untested, "untested", false, "write config.toml though the site does not answer")
	return c
}

// beginning is what a home is set up with.
type beginning struct {
	reader         ReaderConfig
	site           SiteConfig
	passphraseFile string
	passphrase     func() (string, error) // nil: none is wanted
	keychain       bool
	untested       bool
}

// begun is what `init --json` prints.
type begun struct {
	Config string        `json:"config"` // "" when it was not written
	Key    access.Source `json:"key"`
	Checks []check       `json:"checks"`
	Next   []string      `json:"next"`
}

func (env *environment) begin(ctx context.Context, b beginning) error {
	if _, err := os.Stat(env.configFile()); !errors.Is(err, fs.ErrNotExist) {
		return errConfigured
	}
	b.site.Name, b.site.DICOMweb, b.site.UPS = env.Site, env.URL, env.UPSURL
	if err := env.fillIn(&b); err != nil {
		return err
	}
	text, err := b.config()
	if err != nil {
		return err
	}
	out := begun{}
	if out.Key, err = env.beginKey(b); err != nil {
		return err
	}
	answers := false
	out.Checks, answers = env.tryOut(ctx, b.site)
	if answers || b.untested {
		if err := env.writeConfig(text); err != nil {
			return err
		}
		out.Config = env.configFile()
	}
	out.Next = out.next(b, answers)
	return env.sayBegun(out)
}

// errConfigured: what is there is its owner's.
var errConfigured = errors.New("this home has a config.toml already, which was not changed: nocturne doctor checks it")

func (env *environment) configFile() string { return filepath.Join(env.Home, "config.toml") }

// beginKey makes the key and protects it as asked; a home that has a protected one keeps it.
func (env *environment) beginKey(b beginning) (access.Source, error) {
	o := env.ringOptions()
	had, err := access.Sources(env.Home, o)
	if err != nil {
		return "", err
	}
	if b.passphrase != nil && (len(had) == 0 || slices.Contains(had, access.Unprotected)) {
		if o.New, err = b.passphrase(); err != nil {
			return "", err
		}
		o.Ask = func(string) (string, error) { return o.New, nil }
	}
	if len(had) > 0 && o.New != "" {
		err = access.SetPassphrase(env.Home, o, func() (string, error) { return o.New, nil })
	}
	if err == nil && b.keychain {
		err = access.UseKeychain(env.Home, o)
	}
	if err != nil {
		return "", err
	}
	r, err := env.ringBy(o)
	if err != nil {
		return "", err
	}
	return r.Source(), nil
}

// tryOut asks the site as doctor does.
func (env *environment) tryOut(ctx context.Context, s SiteConfig) (checks []check, answers bool) {
	o, err := env.openSite(s)
	if err != nil {
		return []check{{s.Name, "fail", sentence(err)}}, false
	}
	defer (&house{sites: map[string]*openSite{s.Name: o}}).closeSites()
	checks = []check{siteCheck(ctx, s.Name, o.Site.Archive)}
	for _, way := range o.ways {
		if len(o.ways) > 1 {
			checks = append(checks, siteCheck(ctx, s.Name+" "+way.Name, way.Archive))
		}
	}
	answers = checks[0].Level == "ok"
	if answers {
		checks = append(checks, worklistCheck(ctx, s.Name, o.Site.Workitems))
	}
	return append(checks, env.identityChecks(ctx, s)...), answers
}

// next says what to do now, a command or a sentence each.
func (o begun) next(b beginning, answers bool) []string {
	if o.Config == "" {
		return []string{"The site does not answer: nothing was written. Correct it and call nocturne init again, or write it with --untested."}
	}
	var out []string
	if o.Key == access.Unprotected {
		out = append(out, "nocturne unlock --set-passphrase   protects the key: whoever has this disk can open it")
	}
	if !answers {
		out = append(out, "nocturne doctor --site "+b.site.Name+"   asks the site again")
	}
	if b.reader.Organization == "" {
		out = append(out, "config.toml, [reader] organization: what signed reports name as verifying")
	}
	return append(out, "nocturne doctor   checks all of it", "nocturne   opens the worklist")
}

func (env *environment) sayBegun(o begun) error {
	failed := o.Config == ""
	if env.JSON {
		return env.finish(o, failed)
	}
	for _, c := range o.Checks {
		fmt.Fprintf(env.Out, "%-5s %-18s %s\n", c.Level, c.Name, c.Detail)
	}
	fmt.Fprintf(env.Out, "%-5s %-18s %s\n", map[bool]string{true: "warn", false: "ok"}[o.Key == access.Unprotected], "key", o.Key)
	if !failed {
		fmt.Fprintf(env.Out, "\nWritten: %s\nNow:\n", o.Config)
	}
	for _, n := range o.Next {
		fmt.Fprintln(env.Out, "  "+n)
	}
	return env.finish(nil, failed)
}
