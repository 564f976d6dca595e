package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// failedRow stands in a list for a file that could not be read.
type failedRow struct {
	Path  string `json:"path"`
	Error string `json:"error"`
	Kind  string `json:"kind"` // invalid, unsupported, no-pixels or unreadable
}

func kindOf(err error) string {
	var invalid *dicom.InvalidError
	var unsupported *dicom.UnsupportedError
	switch {
	case errors.Is(err, pixel.ErrNoPixels):
		return "no-pixels"
	case errors.As(err, &invalid):
		return "invalid"
	case errors.As(err, &unsupported):
		return "unsupported"
	}
	return "unreadable"
}

// eachFile reads all files named, and those in folders named, as many at a time
// as there are processors, and tells them in their order. With --json it prints
// one array at the end, else each result as it comes and failures on env.Err. When
// any failed it returns errSaid.
func eachFile[T any](ctx context.Context, env *environment, args []string, read func(path string) (T, error), show func(T)) error {
	rows := []any{}
	failed := false
	for path, r := range inOrder(ctx, filesIn(args), read) {
		switch {
		case r.err != nil && env.JSON:
			rows = append(rows, failedRow{path, dicom.Clean(r.err.Error()), kindOf(r.err)})
		case r.err != nil:
			fmt.Fprintf(env.Err, "%s: %s\n", dicom.Clean(path), dicom.Clean(r.err.Error()))
		case env.JSON:
			rows = append(rows, r.row)
		default:
			show(r.row)
		}
		failed = failed || r.err != nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return env.finish(rows, failed)
}

// outcome is what came of reading one file.
type outcome[T any] struct {
	row T
	err error
}

// inOrder reads files on all processors and yields them in their order: no file is
// begun while as many wait as there are processors. It ends early, all reading
// done, when ctx does or the caller leaves.
func inOrder[T any](ctx context.Context, paths []string, read func(path string) (T, error)) func(yield func(string, outcome[T]) bool) {
	return func(yield func(string, outcome[T]) bool) {
		var work sync.WaitGroup
		defer work.Wait()
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		waiting := make(chan chan outcome[T], runtime.GOMAXPROCS(0)-1)
		work.Go(func() {
			defer close(waiting)
			for _, path := range paths {
				done := make(chan outcome[T], 1)
				select {
				case waiting <- done:
				case <-ctx.Done():
					return
				}
				work.Go(func() {
					row, err := read(path)
					done <- outcome[T]{row, err}
				})
			}
		})
		at := 0
		for done := range waiting {
			if !yield(paths[at], <-done) || ctx.Err() != nil {
				return
			}
			at++
		}
	}
}

// filesIn lists the paths as given, a folder as the regular files under it. What
// cannot be looked at stays in the list, to fail when it is read.
func filesIn(args []string) (out []string) {
	for _, arg := range args {
		if info, err := os.Stat(arg); err != nil || !info.IsDir() {
			out = append(out, arg)
			continue
		}
		filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.Type().IsRegular() || d.Type()&fs.ModeSymlink != 0 {
				out = append(out, path)
			}
			return nil
		})
	}
	return out
}
