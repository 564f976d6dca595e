package ledger

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/disk"
)

// HomeFormat is the layout of $NOCTURNE_HOME that this program writes. It goes
// up when a program of the format before could no longer use the home.
//
//	1  ledger.db is plain
//	2  ledger.db is sealed
const HomeFormat = 2

const versionName = "VERSION"

// CheckHome makes sure that this program may use home, creating it (mode 0700) where it
// is not. A home of a newer program is refused with a *VersionError and left untouched.
// Open brings an older one up to date.
func CheckHome(home string) error {
	_, err := checkHome(disk.OS, home)
	return err
}

// checkHome is CheckHome; found is 0 for a home that has no VERSION yet.
func checkHome(on disk.FS, home string) (found int, err error) {
	if err := on.MkdirAll(home); err != nil {
		return 0, fmt.Errorf("create home: %w", err)
	}
	b, err := disk.ReadFile(on, filepath.Join(home, versionName))
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

// writeVersion replaces VERSION so that no reader ever sees half a file. The home is
// locked.
func writeVersion(on disk.FS, home string) error {
	tmp := filepath.Join(home, ".VERSION.new")
	err := on.Remove(tmp) // a crash left it
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = disk.Replace(on, tmp, filepath.Join(home, versionName), fmt.Appendln(nil, HomeFormat))
	}
	if err != nil {
		return fmt.Errorf("write home version: %w", err)
	}
	return nil
}
