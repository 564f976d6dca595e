// Command nocturne is a reading workstation for radiologists who read from home
// and at night: worklist, images, report, one keyboard.
//
// This package wires the rooms of the house together and holds no logic of
// theirs: one file a subcommand, wire.go the only one that calls the constructors
// of more than one room.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/cache/pixel/all"
)

// Exit codes of every subcommand.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	keepMemoryHere()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	env := &environment{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Getenv: os.Getenv}
	code := run(ctx, env, os.Args[1:])
	stop()
	os.Exit(code)
}

// run executes one invocation and returns its exit code. Errors go to env.Err as
// one sentence.
func run(ctx context.Context, env *environment, args []string) int {
	pixel.Decoders = all.Decoders()
	root := rootCommand(env)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	env.endLogins()
	env.closeRing()
	var quiet silentError
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &quiet):
		return exitFailed
	case errors.As(err, &usage):
		fmt.Fprintf(env.Err, "nocturne: %s\nTry: nocturne help\n", sentence(err))
		return exitUsage
	}
	fmt.Fprintf(env.Err, "nocturne: %s\n", sentence(err))
	return exitFailed
}

// usageError is a call that was not understood: exit 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, a ...any) error { return usageError{fmt.Errorf(format, a...)} }

// silentError fails the command after it has said everything itself.
type silentError struct{ error }

var errSaid = silentError{errors.New("said already")}

// environment is what a subcommand sees of the world.
type environment struct {
	In     io.Reader
	Out    io.Writer
	Err    io.Writer
	Getenv func(string) string
	JSON   bool   // --json
	Home   string // --home, NOCTURNE_HOME, or the XDG data directory
	URL    string // --url: one site by its DICOMweb base
	UPSURL string // --ups-url
	Site   string // --site: one configured site

	logins logins // at the sites that give tokens, guarded by oneLogin

	keys   *access.Ring // of Home, guarded by oneRing; nil: not open yet
	outer  *environment // of the home whose audit log is written instead; nil: Home's
	preset *Config      // the demo's configuration, in place of config.toml
}
