package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/nocturne/nocturne/cache/dicom"
)

// hostileText gives orders to a terminal (title, clipboard, clear, C1), turns the
// direction of writing and hides letters, behind a word that shows where it stands.
func hostileText(word string) string {
	return word + "\x1b]0;OWNED\x07\x1b]52;c;T1dORUQ=\x07\x1b[2J\u009b31m\u202egnol\u2066x\u200by\U000e0041z\ufeff"
}

// harmful is the first rune of what a terminal is told that orders or hides; the
// program's own sequences stand only where it draws a screen.
func harmful(s string) (r rune, found bool) {
	for _, r := range s {
		if r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u200b' || r == '\ufeff' || 0xe0000 <= r && r <= 0xe007f {
			return r, true
		}
	}
	return 0, false
}

func TestNoTextOfAServerReachesTheTerminalAsAnOrder(t *testing.T) {
	t.Parallel()
	night := t.TempDir()
	for k := range 3 {
		b := tinySlice(t, tinyCase{"2.25.660001", hostileText("EVILNAME"), "EVIL01"}, 0, k, func(d *dicom.Dataset) {
			d.SetStr(dicom.SpecificCharacterSet, "ISO_IR 192")
			for tag, word := range map[dicom.Tag]string{dicom.StudyDescription: "EVILSTUDY", dicom.SeriesDescription: "EVILSERIES", dicom.PatientID: "EVILID",
				dicom.AdmittingDiagnosesDescription: "EVILWHY", dicom.ReferringPhysicianName: "EVILDOCTOR", dicom.InstitutionName: "EVILHOUSE", dicom.ProtocolName: "EVILPROTOCOL"} {
				d.SetStr(tag, hostileText(word))
			}
		})
		if err := os.WriteFile(filepath.Join(night, fmt.Sprint(k)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a := spawnArchive(t, "--dir", night)
	a.assignToNobody(t)
	home := a.ownHome(t)
	for _, args := range [][]string{{"worklist"}, {"worklist", "--json"}, {"info", filepath.Join(night, "0")}, {"pull", "2.25.660001"}, {"open", night},
		{"report", "show", "2.25.660001"}, {"report", "check", "2.25.660001"}, {"doctor"}, {"send", night, "--site", "NORTH", "--yes"}} {
		cmd := program(t, home, args...)
		out, _ := cmd.CombinedOutput()
		if r, found := harmful(string(out)); found {
			t.Errorf("nocturne %s writes %U: %q", strings.Join(args[:min(2, len(args))], " "), r, out)
		}
	}
	c := startConsole(t, nil, home, 110, 36)
	screen := c.see(15*time.Second, `EVILNAME`)
	c.press("Space")
	time.Sleep(200 * time.Millisecond)
	screen += c.screen()
	c.press("v")
	screen += c.see(20*time.Second, `3/3|EVILSERIES`)
	if r, found := harmful(screen); found {
		t.Errorf("the screen holds %U:\n%s", r, screen)
	}
	if title, _ := c.tmux("display-message", "-p", "#{pane_title}"); strings.Contains(title, "OWNED") || strings.Contains(title, "EVIL") {
		t.Errorf("the terminal's title is %q", title)
	}
	if got, err := c.tmux("show-buffer"); err == nil && strings.Contains(got, "OWNED") {
		t.Errorf("the clipboard holds %q", got)
	}
}
