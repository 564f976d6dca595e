package medium

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/dir"
	"github.com/nocturne/nocturne/cache/seal"
)

// found is a file of the medium that may be an object.
type found struct {
	path string
	key  string    // of its place on the medium, by which a DICOMDIR may name it
	seal *seal.Key // nil: the file is plain, as it was brought
}

func (f found) header() (*dicom.File, error) {
	if f.seal == nil {
		return dicom.ReadHeader(f.path)
	}
	in, err := seal.OpenPath(f.path, f.seal)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return dicom.Options{}.ReadHeaderAt(in, in.Size())
}

// walk finds the files. It opens nothing but ZIP files, and those only that their
// first bytes say are one.
type walk struct {
	ctx    context.Context
	opt    Options
	lim    Limits
	temp   *temp
	counts *Counts
	left   int64 // bytes that all ZIPs together may still unpack to
	files  []found
	more   bool
}

// path takes one path as the reader named it. A link is followed here: the reader
// meant what it leads to.
func (w *walk) path(path, root string) error {
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return fmt.Errorf("open medium: %w", plain(err))
	}
	info, err := os.Stat(real)
	switch {
	case err != nil:
		return fmt.Errorf("open medium: %w", plain(err))
	case info.IsDir():
		return w.folder(real, root)
	case !info.Mode().IsRegular():
		return fmt.Errorf("open medium: this is no file and no folder")
	case dir.Key(filepath.Base(real)) == directoryName:
		return w.folder(filepath.Dir(real), root)
	}
	return w.file(found{path: real, key: dir.Key(root, filepath.Base(real))}, 0, nil)
}

// every is after how many files progress is told.
const every = 50

// directoryName is what a DICOMDIR is called (PS3.10 8.6), as a dir.Key.
const directoryName = "DICOMDIR"

// folder takes all files under a folder. Links are left alone, and so are devices and
// pipes, which may never answer; what cannot be looked into is counted.
func (w *walk) folder(root, as string) error {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		switch {
		case w.ctx.Err() != nil:
			return w.ctx.Err()
		case err != nil:
			w.counts.Unreadable++
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() && strings.Count(rel, string(filepath.Separator)) >= w.lim.Depth:
			w.more = true
			return fs.SkipDir
		case d.IsDir():
			return nil
		case !d.Type().IsRegular():
			w.counts.Links++
			return nil
		case w.full():
			return fs.SkipAll
		}
		return w.file(found{path: path, key: dir.Key(as, filepath.ToSlash(rel))}, 0, nil)
	})
	if err != nil {
		return fmt.Errorf("open medium: %w", plain(err))
	}
	return nil
}

// full reports whether no more files are looked at.
func (w *walk) full() bool {
	if w.counts.Files < w.lim.Files {
		return false
	}
	w.more = true
	return true
}

// zipsDeep is how many ZIP files may stand in one another.
const zipsDeep = 2

// file takes one regular file: a ZIP's contents, or itself. b is what the ZIP it came
// out of may still unpack to.
func (w *walk) file(f found, deep int, b *budget) error {
	if !f.isZIP() {
		w.counts.Files++
		w.files = append(w.files, f)
		if w.opt.Progress != nil && w.counts.Files%every == 0 {
			w.opt.Progress(w.counts.Files)
		}
		return nil
	}
	if deep == zipsDeep {
		w.counts.Packed++
		return nil
	}
	return w.zip(f, deep+1, b)
}

// isZIP looks at the first bytes: a local file header, or the end of an empty ZIP
// (APPNOTE 4.3.7, 4.3.16). A DICOM file begins with 128 bytes of anything, which may be
// these: "DICM" after them decides.
func (f found) isZIP() bool {
	in, err := seal.OpenPath(f.path, f.seal)
	if err != nil {
		return false
	}
	defer in.Close()
	head := make([]byte, 132)
	n, _ := in.ReadAt(head, 0)
	head = head[:n]
	if n == 132 && string(head[128:]) == "DICM" || n < 4 {
		return false
	}
	return string(head[:4]) == "PK\x03\x04" || string(head[:4]) == "PK\x05\x06"
}
