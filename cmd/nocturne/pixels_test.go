package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/pixel"
)

// call runs one invocation in this process.
func call(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	env := &environment{In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: os.Getenv, Home: t.TempDir()}
	code = run(context.Background(), env, args)
	return out.String(), errs.String(), code
}

// manifestRow is what the manifest says of a file.
type manifestRow struct{ syntax, verdict, sha256 string }

func manifestOf(t *testing.T) map[string]manifestRow {
	t.Helper()
	out := map[string]manifestRow{}
	for _, row := range oracle.Rows(t) {
		out[row["file"]] = manifestRow{row["transfer_syntax"], row["pixel_verdict"], row["pixel_sha256"]}
	}
	return out
}

// answered is a row of `pixels --json`, read or refused.
type answered struct {
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Error  string `json:"error"`
	Kind   string `json:"kind"`
}

// Every file of the data set is answered: equal to the manifest where other
// decoders agree, else listed with what became of it, and never with an error that
// does not say whether the file or the program is at fault.
func TestPixelsEqualTheManifest(t *testing.T) {
	dir := oracle.Data(t)
	want := manifestOf(t)
	out, errs, code := call(t, "pixels", "--json", dir)
	var rows []answered
	if err := json.Unmarshal([]byte(out), &rows); err != nil || code != exitFailed || errs != "" {
		t.Fatalf("exit %d, %v: %s", code, err, errs)
	}
	met, equal := 0, 0
	var table strings.Builder
	for _, r := range rows {
		name, _ := filepath.Rel(dir, r.Path)
		m, listed := want[filepath.ToSlash(name)]
		if listed {
			met++
		}
		switch {
		case r.Kind == "unreadable" || (r.Kind == "") != (r.SHA256 != ""):
			t.Errorf("%s: %q %q %q", name, r.SHA256, r.Kind, r.Error)
		case m.verdict == "agree" && r.SHA256 != m.sha256:
			t.Errorf("%s: %s %s, want %s", name, r.SHA256, r.Error, m.sha256)
		case m.verdict == "agree":
			equal++
		case m.verdict != "no-pixels" && m.verdict != "" || r.SHA256 != "":
			fmt.Fprintf(&table, "  %-9s %-60s %.16s %s\n", m.verdict, name, r.SHA256, r.Error)
		}
	}
	t.Logf("%d files equal the manifest; without an agreed truth:\n%s", equal, table.String())
	if met != len(want) || equal < 300 {
		t.Errorf("%d of %d files answered, %d equal", met, len(want), equal)
	}
}

func TestFilesAreAnsweredInTheirOrder(t *testing.T) {
	var paths []string
	for i := range 200 {
		paths = append(paths, fmt.Sprint(i))
	}
	under, most := atomic.Int32{}, atomic.Int32{}
	at := 0
	for path, r := range inOrder(t.Context(), paths, func(path string) (string, error) {
		n := under.Add(1)
		defer under.Add(-1)
		for {
			if m := most.Load(); n <= m || most.CompareAndSwap(m, n) {
				break
			}
		}
		time.Sleep(time.Duration(len(path)*37%5) * time.Millisecond)
		return path, nil
	}) {
		if path != paths[at] || r.row != path {
			t.Fatalf("answer %d is of %s: %s", at, path, r.row)
		}
		at++
	}
	if at != 200 || int(most.Load()) > runtime.GOMAXPROCS(0)+1 {
		t.Errorf("%d answers, up to %d files at a time", at, most.Load())
	}
}

func TestWhoLeavesEarlyLeavesNoWorkBehind(t *testing.T) {
	begun, ended := atomic.Int32{}, atomic.Int32{}
	for range inOrder(t.Context(), make([]string, 100), func(string) (int, error) {
		begun.Add(1)
		defer ended.Add(1)
		time.Sleep(time.Millisecond)
		return 0, nil
	}) {
		break
	}
	if begun.Load() != ended.Load() || begun.Load() > 20 {
		t.Errorf("%d files begun, %d ended", begun.Load(), ended.Load())
	}
}

