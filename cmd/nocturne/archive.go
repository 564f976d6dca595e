package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/nocturne/nocturne/worklist/hospital"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/demo/phantom"
)

// archiveFlags say what an embedded archive holds; `demo` takes the same.
type archiveFlags struct {
	listen   string
	phantoms string
	dirs     []string
	store    string
	events   string
	cues     io.Reader // lines that events with "on" wait for; nil: none
	dimse    archiveDIMSE
}

const anyPort = "127.0.0.1:0"

func (f *archiveFlags) register(fs *pflag.FlagSet) {
	fs.StringVar(&f.listen, "listen", anyPort, "loopback address to serve on")
	fs.StringVar(&f.phantoms, "phantoms", "", "serve the phantom cases; =all with the traps too")
	fs.Lookup("phantoms").NoOptDefVal = "default"
	fs.StringArrayVar(&f.dirs, "dir", nil, "serve the DICOM files under this folder (may be given again)")
	fs.StringVar(&f.store, "store", "", "folder that keeps objects, workitems and claims over a restart")
	f.dimse.register(fs)
	fs.StringVar(&f.events, "events", "", "file of events to replay, one JSON object a line; one with \"on\":\"word\" waits for that line on standard input")
}

// options reads what the flags name. now is when the archive starts: phantoms'
// dates and due times are counted from it.
func (f *archiveFlags) options(now time.Time, log *slog.Logger) (demo.Options, error) {
	o := demo.Options{Dirs: f.dirs, StoreDir: f.store, Log: log}
	if err := f.dimse.options(&o); err != nil {
		return o, err
	}
	switch f.phantoms {
	case "":
	case "default", "all":
		o.Sources = append(o.Sources, phantoms{all: f.phantoms == "all", now: now})
	default:
		return o, usagef("--phantoms takes no value or =all")
	}
	if f.events != "" {
		file, err := os.Open(f.events)
		if err != nil {
			return o, fmt.Errorf("read events: %w", err)
		}
		defer file.Close()
		if o.Events, err = demo.ReadEvents(file); err != nil {
			return o, err
		}
		o.Cues = f.lines(o.Events)
	}
	return o, nil
}

// lines are the cues, read only when an event waits for one.
func (f *archiveFlags) lines(events []demo.Event) <-chan string {
	if f.cues == nil || !slices.ContainsFunc(events, func(e demo.Event) bool { return e.On != "" }) {
		return nil
	}
	cues := make(chan string)
	go func() {
		defer close(cues)
		for in := bufio.NewScanner(f.cues); in.Scan(); {
			cues <- strings.TrimSpace(in.Text())
		}
	}()
	return cues
}

func archiveCommand(env *environment) *cobra.Command {
	flags := archiveFlags{cues: env.In}
	var truth bool
	var ris string
	c := &cobra.Command{
		Use: "archive", Short: "Run the embedded archive (DICOMweb, UPS-RS and DIMSE) on loopback", Args: noArgs,
		Long: "Runs the embedded archive until it is interrupted. The first line on standard\n" +
			"output is JSON with the addresses; nothing else follows there.",
		RunE: func(c *cobra.Command, _ []string) error {
			if truth {
				return printTruth(env, flags)
			}
			return runArchive(c.Context(), env, flags, ris)
		},
	}
	flags.register(c.Flags())
	c.Flags().StringVar(&ris, "hospital", "", "also run a RIS (HL7) and a FHIR server for reports; messages are written to this folder")
	c.Flags().BoolVar(&truth, "truth", false, "with --phantoms: print what is planted in them and exit")
	return c
}

// printTruth prints the planted truths of the chosen phantoms.
func printTruth(env *environment, flags archiveFlags) error {
	if flags.phantoms != "default" && flags.phantoms != "all" {
		return usagef("--truth needs --phantoms")
	}
	return env.printJSON(phantom.Truth(flags.phantoms == "all", time.Now()))
}

func runArchive(ctx context.Context, env *environment, flags archiveFlags, ris string) error {
	log := slog.New(slog.NewTextHandler(env.Err, nil))
	o, err := flags.options(time.Now(), log)
	if err != nil {
		return err
	}
	a, err := demo.New(o)
	if err != nil {
		return fmt.Errorf("start archive: %w", err)
	}
	for _, s := range a.Skipped() {
		fmt.Fprintf(env.Err, "skipped %q: %s\n", s.Path, s.Reason)
	}
	urls, err := a.Serve(ctx, flags.listen)
	if err == nil {
		urls, err = flags.dimse.serve(ctx, a, urls)
	}
	if err != nil {
		return errors.Join(err, a.Close())
	}
	var said any = urls
	if ris != "" {
		h, err := hospital.Start(ctx, ris)
		if err != nil {
			return errors.Join(err, a.Close())
		}
		defer h.Close()
		said = struct {
			demo.URLs
			hospital.Addresses
		}{urls, h.Addresses}
	}
	if err := json.NewEncoder(env.Out).Encode(said); err != nil {
		return errors.Join(fmt.Errorf("print addresses: %w", err), a.Close())
	}
	<-ctx.Done()
	return a.Close()
}
