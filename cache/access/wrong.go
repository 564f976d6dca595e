package access

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// wrongFile is as long as there were wrong passphrases since they were last told: while a
// home is locked nothing else can be written of them.
const wrongFile = "keys/wrong"

// countWrong notes one more, as far as that is possible.
func countWrong(home string, o Options) {
	f, err := o.fs().Append(filepath.Join(home, filepath.FromSlash(wrongFile)))
	if err != nil {
		return
	}
	if _, err := f.Write([]byte{'.'}); err == nil {
		_ = f.Sync()
	}
	f.Close()
}

// TellWrong tells how many wrong passphrases there were since tell last returned nil; it
// is not called when there were none.
func (r *Ring) TellWrong(tell func(n int) error) error {
	if r.home == "" {
		return nil
	}
	path := filepath.Join(r.home, filepath.FromSlash(wrongFile))
	info, err := r.fs.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return nil
	}
	if err == nil {
		err = tell(int(info.Size()))
	}
	if err == nil {
		err = r.fs.Remove(path)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("tell wrong passphrases: %w", err)
	}
	return nil
}
