package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer/gsdf"
)

// finding is one line of a conformance run.
type finding struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Status   string `json:"status"` // pass, fail, skip
	Evidence string `json:"evidence"`
}

// findings is what `conformance … --json` prints.
type findings struct {
	Results []finding `json:"results"`
}

func conformanceCommand(env *environment) *cobra.Command {
	c := &cobra.Command{
		Use: "conformance", Short: "Hold the program and the display against standards",
		RunE: func(_ *cobra.Command, args []string) error { return usagef("expected a subcommand: bir, gsdf") },
	}
	c.AddCommand(birCommand(env), gsdfCommand(env))
	return c
}

// gsdfOptions are the flags of `conformance gsdf`.
type gsdfOptions struct {
	measured, patterns, monitor, use string
	megapixels                       float64
}

func gsdfCommand(env *environment) *cobra.Command {
	var o gsdfOptions
	c := &cobra.Command{
		Use: "gsdf", Short: "Check a monitor against the Grayscale Standard Display Function", Args: noArgs,
		Long: "Writes the 18 test patches (--patterns FOLDER), then takes what a photometer read from them (--measured FILE,\n" +
			"a driving level and a luminance in cd/m² on each line, darkest first) and says for which reading the monitor\n" +
			"is good enough. The result is kept in the home with --monitor NAME and the date.",
		RunE: func(*cobra.Command, []string) error { return env.gsdf(o) },
	}
	c.Flags().StringVar(&o.patterns, "patterns", "", "folder to write the test patches to (PNG)")
	c.Flags().StringVar(&o.measured, "measured", "", "file of readings: level and cd/m² on each line")
	c.Flags().StringVar(&o.monitor, "monitor", "", "the monitor's name, for the record")
	c.Flags().Float64Var(&o.megapixels, "megapixels", 0, "the monitor's megapixels, for the record: mammography needs 5")
	c.Flags().StringVar(&o.use, "use", "", `only for one use: "CT, MR", "radiographs" or "mammography"`)
	return c
}

func (env *environment) gsdf(o gsdfOptions) error {
	if o.patterns != "" {
		if err := writePatterns(o.patterns); err != nil {
			return err
		}
	}
	out := findings{Results: []finding{functionFinding()}}
	var readings []gsdf.Reading
	if o.measured != "" {
		f, err := os.Open(o.measured)
		if err != nil {
			return err
		}
		defer f.Close()
		if readings, err = parseReadings(f); err != nil {
			return err
		}
	}
	uses, err := displayFindings(readings, o.use)
	if err != nil {
		return err
	}
	out.Results = append(out.Results, uses...)
	if o.measured != "" {
		if err := env.recordDisplay(o, readings, uses); err != nil {
			return err
		}
	}
	return env.printFindings(out)
}

// functionFinding holds our function against PS3.14's own vectors.
func functionFinding() finding {
	f := finding{ID: "gsdf.function", Title: "Luminance and JND index agree with PS3.14", Status: "pass"}
	l, j := gsdf.Luminance(gsdf.Last), gsdf.JND(350)
	f.Evidence = fmt.Sprintf("L(1023) = %.2f cd/m², j(350 cd/m²) = %.2f", l, j)
	if l < 3992 || l > 3995 || j < 653 || j > 653.3 {
		f.Status = "fail"
	}
	return f
}

// displayFindings says for each use whether the readings reach its floor.
func displayFindings(readings []gsdf.Reading, use string) (out []finding, err error) {
	var r gsdf.Result
	if readings != nil {
		if r, err = gsdf.Check(readings); err != nil {
			return nil, err
		}
	}
	for _, floor := range gsdf.Floors {
		if use != "" && use != floor.Use {
			continue
		}
		f := finding{ID: displayID(floor.Use), Title: "Display for " + floor.Use, Status: "pass"}
		why := floor.Fails(r)
		switch {
		case readings == nil:
			f.Status, f.Evidence = "skip", "no readings: --patterns writes the patches, --measured takes what a photometer reads"
		case len(why) > 0:
			f.Status, f.Evidence = "fail", strings.Join(why, "; ")
		default:
			f.Evidence = fmt.Sprintf("%.2f to %.0f cd/m², ratio %.0f, contrast within %.0f %%, %d readings; the monitor's %g megapixels are not looked at",
				r.Min, r.Max, r.Ratio, 100*r.Deviation, r.Readings, floor.MegapixelsLess)
		}
		out = append(out, f)
	}
	if len(out) == 0 {
		return nil, usagef("there is no use %q", use)
	}
	return out, nil
}

// parseReadings reads a level and a luminance a line; empty lines and those that
// begin with # are passed over.
func parseReadings(r io.Reader) (out []gsdf.Reading, err error) {
	lines := bufio.NewScanner(io.LimitReader(r, 1<<20))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.ReplaceAll(lines.Text(), ",", " "))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var one gsdf.Reading
		if got, _ := fmt.Sscan(line, &one.Level, &one.Luminance); got != 2 {
			return nil, fmt.Errorf("line %d of the readings is not a level and a luminance", n)
		}
		out = append(out, one)
	}
	return out, lines.Err()
}

func writePatterns(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for k := range 18 {
		f, err := os.Create(filepath.Join(dir, fmt.Sprintf("gsdf-%02d-level-%03d.png", k+1, 15*k)))
		if err != nil {
			return err
		}
		err = png.Encode(f, gsdf.Pattern(k, 1024))
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// displayCheck is the record of a monitor's last check (N22).
type displayCheck struct {
	Monitor    string    `json:"monitor"`
	Megapixels float64   `json:"megapixels,omitempty"`
	At         time.Time `json:"at"`
	Results    []finding `json:"results"`
	Readings   int       `json:"readings"`
}

// recordDisplay keeps the last check in display-check.json in the home.
func (env *environment) recordDisplay(o gsdfOptions, readings []gsdf.Reading, uses []finding) error {
	if err := os.MkdirAll(env.Home, 0o700); err != nil {
		return err
	}
	b, err := json.MarshalIndent(displayCheck{Monitor: o.monitor, Megapixels: o.megapixels, At: time.Now().UTC(), Results: uses, Readings: len(readings)}, "", "  ")
	if err != nil {
		return err
	}
	name := env.displayFile()
	if err := os.WriteFile(name+".new", append(b, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(name+".new", name)
}

// printFindings prints a run; exit 1 when anything failed.
func (env *environment) printFindings(f findings) error {
	failed := false
	for _, r := range f.Results {
		failed = failed || r.Status == "fail"
		if !env.JSON {
			fmt.Fprintf(env.Out, "%-4s  %-20s  %s: %s\n", r.Status, r.ID, r.Title, dicom.Clean(r.Evidence))
		}
	}
	return env.finish(f, failed)
}
