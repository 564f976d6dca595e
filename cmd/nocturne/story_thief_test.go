package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/nocturne/nocturne/cache/dicom"
)

// told is what a thief would like to learn: all that the two patients of the night are
// known by, and what the reader wrote of the first.
var told = []string{"ZWETSCHGENHOLZ", "QUIRINALIS", "PID-7301149", "ACC8841207", "Lungenrundherd links", "19540229", "KRANICHFELD",
	"2.25.730114955001", "abgeschlagen seit Wochen", "quersitzender Verschluss",
	"BUCHECKERWALD", "OTTOKARIUS", "PID-5550127", "ACC9917733", "Schaedel nativ"}

// thiefsNight is a folder of two patients, a chest and a head.
func thiefsNight(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for n, p := range [][6]string{{"2.25.730114955001", told[0] + "^" + told[1], told[2], told[3], told[4], told[5]},
		{"2.25.555012799002", told[10] + "^" + told[11], told[12], told[13], told[14], "19610704"}} {
		for k := range 3 {
			b := tinySlice(t, tinyCase{p[0], p[3], p[1]}, n, k, func(d *dicom.Dataset) {
				d.SetStr(dicom.PatientID, p[2])
				d.SetStr(dicom.StudyDescription, p[4])
				d.SetStr(dicom.PatientBirthDate, p[5])
				d.SetStr(dicom.ReferringPhysicianName, told[6]+"^OTTO")
				d.SetStr(dicom.AdmittingDiagnosesDescription, told[8])
			})
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d-%d", n, k)), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

// needle is one secret in one encoding.
type needle struct {
	secret, form string
	bytes        []byte
}

// needles are the secrets in every usual encoding, and the mark of a DICOM file where
// a file has it.
func needles(secrets []string) []needle {
	out := []needle{{"the mark of a DICOM file", "behind its preamble", append(make([]byte, 16), "DICM"...)}}
	for _, s := range secrets {
		known := map[string]bool{}
		add := func(form string, b []byte) {
			if !known[string(b)] {
				out = append(out, needle{s, form, b})
			}
			known[string(b)] = true
		}
		for _, as := range []string{s, strings.ToLower(s), strings.ToUpper(s)} {
			add("UTF-8", []byte(as))
			add("URL", []byte(url.QueryEscape(as)))
			units := utf16.Encode([]rune(as))
			var little, big bytes.Buffer
			binary.Write(&little, binary.LittleEndian, units)
			binary.Write(&big, binary.BigEndian, units)
			add("UTF-16LE", little.Bytes())
			add("UTF-16BE", big.Bytes())
			add("hex", []byte(hex.EncodeToString([]byte(as))))
			add("HEX", []byte(strings.ToUpper(hex.EncodeToString([]byte(as)))))
			for lead := range 3 { // wherever it begins in what was encoded
				b := append(make([]byte, lead), as...)
				first, last := (lead*8+5)/6, len(b)*8/6
				add("base64", []byte(base64.StdEncoding.EncodeToString(b)[first:last]))
				add("base64url", []byte(base64.URLEncoding.EncodeToString(b)[first:last]))
			}
		}
	}
	return out
}

// search looks for needles in bytes and says where it found one.
func search(where string, b []byte, all []needle) (found []string) {
	for _, n := range all {
		if bytes.Contains(b, n.bytes) {
			found = append(found, fmt.Sprintf("%q as %s in %s", n.secret, n.form, where))
		}
	}
	return found
}

// searchFolder looks into every file below a folder and at its name.
func searchFolder(t *testing.T, dir string, all []needle) (found []string, files int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return nil // gone meanwhile
		}
		name, _ := filepath.Rel(dir, path)
		found = append(found, search("the name "+name, []byte(name), all)...)
		if e.Type().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return nil
			}
			files++
			found = append(found, search(name, b, all)...)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, files
}

// searchProcess looks at what others on the machine can see of a process, and into
// every file that it holds open, those without a name too.
func searchProcess(t *testing.T, pid int, all []needle) (found []string) {
	t.Helper()
	proc := fmt.Sprintf("/proc/%d/", pid)
	for _, f := range []string{"cmdline", "environ", "comm"} {
		b, err := os.ReadFile(proc + f)
		if err != nil && !errors.Is(err, fs.ErrPermission) { // nobody but root looks into the process
			t.Fatal(err)
		}
		found = append(found, search(f, b, all)...)
	}
	open, err := os.ReadDir(proc + "fd")
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		t.Fatal(err)
	}
	for _, e := range open {
		info, err := os.Stat(proc + "fd/" + e.Name())
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		if b, err := os.ReadFile(proc + "fd/" + e.Name()); err == nil {
			found = append(found, search("an open file", b, all)...)
		}
	}
	return found
}

