package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/oracle"
)

// asNocturne makes this test binary behave as the program itself when a test
// starts it again, so that the scenarios run what was just compiled.
const asNocturne = "NOCTURNE_TEST_MAIN"

func TestMain(m *testing.M) {
	switch os.Getenv(asNocturne) {
	case "1":
		main()
		return
	case annotates:
		fmt.Fprintln(os.Stderr, annotate(os.Args[1]))
		os.Exit(exitFailed)
	case evicts:
		if err := erase(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(exitFailed)
		}
		return
	}
	testscript.Main(m, map[string]func(){"nocturne": main})
}

// program is a started nocturne of a scenario.
func program(t *testing.T, home string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = environ(home)
	return cmd
}

func environ(home string) []string {
	return append(os.Environ(), asNocturne+"=1", "NOCTURNE_HOME="+home, "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8")
}

// nocturne runs a subcommand to its end and returns what it printed and its exit
// code.
func nocturne(t *testing.T, home string, args ...string) (stdout string, code int) {
	t.Helper()
	cmd := program(t, home, args...)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil && cmd.ProcessState == nil {
		t.Fatalf("nocturne %v: %v", args, err)
	}
	if errs.Len() > 0 {
		t.Logf("nocturne %v: %s", args, errs.String())
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// archiveProcess is the embedded archive running alone.
type archiveProcess struct {
	DICOMweb string `json:"dicomweb"`
	UPS      string `json:"ups"`
	DIMSE    string `json:"dimse"`
	Studies  int    `json:"studies"`
	cmd      *exec.Cmd
	in       io.Writer
}

// spawnArchive runs `nocturne archive` and waits for its first line.
func spawnArchive(t *testing.T, args ...string) *archiveProcess {
	t.Helper()
	cmd := program(t, t.TempDir(), append([]string{"archive"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	cmd.Stderr = &log
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	a := &archiveProcess{cmd: cmd, in: in}
	t.Cleanup(func() {
		a.signal(syscall.SIGCONT)
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err != nil || json.Unmarshal(line, a) != nil {
		t.Fatalf("archive said %q (%v): %s", line, err, log.String())
	}
	return a
}

// cue lets the events happen that wait for the word.
func (a *archiveProcess) cue(word string) { fmt.Fprintln(a.in, word) }

func (a *archiveProcess) signal(s syscall.Signal) { a.cmd.Process.Signal(s) }

// needs skips a test whose tool is not installed, or fails it where CI requires
// the real peers.
func needs(t *testing.T, tools ...string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("real keys are tested on Linux")
	}
	for _, tool := range tools {
		oracle.Tool(t, tool)
	}
}

// desktop is an X server of the test's own.
type desktop struct{ display string }

func startDesktop(t *testing.T) *desktop {
	t.Helper()
	needs(t, "Xvfb", "xdotool", "import", "tmux")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1600x1000x24", "-noreset", "-nolisten", "tcp")
	cmd.ExtraFiles = []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not start: %v", err)
	}
	return &desktop{":" + strings.TrimSpace(line)}
}

func (d *desktop) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+d.display)
	return cmd
}

func (d *desktop) run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := d.command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// screenshot saves the whole screen when NOCTURNE_SHOTS names a folder.
func (d *desktop) screenshot(t *testing.T, name string) {
	if dir := os.Getenv("NOCTURNE_SHOTS"); dir != "" {
		d.run(t, "import", "-window", "root", filepath.Join(dir, name+".png"))
	}
}

// brightness is the mean of all pixels of the screen, 0 to 1.
func (d *desktop) brightness(t *testing.T) float64 {
	t.Helper()
	shot := filepath.Join(t.TempDir(), "screen.png")
	d.run(t, "import", "-window", "root", shot)
	var mean float64
	fmt.Sscan(d.run(t, "convert", shot, "-format", "%[fx:mean]", "info:"), &mean)
	return mean
}

// window waits for the program's window and gives it the keys.
func (d *desktop) window(t *testing.T) string {
	t.Helper()
	var id string
	eventually(t, 15*time.Second, "the window to open", func() bool {
		out, err := d.command("xdotool", "search", "--onlyvisible", "--name", "Nocturne").Output()
		id = strings.TrimSpace(strings.SplitN(string(out), "\n", 2)[0])
		return err == nil && id != ""
	})
	d.run(t, "xdotool", "windowfocus", id)
	d.run(t, "xdotool", "mousemove", "2", "2") // the pointer would place the keyboard cursor
	return id
}

// console is the terminal program in tmux.
type console struct {
	t      *testing.T
	socket string
	home   string
}

// startConsole runs nocturne in a tmux of its own.
func startConsole(t *testing.T, d *desktop, home string, cols, rows int, args ...string) *console {
	t.Helper()
	return startConsoleIn(t, d, home, cols, rows, nil, args...)
}

// startConsoleIn is startConsole with more in its environment.
func startConsoleIn(t *testing.T, d *desktop, home string, cols, rows int, env []string, args ...string) *console {
	t.Helper()
	needs(t, "tmux")
	c := &console{t: t, socket: filepath.Join(t.TempDir(), "tmux"), home: home}
	display := ""
	if d != nil {
		display = d.display
	}
	cmd := exec.Command("tmux", "-f", "/dev/null", "-S", c.socket, "new-session", "-d", "-x", fmt.Sprint(cols), "-y", fmt.Sprint(rows),
		"exec "+quoted(append([]string{os.Args[0]}, args...))+" 2>"+quoted([]string{filepath.Join(home, "stderr")}))
	cmd.Env = append(append(environ(home), "DISPLAY="+display, "WAYLAND_DISPLAY="), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v: %s", err, out)
	}
	t.Cleanup(func() { c.tmux("kill-server") })
	return c
}

func quoted(args []string) string {
	out := make([]string, len(args))
	for i, a := range args {
		out[i] = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
	}
	return strings.Join(out, " ")
}

func (c *console) tmux(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, "tmux", append([]string{"-S", c.socket}, args...)...).CombinedOutput()
	return string(out), err
}

// press sends keys by tmux's names ("Enter", "F12", "r").
func (c *console) press(keys ...string) {
	c.t.Helper()
	for _, k := range keys {
		if out, err := c.tmux("send-keys", k); err != nil {
			c.t.Fatalf("press %s: %v: %s", k, err, out)
		}
	}
}

// typeText sends text letter by letter.
func (c *console) typeText(s string) {
	c.t.Helper()
	if out, err := c.tmux("send-keys", "-l", s); err != nil {
		c.t.Fatalf("type: %v: %s", err, out)
	}
}

// command types a line after ":", letter by letter, as fingers do.
func (c *console) command(line string) {
	c.t.Helper()
	for _, r := range ":" + line {
		c.typeText(string(r))
		time.Sleep(40 * time.Millisecond) // faster is dictation, which is never executed (N2)
	}
	c.press("Enter")
}

func (c *console) screen() string {
	out, _ := c.tmux("capture-pane", "-p")
	return out
}

// see waits until the screen matches and returns it.
func (c *console) see(within time.Duration, pattern string) string {
	c.t.Helper()
	re := regexp.MustCompile(pattern)
	var screen string
	eventually(c.t, within, "the terminal to show "+pattern, func() bool {
		screen = c.screen()
		return re.MatchString(screen)
	}, func() string { return screen })
	return screen
}

// pid is the terminal program's process.
func (c *console) pid() int {
	c.t.Helper()
	out, err := c.tmux("list-panes", "-F", "#{pane_pid}")
	var pid int
	if _, scanErr := fmt.Sscan(out, &pid); err != nil || scanErr != nil {
		c.t.Fatalf("no pane: %v %s", err, out)
	}
	return pid
}

// children are the image windows that a process started, by their ids.
func children(pid int) []int {
	out, _ := exec.Command("pgrep", "-P", fmt.Sprint(pid), "-f", " view").Output()
	var pids []int
	for _, f := range strings.Fields(string(out)) {
		var n int
		fmt.Sscan(f, &n)
		pids = append(pids, n)
	}
	return pids
}

// eventually waits for a condition; on time-out it fails and tells what was seen.
func eventually(t *testing.T, within time.Duration, what string, ok func() bool, saw ...func() string) {
	t.Helper()
	deadline := time.Now().Add(within)
	for !ok() {
		if time.Now().After(deadline) {
			seen := ""
			for _, s := range saw {
				seen += "\n" + s()
			}
			t.Fatalf("waited %v for %s%s", within, what, seen)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// openLedger opens the ledger of a home beside the programs that use it, under the
// home's own key.
func openLedger(home string) (*ledger.Ledger, error) {
	ring, err := access.Open(home, access.Options{Demo: true}) // a test's home is protected by nothing
	if err != nil {
		return nil, err
	}
	defer ring.Close()
	return ledger.Open(home, ring.Key("ledger"))
}
