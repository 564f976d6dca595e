package disk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

// ErrTaken says that another program holds what was to be locked.
var ErrTaken = errors.New("another program of this home holds it")

// Lock keeps every other program from what the file at path stands for until unlock,
// making the file (0600) where it is not; a program that ends gives it free, however
// it ends. The file stays. It waits until ctx ends.
func Lock(ctx context.Context, path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	for {
		if TryLock(f) == nil {
			return func() { f.Close() }, nil
		}
		select {
		case <-ctx.Done():
			f.Close()
			return nil, fmt.Errorf("lock: %w", ctx.Err())
		case <-time.After(25 * time.Millisecond):
		}
	}
}
