package demo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
)

// addDir holds every DICOM file under dir. Headers are read now, pixels when
// they are asked for. What is no usable object is listed in skipped.
func (a *Archive) addDir(dir string) error {
	info, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("read folder: %s is not a folder", dir)
	}
	paths, err := a.walk(dir)
	if err != nil {
		return fmt.Errorf("read folder: %w", err)
	}
	for i, r := range readHeaders(paths) {
		if r.err == nil {
			r.err = a.held.add(r.in)
		}
		if r.err != nil {
			a.skip(paths[i], r.err)
			continue
		}
		a.held.change(r.in.study, func(st *study) { st.foreign = true })
	}
	return nil
}

// walk lists regular files in lexical order. Dot-files are not looked at, links
// are not followed.
func (a *Archive) walk(dir string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil && path == dir:
			return err
		case err != nil:
			a.skip(path, err)
			return nil
		case strings.HasPrefix(d.Name(), ".") && path != dir:
			if d.IsDir() {
				return filepath.SkipDir
			}
		case d.Type().IsRegular():
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

func (a *Archive) skip(path string, err error) {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err // the path stands beside it
	}
	a.skipped = append(a.skipped, Skipped{Path: path, Reason: err.Error()})
}

type readResult struct {
	in  *instance
	err error
}

// readHeaders reads on all processors and keeps the order of paths.
func readHeaders(paths []string) []readResult {
	out := make([]readResult, len(paths))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				out[i].in, out[i].err = readInstance(paths[i])
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	wg.Wait()
	return out
}

// readInstance makes an instance of a Part 10 file. A file without preamble is
// refused: it could not be served as it lies on disk (PS3.10 7.1).
func readInstance(path string) (*instance, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	f, err := dicom.ReadHeader(path)
	if err != nil {
		return nil, err
	}
	return fileInstance(f, content{path: path, size: info.Size(), mod: info.ModTime()})
}

func fileInstance(f *dicom.File, c content) (*instance, error) {
	switch {
	case !f.Preamble:
		return nil, errors.New("not a Part 10 file: no preamble")
	case f.Meta.Str(dicom.MediaStorageSOPClassUID) == string(dicom.MediaStorageDirectory):
		return nil, errors.New("a media directory, not an object")
	case !dicom.ValidUID(string(f.TransferSyntax)):
		return nil, errors.New("no valid Transfer Syntax UID")
	}
	in, err := newInstance(f.Dataset, f.TransferSyntax, c)
	if err != nil {
		return nil, err
	}
	in.pixelTag, in.pixelVR = f.Pixel.Tag, f.Pixel.VR
	return in, nil
}

// addStudy holds a source's study. Instances already held (stored here before)
// stay as they are.
func (a *Archive) addStudy(st Study, orders map[dicom.UID]*Order) error {
	for i, src := range st.Instances {
		in, err := sourceInstance(src)
		if err != nil {
			return fmt.Errorf("add study: %w", err)
		}
		in.late = i >= len(st.Instances)-st.LateInstances
		if err := a.held.add(in); err != nil && !errors.Is(err, errHeldAlready) {
			return fmt.Errorf("add study: %w", err)
		}
		if st.Order != nil {
			orders[in.study] = st.Order
		}
	}
	return nil
}

func sourceInstance(src Instance) (*instance, error) {
	render := func() ([]byte, error) { return part10(src.Header, src.Render) }
	in, err := newInstance(src.Header, dicom.ExplicitVRLittleEndian, content{render: render})
	if err != nil || src.Render == nil {
		return in, err
	}
	in.pixelTag, in.pixelVR = dicom.PixelDataTag, "OW"
	if src.Header.IntOr(dicom.BitsAllocated, 16) <= 8 {
		in.pixelVR = "OB"
	}
	return in, nil
}
