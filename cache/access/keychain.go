package access

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/zalando/go-keyring"
)

// keychainService is what all items of this program are filed under; an item's own name
// is the home's random one.
const keychainService = "nocturne"

// ErrNoKeychain: this system has none, or it does not answer.
var ErrNoKeychain = errors.New("this system has no keychain that answers")

// errNoItem: the keychain answers and has no key of this home.
var errNoItem = errors.New("the keychain has no key of this home")

// How long a keychain may take: one with a desktop may be asking its owner for a
// password.
const (
	keychainWait = 3 * time.Second
	keychainAsks = time.Minute
)

func keychainGet(id string, o Options) (string, error) {
	return inTime(o, func() (string, error) { return keyring.Get(keychainService, id) })
}

func keychainSet(id, text string, o Options) error {
	_, err := inTime(o, func() (string, error) { return "", keyring.Set(keychainService, id, text) })
	return err
}

// keychainDelete removes the home's item; there being none is no error.
func keychainDelete(id string, o Options) error {
	_, err := inTime(o, func() (string, error) { return "", keyring.Delete(keychainService, id) })
	if errors.Is(err, errNoItem) {
		return nil
	}
	return err
}

// inTime waits for the keychain as long as that makes sense; one that answers later is
// not listened to any more. What it says in words is not passed on.
func inTime(o Options, do func() (string, error)) (string, error) {
	if !mayHaveKeychain(o) {
		return "", ErrNoKeychain
	}
	wait := keychainWait
	if runtime.GOOS != "linux" || o.env("DISPLAY") != "" || o.env("WAYLAND_DISPLAY") != "" {
		wait = keychainAsks
	}
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := do()
		done <- answer{text, err}
	}()
	select {
	case a := <-done:
		if errors.Is(a.err, keyring.ErrNotFound) {
			return "", errNoItem
		} else if a.err != nil {
			return "", ErrNoKeychain
		}
		return a.text, nil
	case <-time.After(wait):
		return "", ErrNoKeychain
	}
}

// mayHaveKeychain: on Linux there is none without a session bus, and looking for one
// would start a program.
func mayHaveKeychain(o Options) bool {
	if runtime.GOOS != "linux" || o.env("DBUS_SESSION_BUS_ADDRESS") != "" {
		return true
	}
	_, err := os.Stat(fmt.Sprintf("/run/user/%d/bus", os.Getuid()))
	return err == nil
}
