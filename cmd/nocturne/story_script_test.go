package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestStories plays testdata/script: what a reader does without a terminal.
//
//	archive [FLAG…]      starts the embedded archive; sets $URL and $UPS
//	archive-again        ends it by kill -9 and starts it on the same address
//	archive-gone         ends it by kill -9
//	anybody              takes the assigned reader out of every workitem
//	night N [PATIENTS]   writes a folder of N small studies T01… into $NIGHT, each of a
//	                     patient of its own or of so many in turn
//	site HOME READER …   writes HOME/config.toml with the archive as site NORTH, and lines
//	                     put into its tables: policy.sign_pin=true
//	exits CODE COMMAND…  runs it and wants that exit code exactly
//	json FILE PATH VALUE wants that value, null or /pattern/ at PATH (.0.state);
//	                     PATH ending in .len counts
func TestStories(t *testing.T) {
	if testing.Short() {
		t.Skip("the stories start many processes")
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("NOCTURNE_HOME", filepath.Join(e.WorkDir, "home"))
			e.Values[archiveKey{}] = &scriptArchive{t: t}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"archive": archiveCmd, "archive-again": archiveAgainCmd, "archive-gone": archiveGoneCmd,
			"anybody": func(ts *testscript.TestScript, _ bool, _ []string) {
				ts.Value(archiveKey{}).(*scriptArchive).assignToNobody(t)
			},
			"night": func(ts *testscript.TestScript, _ bool, args []string) { nightCmd(t, ts, args) },
			"site":  siteCmd, "exits": exitsCmd, "json": jsonCmd,
		},
	})
}

type archiveKey struct{}

// scriptArchive is a story's archive.
type scriptArchive struct {
	t    *testing.T
	args []string
	*archiveProcess
}

func archiveCmd(ts *testscript.TestScript, _ bool, args []string) {
	a := ts.Value(archiveKey{}).(*scriptArchive)
	a.args = args
	a.start(ts)
}

func (a *scriptArchive) start(ts *testscript.TestScript) {
	a.archiveProcess = spawnArchive(a.t, a.args...)
	ts.Defer(a.end)
	ts.Setenv("URL", a.DICOMweb)
	ts.Setenv("UPS", a.UPS)
	ts.Setenv("DIMSE", a.DIMSE)
}

func (a *scriptArchive) end() {
	a.cmd.Process.Kill()
	a.cmd.Wait()
}

func archiveGoneCmd(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Value(archiveKey{}).(*scriptArchive).end()
}

func archiveAgainCmd(ts *testscript.TestScript, _ bool, _ []string) {
	a := ts.Value(archiveKey{}).(*scriptArchive)
	a.end()
	a.args = append(a.args[:len(a.args):len(a.args)], "--listen", a.address())
	a.start(ts)
}

// address is where the archive listened.
func (a *archiveProcess) address() string {
	return strings.SplitN(strings.TrimPrefix(a.DICOMweb, "http://"), "/", 2)[0]
}

func nightCmd(t *testing.T, ts *testscript.TestScript, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	patients := n
	if len(args) > 1 {
		patients, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	dir, _ := tinyNightOf(t, n, patients)
	ts.Setenv("NIGHT", dir)
}

func siteCmd(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: site HOME READER [TABLE.LINE]…")
	}
	home := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(home, 0o700))
	config := siteConfig(args[1], ts.Getenv("URL"), ts.Getenv("UPS"))
	for _, a := range args[2:] {
		table, line, _ := strings.Cut(a, ".")
		config = strings.Replace(config, "["+table+"]\n", "["+table+"]\n"+line+"\n", 1)
	}
	ts.Check(os.WriteFile(filepath.Join(home, "config.toml"), []byte(config), 0o600))
}

func exitsCmd(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		code = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("%s ended with %d, not %s", strings.Join(args[1:], " "), code, args[0])
	}
}

func jsonCmd(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH VALUE")
	}
	var all any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &all))
	got, err := jsonAt(all, args[1])
	ts.Check(err)
	want, ok := args[2], got == args[2]
	if p, pattern := strings.CutPrefix(want, "/"); pattern {
		ok = regexp.MustCompile(strings.TrimSuffix(p, "/")).MatchString(got)
	}
	if ok == neg {
		ts.Fatalf("%s is %q, and %q was the question", args[1], got, want)
	}
}

// jsonAt walks .key.0.key and prints what is there.
func jsonAt(v any, path string) (string, error) {
	path, count := strings.CutSuffix(path, ".len")
	for _, step := range strings.Split(strings.Trim(path, "."), ".") {
		switch at := v.(type) {
		case []any:
			if step == "" {
				continue
			}
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(at) {
				return "", fmt.Errorf("no %s in %d elements", step, len(at))
			}
			v = at[i]
		case map[string]any:
			var ok bool
			if v, ok = at[step]; !ok && step != "" {
				return "absent", nil
			}
		}
	}
	if list, ok := v.([]any); count && ok {
		return strconv.Itoa(len(list)), nil
	}
	switch v := v.(type) {
	case nil:
		return "null", nil
	case string:
		return v, nil
	}
	b, err := json.Marshal(v)
	return string(b), err
}
