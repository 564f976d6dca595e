package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/viewer"
)

// lateStudy writes one patient's CT of 120 slices, 1 mm apart, 128 × 128 of 1 mm.
func lateStudy(t *testing.T) (dir, study string) {
	t.Helper()
	dir, study = t.TempDir(), "2.25.8118"
	for k := range 120 {
		d := new(dicom.Dataset)
		for tag, v := range map[dicom.Tag]string{
			dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: fmt.Sprintf("%s.1.%d", study, k+1),
			dicom.StudyInstanceUID: study, dicom.SeriesInstanceUID: study + ".1", dicom.FrameOfReferenceUID: study + ".9",
			dicom.Modality: "CT", dicom.StudyDate: "20260105", dicom.StudyTime: "021500", dicom.AccessionNumber: "L120",
			dicom.PatientName: "TARDY^LATE", dicom.PatientID: "LATE-1", dicom.PatientBirthDate: "19500301", dicom.PatientSex: "O",
			dicom.StudyDescription: "CT trunk", dicom.PhotometricInterpretation: "MONOCHROME2", dicom.RescaleType: "HU",
			dicom.PatientPosition: "HFS",
		} {
			d.SetStr(tag, v)
		}
		for tag, v := range map[dicom.Tag]int{
			dicom.SeriesNumber: 1, dicom.InstanceNumber: k + 1, dicom.SamplesPerPixel: 1, dicom.Rows: 128, dicom.Columns: 128,
			dicom.BitsAllocated: 16, dicom.BitsStored: 16, dicom.HighBit: 15, dicom.PixelRepresentation: 1,
		} {
			d.SetInt(tag, v)
		}
		d.SetFloat(dicom.ImagePositionPatient, -63.5, -63.5, -float64(k))
		d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
		d.SetFloat(dicom.PixelSpacing, 1, 1)
		d.SetFloat(dicom.RescaleSlope, 1)
		d.SetFloat(dicom.RescaleIntercept, 0)
		d.SetFloat(dicom.WindowCenter, 40)
		d.SetFloat(dicom.WindowWidth, 400)
		var b bytes.Buffer
		if err := dicom.Write(&b, d, bytes.Repeat([]byte{200, 0}, 128*128)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%03d.dcm", k)), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, study
}

// TestScenario8IncompleteAndLate: the site says 120 and sends 113. The row, the
// case and the sign sheet say so, the missing positions are black, nothing is
// measured across them, signing needs a reason; the late seven are told when they
// come and are unseen.
func TestScenario8IncompleteAndLate(t *testing.T) {
	t.Parallel()
	d := startDesktop(t)
	dir, study := lateStudy(t)
	a := spawnArchive(t, "--dir", dir, "--events", events(t, `{"on":"arrived","event":"late","count":7}`))
	c := startConsole(t, d, a.ownHome(t), 140, 50)
	c.openCase("tardy")
	c.see(60*time.Second, `current images 113/120 · (7 of 120|INCOMPLETE)`)
	d.window(t)
	c.command("goto 60") // 57 to 63 are not here
	c.see(10*time.Second, `Im 60/120`)
	eventually(t, 20*time.Second, "a missing slice", func() bool {
		s := c.state(study)
		return len(s.Tiles) > 0 && s.Tiles[0].Slice == 59 && s.Tiles[0].SOPUID == "" &&
			len(s.Counts) > 0 && s.Counts[0] == viewer.Loaded{StudyUID: study, Have: 113, Expected: 120}
	}, func() string { return fmt.Sprintf("%+v\n%s", c.state(study), c.screen()) })
	eventually(t, 20*time.Second, "a black tile", func() bool { return d.brightness(t) < 0.05 })
	d.screenshot(t, "scenario8-missing")
	c.acrossTheGap()
	c.needsAReason()
	c.command("goto 1")
	c.see(10*time.Second, `Im 1/120`)
	before := c.state(study).Unseen
	a.cue("arrived")
	c.see(120*time.Second, `7 more images came \(series 1\): 120 of 120`)
	c.see(20*time.Second, `current images 120/120 · all here`)
	eventually(t, 20*time.Second, "seven more that are unseen", func() bool {
		s := c.state(study)
		return s.Unseen == before+7 && len(s.UnseenIn) == 1
	}, func() string { return fmt.Sprint(before, c.state(study).Unseen, c.state(study).UnseenIn) })
	c.press("F12")
	c.see(20*time.Second, `120 of 120`)
	c.see(5*time.Second, `Se 1: \d+ of 120 not seen: `)
	c.see(5*time.Second, `STOPS.*images came late`)
}

// acrossTheGap tries a length across the missing slices on the coronal reformat.
func (c *console) acrossTheGap() {
	c.t.Helper()
	c.press("m")
	time.Sleep(500 * time.Millisecond)
	c.press("Tab")
	time.Sleep(500 * time.Millisecond)
	c.press("r")
	c.see(10*time.Second, `· length`)
	c.press("S-Up", "S-Up", "Enter", "S-Down", "S-Down", "S-Down", "S-Down", "Enter")
	c.see(10*time.Second, `nothing is measured across a gap`)
	c.press("Escape", "Escape")
	time.Sleep(200 * time.Millisecond)
	c.press("m")
}

// needsAReason holds the sign sheet against signing without the missing images.
func (c *console) needsAReason() {
	c.t.Helper()
	c.press("F3")
	c.see(5*time.Second, `KEYS → REPORT`)
	c.typeText("Normal.")
	c.see(5*time.Second, `Normal\.`)
	c.press("F12")
	c.see(20*time.Second, `113 of 120`)
	c.see(5*time.Second, `STOPS.*images are missing: 113/120`)
	time.Sleep(settleTime)
	c.press("Enter")
	c.see(5*time.Second, `Not signed`)
	c.press("Escape")
	c.press("F3")
}
