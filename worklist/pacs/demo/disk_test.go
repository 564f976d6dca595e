package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/worklist/pacs"
)

func TestWhatIsDoneSurvivesARestart(t *testing.T) {
	key := seal.NewKey()
	for name, keys := range map[string][2]*seal.Key{"as it is": {nil, nil}, "sealed": {&key, &key}, "sealed afterwards": {nil, &key}} {
		t.Run(name, func(t *testing.T) { survive(t, keys[0], keys[1]) })
	}
}

// survive does things in an archive with one key and looks for them in one with another.
func survive(t *testing.T, before, after *seal.Key) {
	dir := t.TempDir()
	sr := object(t, ctStudy, 1)
	func() {
		a, base := serve(t, Options{Sources: []Source{hospital()}, StoreDir: dir, Key: before})
		bring(t, base, pacs.InProgress)
		if status, _, failed := stow(t, base+"/studies", sr); status != 200 {
			t.Fatal(status, failed)
		}
		if resp, body := send(t, "POST", base+"/workitems?1.2.9.1", order()); resp.StatusCode != 201 {
			t.Fatal(resp.Status, string(body))
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}()
	if err := os.WriteFile(filepath.Join(dir, "objects", ".new-123"), sr[:99], 0o600); err != nil {
		t.Fatal(err)
	}
	_, base := serve(t, Options{Sources: []Source{hospital()}, StoreDir: dir, Key: after})
	if d := step1(t, base); d.Str(dicom.ProcedureStepState) != "IN PROGRESS" {
		t.Errorf("the state is %s", d.Str(dicom.ProcedureStepState))
	}
	if resp := change(t, base, theirs, pacs.InProgress); resp.StatusCode != 400 {
		t.Errorf("another claimed it: %d", resp.StatusCode)
	}
	if resp, body := send(t, "POST", base+"/workitems/"+ctStep+"?"+mine, performed()); resp.StatusCode != 200 {
		t.Errorf("its holder may not go on: %d %s", resp.StatusCode, body)
	}
	if resp, body := call(t, "GET", base+"/workitems/1.2.9.1", nil); resp.StatusCode != 200 {
		t.Errorf("a created step is lost: %s", body)
	}
	resp, body := call(t, "GET", base+"/studies/"+ctStudy+"/series/"+ctStudy+".8", nil, "Accept", files)
	want(t, resp, body, 200)
	if parts, _ := bodyParts(t, resp, body); len(parts) != 1 || !bytes.Equal(parts[0], sr) {
		t.Error("a stored object came back otherwise")
	}
	if l, _ := filepath.Glob(filepath.Join(dir, "objects", ".new-*")); len(l) > 0 {
		t.Error("half a file is still there")
	}
	told := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte("DICM")) || bytes.Contains(b, []byte(ctStudy)) || strings.Contains(path, ctStudy) || strings.Contains(path, ctStep) {
			told++
		}
		return err
	})
	if err != nil || (told == 0) != (after != nil) {
		t.Errorf("%d files tell of a study: %v", told, err)
	}
	if after != nil {
		if _, err := New(Options{StoreDir: dir}); err == nil {
			t.Error("a sealed folder is served without its key")
		}
	}
}

func TestASealedArchiveThatWasChangedIsNotServed(t *testing.T) {
	key := seal.NewKey()
	dir := t.TempDir()
	a, base := serve(t, Options{StoreDir: dir, Key: &key})
	if status, _, failed := stow(t, base+"/studies", object(t, ctStudy, 1)); status != 200 {
		t.Fatal(status, failed)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "objects", "*.dcm"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(files[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{StoreDir: dir, Key: &key}); !errors.Is(err, seal.ErrDamaged) {
		t.Errorf("a changed object: %v", err)
	}
}

func TestDueTimesCountFromThisStart(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2026, 1, 10, 22, 0, 0, 0, time.UTC)
	for range 2 {
		a, base := serve(t, Options{Sources: []Source{hospital()}, StoreDir: dir, Clock: func() time.Time { return at }})
		if due, _ := dicom.ParseDT(step1(t, base).Str(dicom.ExpectedCompletionDateTime)); !due.Equal(at.Add(time.Hour)) {
			t.Errorf("due %v, started %v", due, at)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		at = at.Add(24 * time.Hour)
	}
}

func TestOneArchiveServesAFolder(t *testing.T) {
	dir := t.TempDir()
	serve(t, Options{StoreDir: dir})
	if _, err := New(Options{StoreDir: dir}); err == nil {
		t.Error("two archives serve one store")
	}
}

func TestAForeignOrBrokenStoreIsRefused(t *testing.T) {
	for name, content := range map[string]string{"FORMAT": "nocturne archive 99\n", "workitems/1.2.3.json": `{"state":"IN PROG`, "objects/1.2.3.dcm": "x"} {
		dir := t.TempDir()
		a, err := New(Options{StoreDir: dir})
		if err != nil {
			t.Fatal(err)
		}
		a.Close()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if a, err := New(Options{StoreDir: dir}); err == nil {
			a.Close()
			t.Errorf("a store with a broken %s was opened", name)
		}
	}
}

// asArchive makes this test binary an archive over the store it names.
const asArchive = "NOCTURNE_TEST_ARCHIVE"

func TestMain(m *testing.M) {
	pixel.Decoders = all.Decoders()
	if dir := os.Getenv(asArchive); dir != "" {
		a, err := New(Options{Sources: []Source{hospital()}, StoreDir: dir})
		if err != nil {
			panic(err)
		}
		urls, err := a.Serve(context.Background(), "127.0.0.1:0")
		if err != nil {
			panic(err)
		}
		json.NewEncoder(os.Stdout).Encode(urls)
		select {}
	}
	os.Exit(m.Run())
}

// TestAnAnsweredChangeSurvivesKill9 kills the archive the moment it has
// answered, again and again: what it said happened must have happened.
func TestAnAnsweredChangeSurvivesKill9(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), asArchive+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := func() { cmd.Process.Kill(); cmd.Wait() }
		line, err := bufio.NewReader(out).ReadString('\n')
		var urls URLs
		if err != nil || json.Unmarshal([]byte(line), &urls) != nil {
			kill()
			t.Fatalf("first line %q: %v", line, err)
		}
		switch round {
		case 0:
			if resp := change(t, urls.UPS, mine, pacs.InProgress); resp.StatusCode != 200 {
				t.Error("claim:", resp.Status)
			}
		case 1:
			if resp := change(t, urls.UPS, theirs, pacs.InProgress); resp.StatusCode == 200 {
				t.Error("the claim was forgotten")
			}
			if status, _, failed := stow(t, urls.DICOMweb+"/studies", object(t, ctStudy, 1)); status != 200 {
				t.Error("store:", status, failed)
			}
		case 2:
			if resp, body := call(t, "GET", urls.DICOMweb+"/studies/"+ctStudy+"/series/"+ctStudy+".8", nil, "Accept", files); resp.StatusCode != 200 {
				t.Errorf("the object was forgotten: %s", body)
			}
			if d := step1(t, urls.UPS); !strings.Contains(d.Str(dicom.ProcedureStepState), "PROGRESS") {
				t.Error("the state was forgotten")
			}
		}
		kill()
	}
}