func TestTheLargestFrameIsAsConfigured(t *testing.T) {
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
	d.SetStr(dicom.SOPInstanceUID, "1.2.3.5")
	d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME2")
	for tag, v := range map[dicom.Tag]int{dicom.Rows: 1025, dicom.Columns: 512, dicom.SamplesPerPixel: 1, dicom.BitsAllocated: 16,
		dicom.BitsStored: 16, dicom.HighBit: 15, dicom.PixelRepresentation: 0} {
		d.SetInt(tag, v)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, d, make([]byte, 1025*512*2)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "large.dcm")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	defer func() { pixel.MaxFrame = 1 << 30 }()
	for config, want := range map[string]int{"": exitOK, "[limits]\nframe_mb = 2\n": exitOK, "[limits]\nframe_mb = 1\n": exitFailed} {
		if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		out, errs, code := call(t, "--home", home, "pixels", path)
		if code != want || want == exitFailed && !strings.Contains(errs, "not supported: frame size above the limit of 1048576") {
			t.Errorf("%q: exit %d: %s%s", config, code, out, errs)
		}
	}
	for _, bad := range []string{"0", "-1", "131073"} {
		if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte("[limits]\nframe_mb = "+bad+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadConfig(home); err == nil {
			t.Errorf("frame_mb = %s is taken", bad)
		}
	}
}

var tinyPixels = []byte{0, 0, 100, 0, 200, 0, 44, 1, 144, 1, 244, 1}

// tiny writes a 2 × 3 image of 12 bits, values 0 … 5 hundred, rows twice as far
// apart as columns.
func tiny(t *testing.T) string {
	t.Helper()
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
	d.SetStr(dicom.SOPInstanceUID, "1.2.3.4")
	d.SetStr(dicom.Modality, "CT")
	d.SetStr(dicom.PatientName, "PHANTOM^Tiny\x1b[2J")
	d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME2")
	d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	d.SetFloat(dicom.PixelSpacing, 2, 1)
	d.SetFloat(dicom.WindowCenter, 250)
	d.SetFloat(dicom.WindowWidth, 500)
	for tag, v := range map[dicom.Tag]int{dicom.Rows: 2, dicom.Columns: 3, dicom.SamplesPerPixel: 1, dicom.BitsAllocated: 16,
		dicom.BitsStored: 12, dicom.HighBit: 11, dicom.PixelRepresentation: 0} {
		d.SetInt(tag, v)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, d, tinyPixels); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "tiny.dcm")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAFailingFileIsARowAndTheOthersFollow(t *testing.T) {
	good := tiny(t)
	missing := filepath.Join(t.TempDir(), "missing")
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("no DICOM at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"pixels", "info"} {
		out, _, code := call(t, command, "--json", missing, text, good)
		var rows []map[string]any
		if err := json.Unmarshal([]byte(out), &rows); err != nil || len(rows) != 3 || code != exitFailed {
			t.Fatalf("%s: exit %d, %v: %s", command, code, err, out)
		}
		for i, path := range []string{missing, text, good} {
			_, failed := rows[i]["error"]
			kind := map[int]any{0: "unreadable", 1: "invalid"}[i]
			if rows[i]["path"] != path || failed != (i < 2) || failed && (len(rows[i]) != 3 || rows[i]["kind"] != kind) {
				t.Errorf("%s, row %d: %v", command, i, rows[i])
			}
		}
		out, errs, code := call(t, command, missing, good)
		if code != exitFailed || !strings.Contains(errs, missing) || !strings.Contains(out, good) {
			t.Errorf("%s: exit %d, %q, %q", command, code, out, errs)
		}
	}
}

func TestPixelsTellsWhatWasHashed(t *testing.T) {
	good := tiny(t)
	out, _, code := call(t, "pixels", "--json", filepath.Dir(good)) // a folder is walked
	var rows []pixelsRow
	want := pixelsRow{Path: good, TransferSyntax: "1.2.840.10008.1.2.1", Codec: "native", Rows: 2, Columns: 3, Frames: 1, Samples: 1, BitsAllocated: 16,
		SHA256: fmt.Sprintf("%x", sha256.Sum256(tinyPixels))}
	if err := json.Unmarshal([]byte(out), &rows); err != nil || code != exitOK || len(rows) != 1 {
		t.Fatalf("exit %d, %v: %s", code, err, out)
	}
	if rows[0] != want {
		t.Errorf("%+v, want %+v", rows[0], want)
	}
}

func TestInfoIsReadableAndHarmless(t *testing.T) {
	good := tiny(t)
	out, _, code := call(t, "info", good)
	for _, want := range []string{"CT Image Storage", "3 × 2", "W 500 L 250", "2 mm between rows, 1 mm between columns", "R A L P", "PHANTOM^Tiny"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is missing in:\n%s", want, out)
		}
	}
	if code != exitOK || strings.Contains(out, "\x1b") {
		t.Errorf("exit %d, or the name gives orders to the terminal: %q", code, out)
	}
}

