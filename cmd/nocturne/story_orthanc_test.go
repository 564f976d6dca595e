package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// orthanc is a real server with a reader's account and no worklist.
type orthanc struct {
	t                    *testing.T
	dicomWeb, user, pass string
}

func startOrthanc(t *testing.T) *orthanc {
	t.Helper()
	url, user, pass := pacstest.StartOrthanc(t)
	return &orthanc{t, url, user, pass}
}

// rest calls Orthanc's own interface.
func (o *orthanc) rest(method, path string, body []byte) []byte {
	o.t.Helper()
	req, err := http.NewRequest(method, strings.TrimSuffix(o.dicomWeb, "/dicom-web")+path, bytes.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	req.SetBasicAuth(o.user, o.pass)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		o.t.Fatalf("%s %s: %d %v", method, path, resp.StatusCode, err)
	}
	return b
}

// load stores every file of a folder.
func (o *orthanc) load(dir string) (n int) {
	o.t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.dcm"))
	if err != nil || len(files) == 0 {
		o.t.Fatalf("nothing in %s: %v", dir, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			o.t.Fatal(err)
		}
		o.rest("POST", "/instances", b)
	}
	return len(files)
}

// reports fetches every report that the server holds into files.
func (o *orthanc) reports() (files []string) { return o.objects(dicom.BasicTextSRStorage) }

// objects fetches every object of a class that the server holds into files.
func (o *orthanc) objects(class dicom.UID) (files []string) {
	o.t.Helper()
	var ids []string
	if err := json.Unmarshal(o.rest("POST", "/tools/find", []byte(`{"Level":"Instance","Query":{"SOPClassUID":"`+string(class)+`"}}`)), &ids); err != nil {
		o.t.Fatal(err)
	}
	for _, id := range ids {
		f := filepath.Join(o.t.TempDir(), id+".dcm")
		if err := os.WriteFile(f, o.rest("GET", "/instances/"+id+"/file", nil), 0o600); err != nil {
			o.t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}

// home is a home with the server as its only site; the password stands in a file
// of its own.
func (o *orthanc) home() string {
	o.t.Helper()
	home := o.t.TempDir()
	secret := filepath.Join(home, "secret")
	config := fmt.Sprintf("[reader]\nname = \"WREN^ONE\"\nid = \"one\"\norganization = \"Story Hospital\"\n\n[policy]\nrecall_seconds = 0\n\n"+
		"[[site]]\nname = \"SOUTH\"\ndicomweb = %q\nuser = %q\npassword_file = %q\nall_studies = true\n", o.dicomWeb, o.user, secret)
	for name, text := range map[string]string{secret: o.pass + "\n", filepath.Join(home, "config.toml"): config} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			o.t.Fatal(err)
		}
	}
	return home
}

// valid holds an SR against two validators that are not ours.
func valid(t *testing.T, file string) (text string) {
	t.Helper()
	out, err := exec.Command("dciodvfy", "-new", file).CombinedOutput()
	if bad := regexp.MustCompile(`(?m)^Error.*$`).FindAllString(string(out), -1); len(bad) > 0 {
		t.Errorf("dciodvfy: %v\n%s", err, strings.Join(bad, "\n"))
	}
	out, err = exec.Command("dsrdump", "+Pl", file).CombinedOutput()
	if err != nil || regexp.MustCompile(`(?m)^E: `).Match(out) {
		t.Errorf("dsrdump: %v\n%s", err, out)
	}
	return string(out)
}

// tell runs a subcommand that prints JSON into v.
func tell(t *testing.T, v any, home string, args ...string) {
	t.Helper()
	out, code := nocturne(t, home, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), v); err != nil || code != exitOK {
		t.Fatalf("nocturne %v: exit %d, %v: %s", args, code, err, out)
	}
}

// TestTheMainJobOnARealOrthanc: list, claim, pull, draft, sign and addendum
// against a server that is not ours and keeps no worklist.
func TestTheMainJobOnARealOrthanc(t *testing.T) {
	o := startOrthanc(t)
	needs(t, "dciodvfy", "dsrdump")
	dir, cases := tinyNight(t, 2)
	o.load(dir)
	home, study := o.home(), cases[0].uid
	var rows []struct {
		Study     string  `json:"study_instance_uid"`
		Lockable  bool    `json:"lockable"`
		ClaimedBy *string `json:"claimed_by"`
		Expected  int     `json:"expected_instances"`
		Site      string
	}
	tell(t, &rows, home, "worklist")
	if len(rows) != 2 || rows[0].Lockable || rows[0].ClaimedBy != nil || rows[0].Expected != 3 || rows[0].Site != "SOUTH" {
		t.Fatalf("the list: %+v", rows)
	}
	if out, code := nocturne(t, home, "claim", study); code != exitOK || !strings.Contains(out, "NOT LOCKED at this site") {
		t.Errorf("claim: exit %d, %q", code, out)
	}
	mainJob(t, home, study, 3)
	var answer signAnswer
	tell(t, new(any), home, "report", "draft", study, "--set", "addendum=Discussed by telephone.")
	tell(t, &answer, home, "report", "sign", study, "--yes")
	files := o.reports()
	if answer.State != "verified" || len(files) != 2 {
		t.Fatalf("addendum: %+v, %d reports there", answer, len(files))
	}
	all := ""
	for _, f := range files {
		all += valid(t, f)
	}
	for _, want := range []string{"Normal abdomen.", "Discussed by telephone.", "WREN^ONE", "Story Hospital"} {
		if !strings.Contains(all, want) {
			t.Errorf("the reports do not say %q:\n%s", want, all)
		}
	}
}

