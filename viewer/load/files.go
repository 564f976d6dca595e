package load

import (
	"slices"

	"github.com/nocturne/nocturne/cache/dicom"
)

// maxOpen is how many files stay open: those of a few cines or tomographies on screen
// together.
const maxOpen = 6

// opened is a file whose other frames are likely wanted next. Its head is in memory,
// frames are read one by one. Its fields are guarded by the loader's mu.
type opened struct {
	path  string
	file  *dicom.File
	users int
}

// files are those kept open, the one used last at the end. Whoever has taken one
// gives it back; one that is no longer kept is closed by the last to do so. Guarded by
// the loader's mu.
type files struct{ kept []*opened }

// take gives an open file, nil where it is not open.
func (f *files) take(path string) *opened {
	for _, o := range f.kept {
		if o.path == path {
			o.users++
			return o
		}
	}
	return nil
}

// giveBack ends a use. A file of many frames is kept if so asked, and so is one of
// which a preview was made: the frame itself comes next.
func (f *files) giveBack(o *opened, keep bool) {
	if o == nil {
		return
	}
	o.users--
	at := slices.Index(f.kept, o)
	if at >= 0 {
		f.kept = slices.Delete(f.kept, at, at+1)
	}
	if keep && (dicom.Frames(o.file) > 1 || at < 0 && previewed(o.file)) {
		f.kept = append(f.kept, o)
	} else if o.users == 0 {
		_ = o.file.Close()
	}
	for len(f.kept) > maxOpen {
		f.drop(0)
	}
}

// drop keeps a file no longer.
func (f *files) drop(i int) {
	if o := f.kept[i]; o.users == 0 {
		_ = o.file.Close()
	}
	f.kept = slices.Delete(f.kept, i, i+1)
}

func (f *files) forget() {
	for len(f.kept) > 0 {
		f.drop(0)
	}
}