// picture reads the grey values of a PNG.
func picture(t *testing.T, path string) (values [][]uint32) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	for y := range img.Bounds().Dy() {
		var line []uint32
		for x := range img.Bounds().Dx() {
			r, _, _, _ := img.At(x, y).RGBA()
			line = append(line, r>>8)
		}
		values = append(values, line)
	}
	return values
}

func TestRenderDrawsByWindowAndSpacing(t *testing.T) {
	good := tiny(t)
	out := filepath.Join(t.TempDir(), "out.png")
	for _, c := range []struct {
		args []string
		rows int
		cols int
		x, y int
		want uint32
	}{
		{nil, 4, 3, 0, 0, 0}, // rows are twice as high as columns are wide
		{nil, 4, 3, 2, 3, 255},
		{[]string{"--window", "100,1"}, 4, 3, 1, 0, 255}, // 100 > 99.5: white, of a step
		{[]string{"--window", "100.5,1"}, 4, 3, 1, 0, 0},
		{[]string{"--size", "6x8"}, 8, 6, 0, 0, 0},
		{[]string{"--size", "30x8"}, 8, 30, 0, 4, 0},                        // black beside
		{[]string{"--size", "30x8"}, 8, 30, 17, 7, 255},                     // 6 columns in the middle
		{[]string{"--size", "1x1", "--window", "256,512"}, 1, 1, 0, 0, 125}, // mean 250 of the picture: (250−255.5)/511+0.5
	} {
		if _, errs, code := call(t, append([]string{"render", good, "-o", out}, c.args...)...); code != exitOK {
			t.Fatalf("%v: exit %d: %s", c.args, code, errs)
		}
		p := picture(t, out)
		if len(p) != c.rows || len(p[0]) != c.cols || p[c.y][c.x] != c.want {
			t.Errorf("%v: %d × %d, (%d, %d) is %d, want %d × %d and %d", c.args, len(p), len(p[0]), c.x, c.y, p[c.y][c.x], c.rows, c.cols, c.want)
		}
	}
}

func TestRenderRefusesWhatItDoesNotUnderstand(t *testing.T) {
	good, out := tiny(t), filepath.Join(t.TempDir(), "out.png")
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{good}, exitUsage},
		{[]string{"-o", out}, exitUsage},
		{[]string{good, "-o", out, "--window", "40"}, exitUsage},
		{[]string{good, "-o", out, "--window", "40,0"}, exitUsage},
		{[]string{good, "-o", out, "--window", "40,NaN"}, exitUsage},
		{[]string{good, "-o", out, "--size", "0x5"}, exitUsage},
		{[]string{good, "-o", out, "--size", "99999x5"}, exitUsage},
		{[]string{good, "-o", out, "--frame", "0"}, exitUsage},
		{[]string{good, "-o", out, "--frame", "2"}, exitFailed},
		{[]string{good + "x", "-o", out}, exitFailed},
	} {
		if _, errs, code := call(t, append([]string{"render"}, c.args...)...); code != c.code || errs == "" {
			t.Errorf("%v: exit %d, want %d: %q", c.args, code, c.code, errs)
		}
	}
	if _, err := os.Stat(out); err == nil {
		t.Error("a picture was written all the same")
	}
}
