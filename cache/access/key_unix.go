//go:build !windows

package access

import "io/fs"

// private reports whether nobody but the owner may read or write the file.
func private(i fs.FileInfo) bool { return i.Mode().Perm()&0o077 == 0 }
