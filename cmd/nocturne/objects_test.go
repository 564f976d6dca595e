package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/viewer"
	vt "github.com/nocturne/nocturne/viewer/viewertest"
)

// heldCase is a home that holds a series and marks on it.
func heldCase(t *testing.T, marks ...viewer.Mark) (home string) {
	t.Helper()
	home = t.TempDir()
	ring, err := access.Open(home, access.Options{Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	defer ring.Close()
	objects, err := store.Open(filepath.Join(home, "cache"), ring)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range (vt.Series{RowMM: 0.5, ColMM: 0.5}).Write(t, t.TempDir()) {
		b, err := os.ReadFile(o.Path)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := objects.Put(b); err != nil {
			t.Fatal(err)
		}
	}
	led, err := openLedger(home)
	if err != nil {
		t.Fatal(err)
	}
	defer led.Close()
	for _, m := range marks {
		body, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if err := led.SaveMarks(context.Background(), "1.2.3", []ledger.Annotation{{StudyUID: "1.2.3", ID: m.ID, Body: body}}); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

func callAt(home string, args ...string) (stdout, stderr string, code int) {
	var out, errs bytes.Buffer
	env := &environment{In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: func(string) string { return "" }, Home: home}
	code = run(context.Background(), env, append(args, "--home", home))
	return out.String(), errs.String(), code
}

func TestMarksOfACaseAreWrittenAsObjectsAndListedFromThem(t *testing.T) {
	series := vt.Series{}
	length := viewer.Mark{ID: "2.25.1", Kind: viewer.Length, StudyUID: "1.2.3", SeriesUID: "1.2.3.1", SOPUID: series.SOP(1), Label: "nodule",
		Points: [][2]float64{{4, 4}, {10, 12}}, Values: []viewer.Value{{Name: "length", Number: 5, Unit: "mm", Uncertainty: 0.2}}}
	prior := length
	prior.ID, prior.Prior, prior.StudyUID = "2.25.2", true, "1.2.9"
	key := viewer.Mark{ID: "2.25.3", Kind: viewer.KeyImageMark, StudyUID: "1.2.3", SeriesUID: "1.2.3.1", SOPUID: series.SOP(2)}
	home := heldCase(t, length, prior, key)
	dir := filepath.Join(t.TempDir(), "out")
	if _, errs, code := callAt(home, "objects", "export", "A-1", dir); code != exitOK {
		t.Fatal(errs)
	}
	if _, errs, code := callAt(home, "objects", "export", "1.2.3", dir); code != exitFailed || !strings.Contains(errs, "there already") {
		t.Errorf("overwritten: %d %s", code, errs)
	}
	out, errs, code := callAt(home, "measurements", "--json", dir)
	var rows []measuredRow
	if err := json.Unmarshal([]byte(out), &rows); err != nil || code != exitOK || len(rows) != 3 {
		t.Fatalf("%v %s %d rows", err, errs, len(rows))
	}
	byKind := map[string]measuredRow{}
	for _, r := range rows {
		byKind[r.Kind] = r
	}
	groups := byKind["report"].Groups
	if len(groups) != 1 || groups[0].TrackingUID != "2.25.1" || groups[0].TrackingID != "nodule" {
		t.Fatalf("%+v", groups)
	}
	v := groups[0].Values[0]
	at := v.Regions[0]
	if v.Value == nil || *v.Value != 5 || v.Unit != "mm" || v.Uncertainty != 0.2 || at.Image.Instance != series.SOP(1) || at.Graphic != "POLYLINE" {
		t.Errorf("%+v", v)
	}
	if d := math.Hypot(at.Points[1][0]-at.Points[0][0], at.Points[1][1]-at.Points[0][1]) * 0.5; math.Abs(d-5) > 0.01 {
		t.Errorf("the points are %v mm apart", d)
	}
	if s := byKind["presentation state"]; len(s.Graphics) != 2 || len(s.Images) != 1 || s.Windows[0].Width != 400 {
		t.Errorf("%+v", s)
	}
	if k := byKind["key objects"]; len(k.Images) != 1 || k.Images[0].Instance != series.SOP(2) {
		t.Errorf("%+v", k)
	}
	text, _, _ := callAt(home, "measurements", dir)
	if !strings.Contains(text, "Length 5 ± 0.2 mm · POLYLINE 4.00,4.00 10.00,12.00 on "+series.SOP(1)) {
		t.Error(text)
	}
	validated(t, dir)
}

// validated asks dciodvfy and dcentvfy about all that was written, with the images.
func validated(t *testing.T, dir string) {
	paths, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, path := range paths {
		out, _ := exec.Command(oracle.Tool(t, "dciodvfy"), "-new", path).CombinedOutput()
		if strings.Contains("\n"+string(out), "\nError") {
			t.Errorf("%s:\n%s", filepath.Base(path), out)
		}
	}
	out, _ := exec.Command(oracle.Tool(t, "dcentvfy"), paths...).CombinedOutput()
	if strings.Contains("\n"+string(out), "\nError") {
		t.Errorf("dcentvfy:\n%s", out)
	}
}

func TestACaseWithoutMarksOrImagesIsNotExported(t *testing.T) {
	dir := t.TempDir()
	if _, errs, code := callAt(heldCase(t), "objects", "export", "1.2.3", dir); code != exitFailed || !strings.Contains(errs, "othing is marked") {
		t.Errorf("%d %s", code, errs)
	}
	if _, errs, code := callAt(t.TempDir(), "objects", "export", "1.2.3", dir); code != exitFailed || !strings.Contains(errs, "nocturne pull") {
		t.Errorf("%d %s", code, errs)
	}
}

func TestMeasurementsOfRealObjectsAreListed(t *testing.T) {
	dir := oracle.Data(t, "objects")
	out, errs, code := call(t, "measurements", "--json", filepath.Join(dir, "sr"), filepath.Join(dir, "gsps"), filepath.Join(dir, "sr-tid1500-petct"))
	var rows []measuredRow
	if err := json.Unmarshal([]byte(out), &rows); err != nil || code != exitOK {
		t.Fatal(err, errs)
	}
	values, kinds := 0, map[string]int{}
	for _, r := range rows {
		kinds[r.Kind]++
		for _, g := range r.Groups {
			values += len(g.Values)
		}
	}
	if kinds["report"] != 4 || kinds["presentation state"] != 2 || kinds["other"] != 5 || values < 25 {
		t.Errorf("%v, %d values", kinds, values)
	}
}
