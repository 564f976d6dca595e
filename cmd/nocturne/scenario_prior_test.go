package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// state is where the reader's eyes are, as the terminal has it on disk.
func (c *console) state(study string) viewer.State {
	c.t.Helper()
	led, err := openLedger(c.home)
	if err != nil {
		c.t.Fatal(err)
	}
	defer led.Close()
	var s viewer.State
	if capsule, ok, err := led.Capsule(c.t.Context(), study); err != nil {
		c.t.Fatal(err)
	} else if ok {
		if err := json.Unmarshal(capsule.Body, &s); err != nil {
			c.t.Fatal(err)
		}
	}
	return s
}

// TestScenario3NoduleFollowUp: the prior comes up at the same level, both are
// measured, the prior's number carries its date, and the report's evidence keeps
// the two studies apart (N6).
func TestScenario3NoduleFollowUp(t *testing.T) {
	t.Parallel()
	d := startDesktop(t)
	a := spawnArchive(t, "--phantoms")
	now, before := truth(t, "chest-nodule"), truth(t, "chest-nodule-prior")
	c := startConsole(t, d, readerHome(t, a), 140, 50)
	c.openCase("boris")
	d.window(t)
	c.see(90*time.Second, `prior .* · all here`)
	c.command(fmt.Sprintf("goto %d", now.Slice))
	c.see(5*time.Second, fmt.Sprintf(`Im %d/`, now.Slice))
	c.press("p")
	var s viewer.State
	eventually(t, 10*time.Second, "the prior beside the current study", func() bool {
		s = c.state(now.Study)
		return len(s.Tiles) > 1 && s.Tiles[1].StudyUID == before.Study && s.Tiles[1].SOPUID != ""
	})
	if off := s.Tiles[1].Slice + 1 - before.Slice; off < -1 || off > 1 {
		t.Errorf("the prior stands at slice %d, the same level is %d", s.Tiles[1].Slice+1, before.Slice)
	}
	current, _ := c.ruler(a, now.Study, now, upright)
	c.press("F4")
	c.see(5*time.Second, `Inserted \d`)
	c.command("name nodule")
	c.press("Tab")
	c.command(fmt.Sprintf("goto %d", before.Slice))
	c.see(5*time.Second, fmt.Sprintf(`Im %d/`, before.Slice))
	earlier, _ := c.ruler(a, now.Study, before, upright)
	d.screenshot(t, "scenario3-prior")
	c.press("F4")
	c.see(5*time.Second, `Inserted .*\(prior, \d{4}-\d\d-\d\d\)`)
	if delta := current - earlier; math.Abs(delta-before.delta(now)) > 0.5 {
		t.Errorf("grew by %.1f mm, planted %.1f mm", delta, before.delta(now))
	}
	c.command("name nodule")
	change := c.followUp(before.delta(now))
	c.press("Tab")
	c.typeText("Growing nodule.")
	c.press("F12")
	c.see(10*time.Second, `Enter signs as`)
	time.Sleep(settleTime)
	c.press("Enter")
	c.see(20*time.Second, `VERIFIED at NORTH`)
	checkEvidence(t, a, now.Study, before.Study, change)
}

// followUp opens the page of lesions, holds the growth it says against what was planted,
// and inserts the table, which leaves the caret in Findings.
func (c *console) followUp(planted float64) (change string) {
	c.t.Helper()
	c.press("C-r")
	said := regexp.MustCompile(`nodule .*\+(\d+\.\d) mm, \+\d+ %`).FindStringSubmatch(c.see(10*time.Second, `nodule .*\+\d+\.\d mm, \+\d+ %`))
	if grew, err := strconv.ParseFloat(said[1], 64); err != nil || math.Abs(grew-planted) > 0.5 {
		c.t.Errorf("the page of lesions says it grew by %s mm, planted %.1f mm", said[1], planted)
	}
	c.press("i")
	c.see(5*time.Second, `The lesions are in Findings`)
	c.see(5*time.Second, `nodule +\d+\.\d mm +\d+\.\d mm \(prior, \d{4}-\d\d-\d\d\) +\+\d`)
	return "+" + said[1] + " mm"
}

func (p planted) delta(now planted) float64 { return now.Long - p.Long }

// checkEvidence holds the signed report to N6: what is read is current evidence,
// what it is compared with is other evidence, and neither stands in both.
func checkEvidence(t *testing.T, a *archiveProcess, current, prior, change string) {
	t.Helper()
	found := 0
	err := a.client(t).Retrieve(t.Context(), pacs.Ref{Study: dicom.UID(current)}, func(o pacs.Object) error {
		f, err := dicom.Parse(o.Bytes)
		if err != nil || f.Dataset.Str(dicom.SOPClassUID) != string(dicom.BasicTextSRStorage) {
			return err
		}
		found++
		for tag, want := range map[dicom.Tag]string{dicom.CurrentRequestedProcedureEvidenceSequence: current, dicom.PertinentOtherEvidenceSequence: prior} {
			items := f.Dataset.Seq(tag)
			if len(items) != 1 || items[0].Str(dicom.StudyInstanceUID) != want {
				t.Errorf("%s names %d studies", tag.Keyword(), len(items))
			}
		}
		if !strings.Contains(string(bytes.ToValidUTF8(o.Bytes, nil)), "(prior, ") {
			t.Error("the prior's number carries no date")
		}
		if !strings.Contains(string(bytes.ToValidUTF8(o.Bytes, nil)), change) {
			t.Errorf("the report does not say that it changed by %s", change)
		}
		return nil
	})
	if err != nil || found != 1 {
		t.Errorf("%d reports, %v", found, err)
	}
}

