package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/space"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
)

// planted is what the phantoms' truth says of one item.
type planted struct {
	ID        string        `json:"id"`
	Study     string        `json:"study_instance_uid"`
	SOP       string        `json:"sop_instance_uid"`
	Slice     int           `json:"slice"`
	Long      float64       `json:"long_axis_mm"`
	Delta     float64       `json:"delta_mm"`
	Endpoints [2][3]float64 `json:"endpoints_mm"`
}

func truth(t *testing.T, id string) planted {
	t.Helper()
	out, code := nocturne(t, t.TempDir(), "archive", "--phantoms", "--truth")
	var all []planted
	if code != 0 || json.Unmarshal([]byte(out), &all) != nil {
		t.Fatalf("archive --truth: exit %d", code)
	}
	for _, p := range all {
		if p.ID == id {
			return p
		}
	}
	t.Fatalf("nothing planted is called %s", id)
	return planted{}
}

// client speaks to the archive as a stranger would.
func (a *archiveProcess) client(t *testing.T) *dicomweb.Client {
	t.Helper()
	c, err := dicomweb.New(dicomweb.Config{Name: "TEST", BaseURL: a.DICOMweb, UPSURL: a.UPS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// where gives a patient point as image column and row in the instance, by the
// convention of SCOORD.
func (a *archiveProcess) where(t *testing.T, p planted, point [3]float64) (col, row float64) {
	t.Helper()
	var plane space.Plane
	err := a.client(t).Retrieve(t.Context(), pacs.Ref{Study: dicom.UID(p.Study), Series: a.seriesOf(t, p), Instance: dicom.UID(p.SOP)}, func(o pacs.Object) error {
		f, err := dicom.Parse(o.Bytes)
		if err != nil {
			return err
		}
		plane, err = space.PlaneOf(f.Dataset, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	col, row, _ = plane.PatientToPixel(space.Vec3(point))
	return col, row
}

func (a *archiveProcess) seriesOf(t *testing.T, p planted) dicom.UID {
	t.Helper()
	found, err := pacs.Find(t.Context(), a.client(t), pacs.Query{Level: pacs.InstanceLevel, Study: dicom.UID(p.Study), Match: map[dicom.Tag]string{dicom.SOPInstanceUID: p.SOP}})
	if err != nil || len(found) != 1 {
		t.Fatalf("find %s: %d found, %v", p.ID, len(found), err)
	}
	return dicom.UID(found[0].Str(dicom.SeriesInstanceUID))
}

// reports are the texts of the reports that the archive holds of a study; what was
// measured is none.
func (a *archiveProcess) reports(t *testing.T, study string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	c := a.client(t)
	series, err := pacs.Find(ctx, c, pacs.Query{Level: pacs.SeriesLevel, Study: dicom.UID(study), Match: map[dicom.Tag]string{dicom.Modality: "SR"}})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range series {
		err := c.Retrieve(ctx, pacs.Ref{Study: dicom.UID(study), Series: dicom.UID(s.Str(dicom.SeriesInstanceUID))}, func(o pacs.Object) error {
			f, err := dicom.Parse(o.Bytes)
			if err == nil && f.Dataset.Str(dicom.SOPClassUID) == string(dicom.BasicTextSRStorage) {
				out = append(out, sr.Text(f.Dataset))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// readerHome is a home with a reader and the archive as its site NORTH.
func readerHome(t *testing.T, a *archiveProcess) string {
	t.Helper()
	home := t.TempDir()
	config := fmt.Sprintf("[reader]\nname = \"READER^DEMO\"\norganization = \"Test\"\n[policy]\npoll_seconds = 1\n[[site]]\nname = \"NORTH\"\ndicomweb = %q\nups = %q\n", a.DICOMweb, a.UPS)
	if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}

// openCase finds a case by a word of its patient's name and opens it with Enter.
func (c *console) openCase(word string) {
	c.t.Helper()
	c.see(15*time.Second, `(?i)`+word)
	c.press("/")
	c.typeText(strings.ToLower(word))
	c.press("Enter")
	c.see(5*time.Second, `▸.*(?i)`+word)
	c.press("Enter")
	c.see(10*time.Second, `(?i)`+word+`.*ID `)
}

// walk moves the measuring cursor by whole pixels with the arrow keys and returns
// how many keys that took.
func (c *console) walk(cols, rows int) (keys int) {
	c.t.Helper()
	step := func(n int, positive, negative string) {
		key := positive
		if n < 0 {
			key, n = negative, -n
		}
		for ; n >= 10; n -= 10 {
			c.press("S-" + key)
			keys++
		}
		for ; n > 0; n-- {
			c.press(key)
			keys++
		}
	}
	step(cols, "Right", "Left")
	step(rows, "Down", "Up")
	return keys
}

// chest opens the phantom chest CT, all of it fetched, with its planted nodule.
func chest(t *testing.T) (d *desktop, a *archiveProcess, c *console, nodule planted) {
	t.Helper()
	d = startDesktop(t)
	a = spawnArchive(t, "--phantoms")
	nodule = truth(t, "chest-nodule")
	c = startConsole(t, d, readerHome(t, a), 140, 50)
	c.openCase("boris")
	d.window(t)
	c.see(90*time.Second, `current images (\d+)/\d+ · all here`)
	return d, a, c, nodule
}

// TestScenario1FirstReadKeysOnly: list, open, lung window, the nodule's slice, the
// ruler, F4, an impression, F12, Enter; the archive holds the text of the screen.
func TestScenario1FirstReadKeysOnly(t *testing.T) {
	t.Parallel()
	d, a, c, nodule := chest(t)
	measured := c.firstRead(d, a, nodule)
	c.see(20*time.Second, `VERIFIED at NORTH`)
	texts := a.reports(t, nodule.Study)
	if len(texts) != 1 {
		t.Fatalf("the archive holds %d reports", len(texts))
	}
	saysFirstRead(t, texts[0], measured)
}

// firstRead reads the open chest with keys only, from the lung window to the Enter
// that signs, and returns the millimetres that went into the sentence.
func (c *console) firstRead(d *desktop, a *archiveProcess, nodule planted) (measured float64) {
	c.t.Helper()
	keys := 3
	c.press("2")
	c.see(5*time.Second, `W 1500 L -600`)
	c.command(fmt.Sprintf("goto %d", nodule.Slice))
	c.see(5*time.Second, fmt.Sprintf(`Im %d/`, nodule.Slice))
	keys += 3
	measured, took := c.ruler(a, nodule.Study, nodule, upright)
	keys += took
	if math.Abs(measured-nodule.Long) > 0.5 {
		c.t.Errorf("measured %.1f mm, planted %.1f mm", measured, nodule.Long)
	}
	d.screenshot(c.t, c.t.Name()+"-nodule")
	c.press("F3")
	c.typeText("Nodule in the right upper lobe measuring ")
	c.press("F4")
	c.press("Tab")
	c.typeText("Growing nodule, right upper lobe.")
	c.press("F12")
	c.see(10*time.Second, `Enter signs as`)
	time.Sleep(settleTime)
	c.press("Enter")
	keys += 6
	if keys > 60 {
		c.t.Errorf("%d keystrokes besides prose", keys)
	}
	c.t.Logf("measured %.1f mm of %.1f mm planted, %d keystrokes besides prose", measured, nodule.Long, keys)
	return measured
}

// saysFirstRead holds an archive's report against what firstRead typed.
func saysFirstRead(t *testing.T, text string, measured float64) {
	t.Helper()
	for _, part := range []string{fmt.Sprintf("Nodule in the right upper lobe measuring %.1f mm", measured), "Growing nodule, right upper lobe."} {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), part) {
			t.Errorf("the archive's report lacks %q:\n%s", part, text)
		}
	}
}

// settleTime is more than the sign sheet needs before an Enter counts (N10).
const settleTime = 500 * time.Millisecond

// look is how the image stands on the screen: which keys move the cursor by
// columns and rows of the image.
type look func(dCol, dRow int) (right, down int)

func upright(dCol, dRow int) (int, int) { return dCol, dRow }
func flipped(dCol, dRow int) (int, int) { return -dCol, dRow }
func turned(dCol, dRow int) (int, int)  { return -dRow, dCol } // a quarter clockwise

// ruler measures between the planted endpoints with the keyboard cursor, which
// starts in the middle of the tile, and returns what the page says. The mark on
// disk, kept with the case of study, must lie on the planted points within a pixel
// and a half.
func (c *console) ruler(a *archiveProcess, study string, p planted, l look) (mm float64, keys int) {
	c.t.Helper()
	c.press("r")
	c.see(5*time.Second, `· length`)
	at := [2]float64{256.5, 256.5}
	var want [2][2]float64
	for i, end := range p.Endpoints {
		col, row := a.where(c.t, p, end)
		dx, dy := int(math.Round(col-at[0])), int(math.Round(row-at[1]))
		keys += c.walk(l(dx, dy)) + 1
		at[0], at[1] = at[0]+float64(dx), at[1]+float64(dy)
		want[i] = [2]float64{col, row}
		c.press("Enter")
	}
	before := len(c.marks(study))
	var m viewer.Mark
	eventually(c.t, 5*time.Second, "the mark to be on disk", func() bool {
		all := c.marks(study)
		if len(all) > 0 {
			m = all[len(all)-1]
		}
		return len(all) > 0 && len(all) >= before && m.SOPUID == p.SOP && len(m.Points) == 2
	}, c.screen)
	for i := range want {
		if math.Hypot(m.Points[i][0]-want[i][0], m.Points[i][1]-want[i][1]) > 1.5 {
			c.t.Errorf("point %d is at %.1f, planted at %.1f", i+1, m.Points[i], want[i])
		}
	}
	length, _ := m.Value("length")
	c.see(5*time.Second, fmt.Sprintf(`im %d +%.1f mm`, p.Slice, length.Number))
	c.press("Escape")
	return length.Number, keys + 2
}

// marks reads what the terminal has persisted of a study's marks.
func (c *console) marks(study string) []viewer.Mark {
	c.t.Helper()
	led, err := openLedger(c.home)
	if err != nil {
		c.t.Fatal(err)
	}
	defer led.Close()
	room := reading.New(nil, &reading.Room{Ledger: led})
	out, err := room.Marks(c.t.Context(), study)
	if err != nil {
		c.t.Fatal(err)
	}
	return out
}

// TestTheRulerIsRightHoweverTheImageStands: zoomed, flipped and rotated, the
// nodule has the size that was planted, within half a millimetre.
func TestTheRulerIsRightHoweverTheImageStands(t *testing.T) {
	t.Parallel()
	d, a, c, nodule := chest(t)
	for _, view := range []struct {
		name string
		keys []string
		look look
	}{
		{"3x", nil, upright},
		{"flipped", []string{"R", "h"}, flipped},
		{"rotated", []string{"R", "o"}, turned},
	} {
		c.press(view.keys...)
		c.command(fmt.Sprintf("goto %d", nodule.Slice))
		c.see(5*time.Second, fmt.Sprintf(`Im %d/`, nodule.Slice))
		if view.keys == nil {
			c.command("zoom 3")
		}
		mm, _ := c.ruler(a, nodule.Study, nodule, view.look)
		if math.Abs(mm-nodule.Long) > 0.5 {
			t.Errorf("%s: measured %.1f mm, planted %.1f mm", view.name, mm, nodule.Long)
		}
		d.screenshot(t, "ruler-"+view.name)
	}
}
