package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/spf13/cobra"
	"golang.org/x/term"
)

func unlockCommand(env *environment) *cobra.Command {
	var how unlocking
	c := &cobra.Command{
		Use: "unlock", Short: "Open this home's key; protect it by a passphrase or the keychain", Args: noArgs,
		Long: "All that a home holds is sealed under its key. The key comes from the first of these that has\n" +
			"it: the passphrase in the file that NOCTURNE_PASSPHRASE_FILE names (mode 0600), the system's\n" +
			"keychain, the passphrase asked at a terminal, else keys/unprotected, a file that opens the home\n" +
			"to whoever has the disk. --set-passphrase protects such a home, or changes the passphrase; a\n" +
			"passphrase has at least 8 characters, and nobody can bring a forgotten one back. --keychain puts\n" +
			"the key into the system's keychain, so that nothing is asked until nocturne lock.\n\n" +
			"Without a flag it opens the key and says where it came from. Exit 0: open; 1: not.",
		RunE: func(c *cobra.Command, _ []string) error { return env.unlock(c.Context(), how) },
	}
	c.Flags().BoolVar(&how.set, "set-passphrase", false, "protect the key by a passphrase, or by another one")
	c.Flags().StringVar(&how.file, "passphrase-file", "", "FILE that holds the new passphrase; - is standard input")
	c.Flags().BoolVar(&how.keychain, "keychain", false, "keep the key in the system's keychain")
	return c
}

type unlocking struct {
	set, keychain bool
	file          string
}

// unlocked is what `unlock --json` prints.
type unlocked struct {
	Source  access.Source   `json:"source"`
	Sources []access.Source `json:"sources"`
}

func (env *environment) unlock(ctx context.Context, how unlocking) error {
	if how.file != "" && !how.set {
		return usagef("--passphrase-file goes with --set-passphrase")
	}
	o := env.askingOnce()
	if how.set {
		if err := env.setPassphrase(ctx, how.file, &o); err != nil {
			return err
		}
	}
	if how.keychain {
		if err := access.UseKeychain(env.Home, o); err != nil {
			return err
		}
		if err := env.changed(ctx, o, "the key was put into the keychain"); err != nil {
			return err
		}
	}
	r, err := env.ringBy(o)
	if err != nil {
		return err
	}
	out := unlocked{Source: r.Source()}
	if out.Sources, err = access.Sources(env.Home, o); err != nil {
		return err
	}
	if env.JSON {
		return env.printJSON(out)
	}
	fmt.Fprintln(env.Out, out.sentence())
	return nil
}

// setPassphrase protects the home, or changes its passphrase; o opens it from then on.
func (env *environment) setPassphrase(ctx context.Context, file string, o *access.Options) error {
	given := ""
	err := access.SetPassphrase(env.Home, *o, func() (p string, err error) {
		given, err = env.newPassphrase(file)
		return given, err
	})
	if err != nil {
		return err
	}
	o.Ask = func(string) (string, error) { return given, nil }
	o.Getenv = func(name string) string {
		if name == access.PassphraseFileEnv {
			return "" // it may hold the old one
		}
		return env.Getenv(name)
	}
	return env.changed(ctx, *o, "the passphrase was set")
}

// sentence says what opens the home from now on.
func (u unlocked) sentence() string {
	passphrase, keychain := slices.Contains(u.Sources, access.Passphrase), slices.Contains(u.Sources, access.Keychain)
	switch {
	case keychain && passphrase:
		return "The key is open. The keychain has it until nocturne lock; then the passphrase opens it."
	case keychain:
		return "The key is open. The keychain alone has it: nocturne unlock --set-passphrase keeps a way in should the keychain be lost."
	case passphrase:
		return "The key is open. The passphrase opens it."
	}
	return "The key is open to whoever has these files: nocturne unlock --set-passphrase protects it."
}

// newPassphrase takes a new one from the file, from a terminal that is asked twice, or,
// where the home has none yet, from the file of NOCTURNE_PASSPHRASE_FILE.
func (env *environment) newPassphrase(file string) (string, error) {
	if in, ok := env.In.(*os.File); file == "" && ok && term.IsTerminal(int(in.Fd())) {
		p, err := env.askHidden(in, "new passphrase: ")
		if err != nil {
			return "", err
		}
		again, err := env.askHidden(in, "once more: ")
		if err == nil && again != p {
			err = errors.New("the two are not the same: nothing was changed")
		}
		return p, err
	}
	if file == "-" {
		return access.ReadPassphrase(env.In)
	}
	if file == "" {
		sources, err := access.Sources(env.Home, env.ringOptions())
		if err != nil {
			return "", err
		}
		file = env.Getenv(access.PassphraseFileEnv)
		if file == "" || slices.Contains(sources, access.Passphrase) {
			return "", usagef("there is no terminal to ask for the new passphrase: --passphrase-file FILE")
		}
	}
	f, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("read the passphrase: %w", err)
	}
	defer f.Close()
	return access.ReadPassphrase(f)
}
