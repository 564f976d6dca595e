package database

import (
	"errors"

	"github.com/ncruces/go-sqlite3"

	"github.com/nocturne/nocturne/cache/disk"
)

// Full reports whether a write found no room on the disk: nothing of it was done.
func Full(err error) bool { return errors.Is(err, sqlite3.FULL) || disk.Full(err) }