// TestScenario7WindowCrash: the window is killed mid-scroll. The terminal says so,
// the same slice, window and mark come back, and text typed meanwhile is intact.
func TestScenario7WindowCrash(t *testing.T) {
	t.Parallel()
	d, a, c, nodule := chest(t)
	c.press("2")
	c.command(fmt.Sprintf("goto %d", nodule.Slice))
	c.see(5*time.Second, fmt.Sprintf(`Im %d/`, nodule.Slice))
	mm, _ := c.ruler(a, nodule.Study, nodule, upright)
	c.press("F3")
	c.typeText("Half a ")
	window := children(c.pid())
	if len(window) != 1 {
		t.Fatalf("%d children", len(window))
	}
	var was viewer.Tile
	eventually(t, 5*time.Second, "the slice on disk", func() bool {
		s := c.state(nodule.Study)
		if len(s.Tiles) > 0 {
			was = s.Tiles[0]
		}
		return was.SOPUID == nodule.SOP
	})
	syscall.Kill(window[0], syscall.SIGKILL)
	c.typeText("sentence.")
	c.see(2*time.Second, `image window ended`)
	var again []int
	eventually(t, 10*time.Second, "another window", func() bool {
		again = children(c.pid())
		return len(again) == 1 && again[0] != window[0]
	})
	c.see(5*time.Second, `Half a sentence\.`)
	d.window(t)
	c.press("F3")
	c.see(5*time.Second, fmt.Sprintf(`Im %d/.*W 1500 L -600`, nodule.Slice))
	eventually(t, 10*time.Second, "the same pixel", func() bool {
		is := c.state(nodule.Study).Tiles[0]
		return is.SOPUID == was.SOPUID && is.Width == was.Width && is.Center == was.Center && is.Zoom == was.Zoom
	})
	if marks := c.marks(nodule.Study); len(marks) != 1 {
		t.Errorf("%d marks on disk", len(marks))
	} else if v, _ := marks[0].Value("length"); v.Number != mm {
		t.Errorf("the mark became %.1f mm", v.Number)
	}
	eventually(t, 10*time.Second, "pixels in the new window", func() bool { return d.brightness(t) > 0.05 })
	d.screenshot(t, "scenario7-again")
}

// TestScenario10StraySpeechAndKeyboards: speech into the window is offered and
// never executed, and letters mean the same on US and German keyboards.
func TestScenario10StraySpeechAndKeyboards(t *testing.T) {
	t.Parallel()
	needs(t, "setxkbmap")
	d, _, c, nodule := chest(t)
	c.command(fmt.Sprintf("goto %d", nodule.Slice))
	c.see(5*time.Second, fmt.Sprintf(`Im %d/`, nodule.Slice))
	var before viewer.Tile
	eventually(t, 5*time.Second, "the slice on disk", func() bool {
		before = c.state(nodule.Study).Tiles[0]
		return before.SOPUID == nodule.SOP
	})
	speech := strings.Repeat("no acute finding ", 5)[:80]
	d.run(t, "xdotool", "type", "--delay", "5", speech)
	c.see(5*time.Second, `not executed`)
	time.Sleep(time.Second)
	if after := c.state(nodule.Study).Tiles[0]; after.SOPUID != before.SOPUID || after.Width != before.Width || after.Invert != before.Invert {
		t.Errorf("speech changed the tile: %+v", after)
	}
	c.press("F3")
	c.see(5*time.Second, `no acute finding no acute`)
	c.press("F3")
	for _, layout := range []string{"us", "de"} {
		d.run(t, "setxkbmap", layout)
		d.window(t)
		for _, k := range []string{"3", "2", "j", "k"} {
			d.run(t, "xdotool", "key", k)
			time.Sleep(150 * time.Millisecond)
		}
		c.see(5*time.Second, fmt.Sprintf(`Im %d/.*W 1500 L -600`, nodule.Slice))
		d.run(t, "xdotool", "key", "r")
		c.see(5*time.Second, `· length`)
		d.run(t, "xdotool", "key", "Escape")
		c.see(5*time.Second, `W 1500 L -600 · \d+ unseen`)
	}
}

// TestMammogramsHangBackToBack: four views at one scale (N22's bar is tested in
// viewer/desk; the picture is for looking at).
func TestMammogramsHangBackToBack(t *testing.T) {
	t.Parallel()
	d := startDesktop(t)
	a := spawnArchive(t, "--phantoms")
	c := startConsole(t, d, readerHome(t, a), 140, 50)
	c.see(15*time.Second, `NORTH ✓`)
	c.press("/")
	c.typeText("mammography")
	c.press("Enter")
	c.see(5*time.Second, `▸.* MG `)
	c.press("Enter")
	d.window(t)
	c.see(90*time.Second, `current images 4/4 · all here`)
	study := ""
	out, _ := nocturne(t, c.home, "worklist", "--json")
	var rows []struct {
		Study    string `json:"study_instance_uid"`
		Modality string `json:"modality"`
	}
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Modality == "MG" {
			study = r.Study
		}
	}
	var s viewer.State
	eventually(t, 20*time.Second, "four tiles", func() bool {
		s = c.state(study)
		return len(s.Tiles) == 4 && s.Tiles[3].SOPUID != ""
	})
	for _, tile := range s.Tiles[1:] {
		if tile.Zoom != s.Tiles[0].Zoom {
			t.Errorf("tiles at zoom %.3f and %.3f", s.Tiles[0].Zoom, tile.Zoom)
		}
	}
	time.Sleep(time.Second)
	d.screenshot(t, "mammography")
}
