package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// Rewrapped is what Rewrap did.
type Rewrapped struct {
	Studies int // all that have a key
	Damaged int // of these, whose key nobody can open
}

// Rewrap wraps the key of every study in a store's folder anew: again is given the box and
// the name of the study's folder, and gives the new box, or nil for one that is wrapped
// anew already. When it returns nil all is durable, what an earlier call did too. No
// store of the folder may be open.
func Rewrap(f disk.FS, dir string, again func(box []byte, context string) ([]byte, error)) (Rewrapped, error) {
	var out Rewrapped
	objects := filepath.Join(dir, "objects")
	studies, err := f.ReadDir(objects)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("list studies: %w", err)
	}
	for _, d := range studies {
		if !d.IsDir() {
			continue
		}
		err := rewrap(f, filepath.Join(objects, d.Name()), again)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // its key is gone: it is being removed
		case errors.Is(err, seal.ErrDamaged):
			out.Damaged++
		case err != nil:
			return out, fmt.Errorf("wrap a study's key: %w", err)
		}
		out.Studies++
	}
	return out, nil
}

func rewrap(f disk.FS, study string, again func([]byte, string) ([]byte, error)) error {
	path := filepath.Join(study, keyName)
	box, err := disk.ReadFile(f, path)
	if err != nil {
		return err
	}
	fresh, err := again(box, filepath.Base(study))
	if err != nil {
		return err
	}
	if fresh == nil {
		return f.SyncDir(study) // who wrote it may have been ended before its name was durable
	}
	tmp := path + ".new"
	if err := f.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) { // a crash left it
		return err
	}
	return disk.Replace(f, tmp, path, fresh)
}