// mainJob pulls, drafts and signs, and wants it verified.
func mainJob(t *testing.T, home, study string, images int) {
	t.Helper()
	var pulled []pulled
	tell(t, &pulled, home, "pull", study)
	if pulled[0].Have != images || pulled[0].Expected != images {
		t.Fatalf("pulled %+v", pulled)
	}
	tell(t, new(any), home, "report", "draft", study, "--set", "findings=Ärzte: Grün, 5 mm.", "--set", "impression=Normal abdomen.")
	var answer signAnswer
	tell(t, &answer, home, "report", "sign", study, "--yes")
	if answer.State != "verified" || answer.SOPUID == "" {
		t.Fatalf("signed: %+v", answer)
	}
}

func TestARealStudyOnARealOrthanc(t *testing.T) {
	folder := oracle.Data(t, "studies", "ct-chest-abdomen-pelvis")
	o := startOrthanc(t)
	needs(t, "dciodvfy", "dsrdump")
	n := o.load(folder)
	home := o.home()
	var rows []struct {
		Study string `json:"study_instance_uid"`
	}
	tell(t, &rows, home, "worklist")
	if len(rows) != 1 {
		t.Fatalf("the list: %+v", rows)
	}
	mainJob(t, home, rows[0].Study, n)
	files := o.reports()
	if len(files) != 1 {
		t.Fatalf("%d reports", len(files))
	}
	if text := valid(t, files[0]); !strings.Contains(text, "Grün") {
		t.Errorf("the report lost letters:\n%s", text)
	}
}

func TestAWrongPasswordIsSaidAndNotShown(t *testing.T) {
	o := startOrthanc(t)
	o.pass = "wr0ng-secret"
	cmd := program(t, o.home(), "worklist")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.Run()
	if cmd.ProcessState.ExitCode() != exitFailed || !strings.Contains(errs.String(), "SOUTH: The archive does not know us") || strings.Contains(errs.String(), o.pass) {
		t.Errorf("exit %d: %s", cmd.ProcessState.ExitCode(), errs.String())
	}
}

// With keys: a site without a lock says so, and a measurement that F4 put into the
// text is in a report that validators take.
func TestTheTerminalOnARealOrthanc(t *testing.T) {
	o := startOrthanc(t)
	needs(t, "tmux", "dciodvfy", "dsrdump")
	dir, cases := tinyNight(t, 2)
	o.load(dir)
	home := o.home()
	ready(t, home, book(t, home), cases[:1])
	c := startConsole(t, nil, home, 110, 30)
	c.openCase("alder")
	c.see(10*time.Second, `NOT LOCKED at this site[\s\S]*current (images )?3/3 · all here`)
	time.Sleep(150 * time.Millisecond)
	c.press("F3")
	c.see(5*time.Second, `KEYS → REPORT`)
	c.typeText("Cyst of")
	c.press("F4")
	c.see(5*time.Second, `Cyst of 20\.0 mm`)
	c.press("F12")
	c.see(10*time.Second, `Enter signs as WREN, ONE`)
	time.Sleep(450 * time.Millisecond)
	c.press("Enter")
	c.see(20*time.Second, `signed · VERIFIED at SOUTH`)
	files := o.reports()
	if len(files) != 1 {
		t.Fatalf("%d reports", len(files))
	}
	if text := valid(t, files[0]); !strings.Contains(text, "Cyst of 20.0 mm") || !strings.Contains(text, "Of T01.") {
		t.Errorf("the archive has another text than the screen:\n%s", text)
	}
	// What was measured goes with it, and the image and drawing it was measured on.
	for class, iod := range map[dicom.UID]string{dicom.ComprehensiveSRStorage: "ComprehensiveSR", dicom.KeyObjectSelectionStorage: "KeyObjectSelectionDocument",
		dicom.GSPSStorage: "GrayscaleSoftcopyPresentationState"} {
		for begun := time.Now(); len(o.objects(class)) == 0 && time.Since(begun) < 10*time.Second; {
			time.Sleep(100 * time.Millisecond)
		}
		files := o.objects(class)
		if len(files) != 1 {
			t.Fatalf("%d objects of class %s", len(files), class.Name())
		}
		b, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if text := oracle.Accept(t, iod, b); class == dicom.ComprehensiveSRStorage && !strings.Contains(text, `="20" (mm`) {
			t.Errorf("no 20 mm in\n%s", text)
		}
	}
}

// Scenario 1 in the window, with the phantom chest on a server that is not ours.
func TestScenario1OnARealOrthanc(t *testing.T) {
	t.Parallel()
	o := startOrthanc(t)
	needs(t, "dciodvfy", "dsrdump")
	d, a := startDesktop(t), spawnArchive(t, "--phantoms")
	nodule := truth(t, "chest-nodule")
	o.mirror(a, nodule.Study)
	c := startConsole(t, d, o.home(), 140, 50)
	c.openCase("boris")
	d.window(t)
	c.see(10*time.Second, `NOT LOCKED at this site`)
	c.see(90*time.Second, `current images (\d+)/\d+ · all here`)
	measured := c.firstRead(d, a, nodule)
	c.see(20*time.Second, `VERIFIED at SOUTH`)
	files := o.reports()
	if len(files) != 1 {
		t.Fatalf("the archive holds %d reports", len(files))
	}
	saysFirstRead(t, valid(t, files[0]), measured)
}

// mirror gives the server a study that the embedded archive holds.
func (o *orthanc) mirror(a *archiveProcess, study string) {
	o.t.Helper()
	err := a.client(o.t).Retrieve(o.t.Context(), pacs.Ref{Study: dicom.UID(study)}, func(obj pacs.Object) error {
		o.rest("POST", "/instances", obj.Bytes)
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
}
