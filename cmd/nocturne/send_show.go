package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/medium"
	"github.com/nocturne/nocturne/worklist/send"
	"golang.org/x/term"
)

// sentJSON is what `send --json` prints.
type sentJSON struct {
	Site    string        `json:"site"`
	Studies []mediumStudy `json:"studies"`
	send.Report
	Files medium.Counts `json:"files"`
	Notes []string      `json:"notes"` // what of the medium was not sent, in sentences
}

// mostShown bounds the table of what was not confirmed; --json lists all.
const mostShown = 40

// showSent prints the outcome. errSaid: not every object is confirmed, or something of
// the medium was left out. whole: the run was not ended early.
func showSent(env *environment, site string, m *medium.Medium, r send.Report, whole bool) error {
	complete := r.Done() && whole && nothingLeft(m)
	if env.JSON {
		d := describe(m)
		if err := env.printJSON(sentJSON{site, d.Studies, r, d.Files, d.Notes}); err != nil {
			return err
		}
	} else {
		printSent(env, site, r)
	}
	if !complete {
		return errSaid
	}
	return nil
}

func printSent(env *environment, site string, r send.Report) {
	line := fmt.Sprintf("%s holds %d of %s: %d sent now (%s), %d held before; %d read back and compared.", site, r.Confirmed,
		counted(r.Objects, "object"), r.Confirmed-r.Already, size(float64(r.Bytes)), r.Already, r.Compared)
	if r.Changed > 0 {
		line += fmt.Sprintf(" It changed attributes of %s, none that says whose it is.", counted(r.Changed, "object"))
	}
	if r.Promised > 0 {
		line += fmt.Sprintf(" It promises to keep %d.", r.Promised)
	}
	if r.Waiting > 0 {
		line += fmt.Sprintf(" It was asked to promise to keep %d and has not answered.", r.Waiting)
	}
	fmt.Fprintln(env.Out, line)
	for i, o := range r.Others {
		if i == mostShown {
			fmt.Fprintf(env.Out, "… and %d more (--json lists all)\n", len(r.Others)-i)
			break
		}
		fmt.Fprintln(env.Out, dicom.Clean(fmt.Sprintf("  %-11s  %s  %s", o.State, filepath.Base(o.Path), o.Why)))
	}
	if len(r.Others) > 0 {
		fmt.Fprintf(env.Out, "%s not confirmed. The same command again sends what is missing.\n", counted(len(r.Others), "object"))
	}
}

// nothingLeft tells whether all DICOM files of the medium were among what was sent.
func nothingLeft(m *medium.Medium) bool {
	c := m.Counts
	return c.Strange+c.Conflicting+c.Unreadable+c.Anonymous+c.Encrypted+c.Packed+c.Missing == 0 && !m.More
}

// sending shows a terminal how far it is.
func (env *environment) sending() func(send.Progress) {
	if !env.terminal() || env.JSON {
		return nil
	}
	return func(p send.Progress) {
		line := fmt.Sprintf("%d of %d confirmed", p.Confirmed, p.Objects)
		if p.Failed > 0 {
			line += fmt.Sprintf(", %d not", p.Failed)
		}
		line += fmt.Sprintf(" · %s of %s", size(float64(p.Bytes)), size(float64(p.Total)))
		switch {
		case p.Trouble != "":
			line += " · " + p.Trouble + ", trying again"
		case p.PerSecond > 0:
			line += fmt.Sprintf(" · %s/s", size(p.PerSecond))
			if p.Left > time.Second {
				line += " · " + p.Left.String() + " left"
			}
		}
		fmt.Fprintf(env.Err, "\r\x1b[K%s", fitting(env, dicom.Clean(line)))
	}
}

// fitting is a line cut to the terminal's width, so that it can be written over.
func fitting(env *environment, line string) string {
	width := 80
	if out, ok := env.Out.(*os.File); ok {
		if w, _, err := term.GetSize(int(out.Fd())); err == nil && w > 1 {
			width = w
		}
	}
	r := []rune(line)
	return string(r[:min(len(r), width-1)])
}

// size is bytes in words.
func size(b float64) string {
	for _, u := range []string{"B", "kB", "MB", "GB"} {
		if b < 999.5 || u == "GB" {
			return fmt.Sprintf("%.3g %s", b, u)
		}
		b /= 1000
	}
	return ""
}