func TestTheThiefsSearchFindsEveryEncoding(t *testing.T) {
	all := needles([]string{"MUSTERMANN"})
	for form, text := range map[string]string{
		"plain": "xMUSTERMANNx", "lower": "mustermann", "wide": "M\x00U\x00S\x00T\x00E\x00R\x00M\x00A\x00N\x00N\x00",
		"base64": base64.StdEncoding.EncodeToString([]byte("a MUSTERMANN^B")), "base64, one on": base64.RawURLEncoding.EncodeToString([]byte("ab MUSTERMANN^B")),
		"base64, two on": base64.StdEncoding.EncodeToString([]byte("abc MUSTERMANN^B")), "hex": hex.EncodeToString([]byte("(MUSTERMANN)")),
		"DICOM": string(make([]byte, 128)) + "DICM",
	} {
		if len(search("", []byte(text), all)) == 0 {
			t.Errorf("%s is not found", form)
		}
	}
	if got := search("", []byte("DICM and MUSTER^MANN"), all); len(got) > 0 {
		t.Errorf("found what is not there: %v", got)
	}
}

// TestAThiefFindsNoPatientInAHome: in the middle of a working session and after it (two
// cases opened, measured and written, one put aside, one signed and delivered, objects
// opened from a folder and sent), nothing of a patient stands in any file, name,
// argument, window title or file without a name, in any usual encoding.
func TestAThiefFindsNoPatientInAHome(t *testing.T) {
	t.Parallel()
	night := thiefsNight(t)
	a := spawnArchive(t, "--dir", night)
	a.assignToNobody(t)
	home, temp, all := a.ownHome(t), t.TempDir(), needles(told)
	if got, _ := searchFolder(t, night, all); len(got) < len(told)-1 { // all but what the reader will write
		t.Fatalf("the night itself tells only %v", got)
	}
	config := strings.Replace(siteConfig("READER^DEMO", a.DICOMweb, a.UPS), "[policy]\n", "[policy]\nrecall_seconds = 0\n", 1)
	if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	d := startDesktop(t)
	c := startConsoleIn(t, d, home, 110, 36, []string{"TMPDIR=" + temp})
	c.openCase("zwetsch")
	w := d.window(t)
	c.see(30*time.Second, `3/3`)
	d.strike(t, "r")
	width, height := d.size(t, w)
	for _, at := range []float64{0.45, 0.55} {
		d.run(t, "xdotool", "mousemove", "--window", w, fmt.Sprint(int(at*width)), fmt.Sprint(int(at*height)), "sleep", "0.2", "click", "1", "sleep", "0.2")
	}
	eventually(t, 10*time.Second, "the mark on disk", func() bool { return len(c.marks("2.25.730114955001")) > 0 })
	c.press("F3")
	c.see(5*time.Second, `KEYS → REPORT`)
	c.press("Tab")
	c.typeText("Kein quersitzender Verschluss.")
	c.see(10*time.Second, `draft · saved`)
	look := func(when string, pids ...int) {
		t.Helper()
		found, files := searchFolder(t, home, all)
		more, _ := searchFolder(t, temp, all)
		found = append(found, more...)
		for _, pid := range pids {
			found = append(found, searchProcess(t, pid, all)...)
		}
		out, _ := d.command("xdotool", "search", "--name", "", "getwindowname", "%@").Output()
		found = append(found, search("a window's title", out, all)...)
		title, _ := c.tmux("display-message", "-p", "#{pane_title} #{window_name}")
		found = append(found, search("the terminal's title", []byte(title), all)...)
		if files < 5 {
			t.Errorf("%s: only %d files were there to be looked at", when, files)
		}
		for _, f := range found {
			t.Errorf("%s: %s", when, f)
		}
	}
	pid := c.pid()
	look("while a report is written", append(children(pid), pid)...)
	c.press("F12")
	c.see(20*time.Second, `Enter`)
	time.Sleep(settleTime)
	c.press("Enter")
	eventually(t, 60*time.Second, "the report at the archive", func() bool { return len(a.reports(t, "2.25.730114955001")) == 1 }, c.screen)
	nocturneDone(t, home, temp, "pull", "ACC9917733")
	nocturneDone(t, home, temp, "open", night)
	nocturneDone(t, home, temp, "send", night, "--site", "NORTH", "--yes")
	look("after the signature", append(children(pid), pid)...)
	c.press("F6")
	c.see(15*time.Second, `(?i)buchecker`)
	look("in the next case", append(children(pid), pid)...)
	exec.Command("kill", fmt.Sprint(pid)).Run()
	eventually(t, 10*time.Second, "the program to end", func() bool { _, err := os.Stat(fmt.Sprintf("/proc/%d", pid)); return err != nil }, func() string {
		exec.Command("kill", "-QUIT", fmt.Sprint(pid)).Run()
		time.Sleep(time.Second)
		b, _ := os.ReadFile(filepath.Join(home, "stderr"))
		return string(b)
	})
	look("when the program has ended")
}

// nocturneDone runs a subcommand with temporary files in a folder of the test's.
func nocturneDone(t *testing.T, home, temp string, args ...string) {
	t.Helper()
	cmd := program(t, home, args...)
	cmd.Env = append(cmd.Env, "TMPDIR="+temp)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("nocturne %s: %v\n%s", args[0], err, out)
	}
}
