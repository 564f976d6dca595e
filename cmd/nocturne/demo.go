package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
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
	env.Home = filepath.Join(env.Home, "demo")
	if flags.phantoms == "" && len(flags.dirs) == 0 {
		flags.phantoms = "default"
	}
	if flags.store == "" {
		flags.store = filepath.Join(env.Home, "archive")
	}
	options, err := flags.options(time.Now(), slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	archive, err := demo.New(options)
	if err != nil {
		return fmt.Errorf("start archive: %w", err)
	}
	urls, err := archive.Serve(ctx, flags.listen)
	if err != nil {
		return errors.Join(err, archive.Close())
	}
	return errors.Join(env.demo(ctx, urls, flags.phantoms != ""), archive.Close())
}

// demo reads the archive's cases as READER^DEMO, whatever is configured.
func (env *environment) demo(ctx context.Context, urls demo.URLs, phantoms bool) error {
	env.preset = &Config{
		Reader: ReaderConfig{Name: demo.Reader, ID: "demo", Organization: "Nocturne demo"},
		Sites:  []SiteConfig{{Name: demoSite, DICOMweb: urls.DICOMweb, UPS: urls.UPS}},
		Policy: defaultConfig().Policy,
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
