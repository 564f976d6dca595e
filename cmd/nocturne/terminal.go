package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/cancelreader"
	"github.com/nocturne/nocturne/ui/app"
	"github.com/nocturne/nocturne/ui/raster"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/link"
	"github.com/nocturne/nocturne/viewer/still"
	"golang.org/x/term"
)

// runTerminal is the program without a subcommand: the worklist and all that
// follows from it. Without a terminal it prints the list.
func runTerminal(ctx context.Context, env *environment) error {
	h, err := env.open(ctx)
	if err != nil {
		return err
	}
	defer h.Close()
	env.sweepMedia()
	if len(h.room.Sites) == 0 {
		return errNoSite
	}
	if !env.terminal() {
		return printRows(env, h.listed(ctx).Rows)
	}
	return h.read(ctx, env, "")
}

// read runs the terminal program until the reader leaves it.
func (h *house) read(ctx context.Context, env *environment, banner string) error {
	return h.readFrom(ctx, env, start{banner: banner})
}

// start is what the terminal program begins with.
type start struct{ banner, first, said string }

func (h *house) readFrom(ctx context.Context, env *environment, at start) error {
	if err := env.wipeHandouts(); err != nil {
		return err
	}
	defer env.wipeHandouts()
	if err := h.openIndex(ctx); err != nil {
		h.fail(fmt.Errorf("list what is cached: %w", err))
	}
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	ended, err := h.session(ctx)
	if err != nil {
		return err
	}
	defer ended()
	running.Go(func() { h.watchClock(ctx) })
	running.Go(func() { h.forward(ctx) })
	running.Go(func() { h.runner.Run(ctx, h.fail) })
	running.Go(func() { h.tidy(ctx, h.fail) })
	running.Go(func() { h.runAhead(ctx) })
	running.Go(func() { h.followCache(ctx) })
	screen, keys := probe(env), h.keysOf(env)
	model := app.New(ctx, app.Options{
		Room: h.room, Feed: h.feed, Outbox: h.runner, Keymap: keys, Keymaps: env.keymap, Viewer: h.viewer(ctx, env),
		Poll: time.Duration(max(1, h.config.Policy.PollSeconds)) * time.Second, Alarm: h.config.Alarm.Command,
		Screen: screen, Out: env.Out, Now: time.Now, AssumedReader: h.assumed, Unprotected: env.unprotected(), Banner: at.banner, First: at.first, Said: at.said, Failed: h.failed,
		LockAfter: time.Duration(h.config.Policy.LockMinutes) * time.Minute, Unlock: env.proof, Locks: env.lockRequests(ctx),
		Locked: h.keepDesk(ctx, env), BeginLocked: env.beginsLocked(),
		Dictation: app.DictationOptions{Command: h.config.Dictation.Command, Punctuation: h.config.Dictation.SpokenPunctuation},
		Hanging:   env.keepHanging, Macros: env.macros, Paper: env.handouts(),
		Vim: h.config.Keys.Editor == "vim", Spell: env.spell, Login: h.login(env),
	})
	defer model.Close()
	// Signals end ctx: Bubble Tea's own handler of the same signal may wait for ever for a
	// loop that ctx has ended, and the screen would stay as it is.
	_, err = tea.NewProgram(model, tea.WithAltScreen(), tea.WithInput(env.In), tea.WithOutput(env.Out), tea.WithContext(ctx), tea.WithoutSignalHandler()).Run()
	clearScrollback(env.Out)
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return nil
	}
	return err
}

func (h *house) fail(err error) {
	select {
	case h.failed <- err:
	default:
	}
}

// clearScrollback takes patients' names out of a terminal without an alternate
// screen (CSI 3 J).
func clearScrollback(w io.Writer) { fmt.Fprint(w, "\x1b[3J") }

// probe asks the terminal, in raw mode and before Bubble Tea reads from it, what
// pictures it takes.
func probe(env *environment) raster.Screen {
	s := raster.Screen{}
	in, ok := env.In.(*os.File)
	if ok {
		s = ask(in, env.Out)
	}
	s.Profile = lipgloss.ColorProfile()
	return s
}

// ask probes a terminal. The reading is cancelled afterwards, so that the first
// key is Bubble Tea's.
func ask(in *os.File, out io.Writer) raster.Screen {
	old, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return raster.Screen{}
	}
	defer term.Restore(int(in.Fd()), old)
	answers, err := cancelreader.NewReader(in)
	if err != nil {
		return raster.Screen{}
	}
	defer answers.Close()
	defer answers.Cancel()
	return raster.Probe(answers, out, 200*time.Millisecond)
}

// viewer starts the window, or tells why the images come into the terminal.
func (h *house) viewer(ctx context.Context, env *environment) func() (viewer.Viewer, string, error) {
	return func() (viewer.Viewer, string, error) {
		why := noWindow(env)
		if h.config.Policy.TerminalImage {
			why = "policy.terminal_image is set"
		}
		if why == "" {
			w, err := link.Start(ctx, link.Options{Log: env.logLine(), Env: []string{"NOCTURNE_HOME=" + env.Home, monitorEnv + "=" + h.config.Window.Monitor}})
			if err == nil {
				return w, "", nil
			}
			why = err.Error()
		}
		return still.New(still.Options{Keymap: viewer.DefaultKeymap()}), why, nil
	}
}

// noWindow says why no window can open here, before the engine would try the
// console's frame buffer.
func noWindow(env *environment) string {
	if runtime.GOOS == "linux" && env.Getenv("DISPLAY") == "" && env.Getenv("WAYLAND_DISPLAY") == "" {
		return "there is no display"
	}
	return ""
}

// logLine writes a line of the window into the home's log.
func (env *environment) logLine() func(string) {
	f, err := logFile(env.Home)
	if err != nil {
		return nil
	}
	return func(line string) { fmt.Fprintf(f, "%s view: %s\n", time.Now().UTC().Format(time.RFC3339), line) }
}
