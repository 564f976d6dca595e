package main

import (
	"bufio"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs/dimse"
)

// runningArchive runs `nocturne archive` and gives what its first line says.
func runningArchive(t *testing.T, args ...string) (urls struct {
	DICOMweb, UPS string
	Studies       int
	DIMSE, AE     string
}, end func(os.Signal) (rest string, code int)) {
	t.Helper()
	cmd := program(t, t.TempDir(), append([]string{"archive"}, args...)...)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(out)
	line, err := r.ReadString('\n')
	if err == nil {
		err = json.Unmarshal([]byte(line), &urls)
	}
	if err != nil {
		cmd.Process.Kill()
		cmd.Wait()
		t.Fatalf("first line %q: %v\n%s", line, err, errs.String())
	}
	return urls, func(sig os.Signal) (string, int) {
		cmd.Process.Signal(sig)
		rest, _ := io.ReadAll(r)
		cmd.Wait()
		return string(rest), cmd.ProcessState.ExitCode()
	}
}

func TestArchiveTellsItsAddressesAndNothingElse(t *testing.T) {
	begun := time.Now()
	urls, end := runningArchive(t, "--phantoms")
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("the first line took %v", took)
	}
	resp, err := http.Get(urls.UPS + "/workitems")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 200 || urls.Studies == 0 {
		t.Errorf("status %d, %d studies", resp.StatusCode, urls.Studies)
	}
	c, err := dimse.New(dimse.Config{Name: "NORTH", Address: urls.DIMSE, CalledAE: urls.AE})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Verify(t.Context()); err != nil {
		t.Errorf("no association: %v", err)
	}
	if rest, code := end(syscall.SIGTERM); rest != "" || code != 0 {
		t.Errorf("ended with exit %d after printing %q more", code, rest)
	}
}

func TestArchiveRefusesOtherAddresses(t *testing.T) {
	if out, code := nocturne(t, t.TempDir(), "archive", "--listen", "0.0.0.0:0"); code == 0 || out != "" {
		t.Errorf("exit %d, printed %q", code, out)
	}
}

func TestArchivePrintsThePlantedTruths(t *testing.T) {
	out, code := nocturne(t, t.TempDir(), "archive", "--phantoms", "--truth")
	var items []struct{ ID, Sentence string }
	if err := json.Unmarshal([]byte(out), &items); err != nil || code != 0 || len(items) == 0 {
		t.Fatalf("exit %d, %d truths: %v", code, len(items), err)
	}
	if _, code := nocturne(t, t.TempDir(), "archive", "--truth"); code != exitUsage {
		t.Errorf("without phantoms: exit %d", code)
	}
}

func TestArchiveReplaysANight(t *testing.T) {
	events := filepath.Join(t.TempDir(), "night.ndjson")
	if err := os.WriteFile(events, []byte(`{"after":"300ms","event":"claim"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	urls, end := runningArchive(t, "--phantoms", "--events", events)
	defer end(os.Interrupt)
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		resp, err := http.Get(urls.UPS + "/workitems?ProcedureStepState=IN+PROGRESS")
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode == 200 && strings.Contains(string(b), "OTHER^READER") {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nobody claimed: %d", resp.StatusCode)
		}
	}
}
