package main

import (
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/spf13/cobra"
)

func lockCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "lock", Short: "Lock running programs of this home and take its key out of the keychain", Args: noArgs,
		Long: "Every running nocturne of this home blanks its terminal and its windows. The system's keychain\n" +
			"forgets the key, and the passphrase is asked for again, where the home has one: a key that\n" +
			"only the keychain has stays there. Exit 0: all of that happened; 1: not.",
		RunE: func(*cobra.Command, []string) error { return env.lock() },
	}
}

// locking is what `lock --json` prints.
type locking struct {
	Keychain string `json:"keychain"` // removed, none, kept
}

func (env *environment) lock() error {
	if err := access.RequestLock(env.Home); err != nil {
		return err
	}
	out := locking{Keychain: "none"}
	was, err := access.LeaveKeychain(env.Home, env.ringOptions())
	switch {
	case errors.Is(err, access.ErrLastSource):
		out.Keychain = "kept"
	case err != nil:
		return err
	case was:
		out.Keychain = "removed"
	}
	if env.JSON {
		return env.printJSON(out)
	}
	fmt.Fprintln(env.Out, "Running programs of this home lock their screens."+map[string]string{
		"removed": " The keychain has forgotten its key: the passphrase opens it.",
		"kept":    " The key stays in the keychain, which alone has it: nocturne unlock --set-passphrase sets a passphrase.",
	}[out.Keychain])
	return nil
}
