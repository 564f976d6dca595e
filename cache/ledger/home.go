package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// HomeFormat is the layout of $NOCTURNE_HOME that this program writes. It goes
// up when a program of the format before could no longer use the home.
const HomeFormat = 1

// homeSteps[i] brings a home from format i+1 to i+2. Caches may be dropped
// there; drafts, outbox and audit never.
var homeSteps = []func(home string) error{}

// CheckHome makes sure that this program may use home: it creates it (mode
// 0700), writes or checks $NOCTURNE_HOME/VERSION and migrates an older home. A
// home of a newer program is refused with a *VersionError and left untouched.
func CheckHome(home string) error {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return fmt.Errorf("create home: %w", err)
	}
	found, err := readVersion(home)
	if err != nil {
		return err
	}
	if found == HomeFormat {
		return nil
	}
	for v := max(found, 1); v < HomeFormat; v++ {
		if err := homeSteps[v-1](home); err != nil {
			return fmt.Errorf("migrate home from format %d: %w", v, err)
		}
	}
	return writeVersion(home)
}

// readVersion is 0 for a home that has no VERSION yet.
func readVersion(home string) (int, error) {
	b, err := os.ReadFile(filepath.Join(home, "VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read home version: %w", err)
	}
	text := strings.TrimSpace(string(b))
	v, err := strconv.Atoi(text)
	if err != nil || v < 1 || v > HomeFormat {
		return 0, &VersionError{What: "home", Found: strconv.Quote(cut(text, 20)), Known: HomeFormat}
	}
	return v, nil
}

func cut(s string, n int) string { return s[:min(len(s), n)] }

// writeVersion replaces VERSION so that no reader ever sees half a file.
func writeVersion(home string) (err error) {
	f, err := os.CreateTemp(home, ".VERSION-*")
	if err != nil {
		return fmt.Errorf("write home version: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	_, err = fmt.Fprintln(f, HomeFormat)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(home, "VERSION"))
	}
	if err != nil {
		return fmt.Errorf("write home version: %w", err)
	}
	return nil
}
