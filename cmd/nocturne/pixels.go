package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// pixelsRow is what `pixels --json` prints for a file; Error alone with Path when
// it failed.
type pixelsRow struct {
	Path           string `json:"path"` // exactly as given
	TransferSyntax string `json:"transfer_syntax"`
	Rows           int    `json:"rows"`
	Columns        int    `json:"columns"`
	Frames         int    `json:"frames"`
	Samples        int    `json:"samples"`
	BitsAllocated  int    `json:"bits_allocated"`
	SHA256         string `json:"sha256"`
}

// failedRow stands in a list for a file that could not be read.
type failedRow struct {
	Path  string `json:"path"`
	Error string `json:"error"`
}

func pixelsCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "pixels PATH…", Short: "Print the SHA-256 of the stored pixels of DICOM files",
		Long: "Prints for each file, or each file in a folder, the SHA-256 of all frames' stored values: little endian, in\n" +
			"cells of Bits Allocated, colour interleaved by pixel. Values that other decoders would read differently are\n" +
			"refused, not hashed. Exits 1, after all files, when any failed.",
		Args: atLeast(1, "a file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			return eachFile(c.Context(), env, args, hashPixels, func(r pixelsRow) {
				fmt.Fprintf(env.Out, "%s  %d×%d×%d×%d %d bit  %s  %s\n", r.SHA256, r.Frames, r.Rows, r.Columns, r.Samples,
					r.BitsAllocated, dicom.UID(r.TransferSyntax).Name(), dicom.Clean(r.Path))
			})
		},
	}
}

func hashPixels(path string) (pixelsRow, error) {
	f, err := dicom.ReadFile(path)
	if err != nil {
		return pixelsRow{}, err
	}
	h, err := pixel.HeaderOf(f)
	if err != nil {
		return pixelsRow{}, err
	}
	sum, err := pixel.StoredSHA256(f)
	return pixelsRow{
		Path: path, TransferSyntax: string(f.TransferSyntax), Rows: h.Rows, Columns: h.Cols,
		Frames: dicom.Frames(f), Samples: h.Samples, BitsAllocated: h.Allocated, SHA256: sum,
	}, err
}

// eachFile reads all files named, and those in folders named, one after the
// other. With --json it prints one array at the end, else each result as it
// comes and failures on env.Err. When any failed it returns errSaid.
func eachFile[T any](ctx context.Context, env *environment, args []string, read func(path string) (T, error), show func(T)) error {
	rows := []any{}
	failed := false
	for _, path := range filesIn(args) {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, err := read(path)
		switch {
		case err != nil && env.JSON:
			rows = append(rows, failedRow{path, dicom.Clean(err.Error())})
		case err != nil:
			fmt.Fprintf(env.Err, "%s: %s\n", dicom.Clean(path), dicom.Clean(err.Error()))
		case env.JSON:
			rows = append(rows, row)
		default:
			show(row)
		}
		failed = failed || err != nil
	}
	if env.JSON {
		if err := env.printJSON(rows); err != nil {
			return err
		}
	}
	if failed {
		return errSaid
	}
	return nil
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
