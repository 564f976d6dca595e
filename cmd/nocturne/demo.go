package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/spf13/cobra"
)

func demoCommand(env *environment) *cobra.Command {
	var flags archiveFlags
	c := &cobra.Command{
		Use: "demo", Short: "Read phantom cases from an archive in this program", Args: noArgs,
		Long: "Starts the embedded archive with phantom cases and opens the worklist on it. Its\n" +
			"state lives in the home's folder demo: phantoms never stand beside patients.\n" +
			"Without a terminal it prints the archive's line and the list.",
		RunE: func(c *cobra.Command, _ []string) error { return runDemo(c.Context(), env, flags) },
	}
	flags.register(c.Flags())
	return c
}

// demoSite is the demo archive's name in the list.
const demoSite = "NORTH"

func runDemo(ctx context.Context, env *environment, flags archiveFlags) error {
	if flags.phantoms == "" && len(flags.dirs) == 0 {
		flags.phantoms = "default"
	}
	env.Home = demoHome(env.Home, flags)
	if flags.store == "" {
		flags.store = filepath.Join(env.Home, "archive")
	}
	if err := newDay(env.Home, time.Now()); err != nil {
		return err
	}
	options, err := flags.options(time.Now(), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	env.preset = &Config{} // no question is asked in a demo; env.demo fills it in
	ring, err := env.ring()
	if err != nil {
		return err
	}
	key := ring.Key("archive")
	options.Key = &key
	archive, err := demo.New(options)
	if err != nil {
		return fmt.Errorf("start archive: %w", err)
	}
	urls, err := serveAgain(ctx, archive, env.Home, flags.listen)
	if err == nil {
		urls, err = flags.dimse.serve(ctx, archive, urls)
	}
	if err != nil {
		return errors.Join(err, archive.Close())
	}
	return errors.Join(env.demo(ctx, urls, flags.phantoms != ""), archive.Close())
}

// newDay throws a demo's fetched images away when they are of another day: the
// phantoms are made anew each day with its date and the same UIDs. Drafts, marks
// and reports stay.
func newDay(home string, now time.Time) error {
	stamp, today := filepath.Join(home, "day"), now.Format(time.DateOnly)
	if last, err := os.ReadFile(stamp); err == nil && string(last) == today {
		return nil
	}
	err := errors.Join(os.RemoveAll(filepath.Join(home, "cache")), os.MkdirAll(home, 0o700), os.WriteFile(stamp, []byte(today), 0o600))
	if err != nil {
		return fmt.Errorf("begin the demo's day: %w", err)
	}
	return nil
}

// demoHome is where a demo keeps its state: one place for the phantoms, one for
// each choice of folders, so that phantoms never stand beside patients.
func demoHome(home string, flags archiveFlags) string {
	home = filepath.Join(home, "demo")
	if len(flags.dirs) == 0 {
		return home
	}
	sum := sha256.New()
	for _, dir := range append(slices.Sorted(slices.Values(flags.dirs)), flags.phantoms) {
		if abs, err := filepath.Abs(dir); err == nil {
			dir = abs
		}
		fmt.Fprintln(sum, dir)
	}
	return filepath.Join(home, fmt.Sprintf("folders-%x", sum.Sum(nil)[:4]))
}

// serveAgain listens where this demo listened before, if it can: claims and
// reports that a kill left under way carry that address.
func serveAgain(ctx context.Context, archive *demo.Archive, home, listen string) (demo.URLs, error) {
	file := filepath.Join(home, "address")
	if last, err := os.ReadFile(file); err == nil && listen == anyPort {
		if urls, err := archive.Serve(ctx, string(last)); err == nil {
			return urls, nil
		}
	}
	urls, err := archive.Serve(ctx, listen)
	if err != nil {
		return urls, err
	}
	at, err := url.Parse(urls.DICOMweb)
	if err == nil {
		err = errors.Join(os.MkdirAll(home, 0o700), os.WriteFile(file, []byte(at.Host), 0o600))
	}
	return urls, err
}

// demo reads the archive's cases as READER^DEMO, whatever is configured.
func (env *environment) demo(ctx context.Context, urls demo.URLs, phantoms bool) error {
	env.preset = &Config{
		Reader: ReaderConfig{Name: demo.Reader, ID: "demo", Organization: "Nocturne demo"},
		Sites:  []SiteConfig{{Name: demoSite, DICOMweb: urls.DICOMweb, UPS: urls.UPS, Phone: "555 0100"}},
		Contacts: []ContactConfig{{Name: "Nina Night", Role: "ED physician", Phone: "555 0101", Hours: "20-08", Next: "Simon Stroke"},
			{Name: "Dan Day", Role: "ED physician", Phone: "555 0102", Hours: "08-20", Next: "Simon Stroke"},
			{Name: "Simon Stroke", Role: "stroke line", Phone: "555 0112"}, {Name: "Vera Vogt", Role: "supervisor", Phone: "555 0199"}},
		Policy: defaultConfig().Policy, Limits: defaultConfig().Limits,
	}
	h, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	if !env.terminal() {
		if err := json.NewEncoder(env.Out).Encode(urls); err != nil {
			return err
		}
		return printRows(env, h.feed.Poll(ctx).Rows)
	}
	banner := "DEMO"
	if phantoms {
		banner = "DEMO · phantoms, no patients"
	}
	return h.read(ctx, env, banner)
}
