package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func pinCommand(env *environment) *cobra.Command {
	c := &cobra.Command{Use: "pin", Short: "The reader's PIN, which policy.sign_pin asks for to sign", Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return usagef("expected: pin set") }}
	file, old := "", ""
	set := &cobra.Command{
		Use: "set", Short: "Set the PIN, or change it", Args: noArgs,
		Long: "Reads it twice from the terminal, which shows none of it, or from --pin-file. Where there\n" +
			"is one already it is asked for first (--old-pin-file). Files hold one line, mode 0600; - is\n" +
			"standard input.",
		RunE: func(*cobra.Command, []string) error { return env.setPIN(file, old) },
	}
	set.Flags().StringVar(&file, "pin-file", "", "FILE that holds the new PIN")
	set.Flags().StringVar(&old, "old-pin-file", "", "FILE that holds the present one")
	c.AddCommand(set)
	return c
}

func (env *environment) setPIN(file, oldFile string) error {
	ring, err := env.ring()
	if err != nil {
		return err
	}
	if ring.HasPIN() {
		old, err := env.readPIN("present PIN: ", oldFile, "--old-pin-file")
		if err != nil {
			return err
		}
		if err := ring.CheckPIN(old, time.Now()); err != nil {
			return err
		}
	}
	pin, err := env.readPIN("new PIN: ", file, "--pin-file")
	if err != nil {
		return err
	}
	if file == "" {
		again, err := env.readPIN("once more: ", "", "--pin-file")
		if err != nil {
			return err
		}
		if again != pin {
			return errors.New("the two are not the same: no PIN was set")
		}
	}
	if err := ring.SetPIN(pin); err != nil {
		return err
	}
	fmt.Fprintln(env.Out, "The PIN is set.")
	return nil
}

// readPIN takes a PIN from the file, or from the terminal without showing it.
func (env *environment) readPIN(prompt, file, flag string) (string, error) {
	switch file {
	case "-":
		return firstLine(env.In)
	case "":
		in, ok := env.In.(*os.File)
		if !ok || !term.IsTerminal(int(in.Fd())) {
			return "", usagef("there is no terminal to ask for the PIN: %s FILE", flag)
		}
		fmt.Fprint(env.Err, prompt)
		pin, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprintln(env.Err)
		if err != nil {
			return "", fmt.Errorf("read PIN: %w", err)
		}
		return string(pin), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("read PIN: %w", err)
	}
	defer f.Close()
	return firstLine(f)
}

func firstLine(from io.Reader) (string, error) {
	s := bufio.NewScanner(io.LimitReader(from, 1<<10))
	if !s.Scan() {
		return "", errors.New("read PIN: there is none")
	}
	return strings.TrimRight(s.Text(), "\r"), nil
}

// withPIN is ctx with the PIN or the passphrase that the site's policy asks for to sign.
func (h *house) withPIN(ctx context.Context, env *environment, site, file string) (context.Context, error) {
	what := h.room.Asks(site)
	if what == "" {
		return ctx, nil
	}
	ring, err := env.ring()
	if err != nil {
		return ctx, err
	}
	if what == policy.PIN && !ring.HasPIN() {
		return ctx, access.ErrNoPIN
	}
	secret, err := env.readPIN("your "+strings.Replace(what, "pin", "PIN", 1)+" to sign: ", file, "--pin-file")
	return reading.WithPIN(ctx, secret), err
}
