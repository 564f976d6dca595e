package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// pixelsRow is what `pixels --json` prints for a file that was read; for another
// a failedRow.
type pixelsRow struct {
	Path           string `json:"path"` // exactly as given
	TransferSyntax string `json:"transfer_syntax"`
	Codec          string `json:"codec"` // "native", "JPEG", …
	Rows           int    `json:"rows"`
	Columns        int    `json:"columns"`
	Frames         int    `json:"frames"`
	Samples        int    `json:"samples"`
	BitsAllocated  int    `json:"bits_allocated"`
	Lossy          bool   `json:"lossy"`                 // now or at some time
	Compression    string `json:"compression,omitempty"` // "JPEG 10:1", as far as it is said
	SHA256         string `json:"sha256"`
}

func pixelsCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "pixels PATH…", Short: "Print the SHA-256 of the stored pixels of DICOM files",
		Long: "Prints for each file, or each file in a folder, the SHA-256 of all frames' stored values: little endian, in\n" +
			"cells of Bits Allocated, colour interleaved by pixel. Values that other decoders would read differently are\n" +
			"refused, not hashed. With --json a refused file's kind is invalid, unsupported (it may be valid), no-pixels\n" +
			"or unreadable. Exits 1, after all files, when any failed.",
		Args: atLeast(1, "a file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			return eachFile(c.Context(), env, args, hashPixels, func(r pixelsRow) {
				lossy := ""
				if r.Lossy {
					lossy = "  lossy"
				}
				fmt.Fprintf(env.Out, "%s  %d×%d×%d×%d %d bit  %s%s  %s\n", r.SHA256, r.Frames, r.Rows, r.Columns, r.Samples,
					r.BitsAllocated, dicom.UID(r.TransferSyntax).Name(), lossy, dicom.Clean(r.Path))
			})
		},
	}
}

// largeFile is read frame by frame instead of whole.
const largeFile = 64 << 20

func hashPixels(path string) (pixelsRow, error) {
	read := dicom.ReadFile
	if info, err := os.Stat(path); err == nil && info.Size() > largeFile {
		read = dicom.Options{Limits: dicom.Limits{Frame: pixel.MaxFrame}}.Open
	}
	f, err := read(path)
	if err != nil {
		return pixelsRow{}, err
	}
	defer f.Close()
	h, err := pixel.HeaderOf(f)
	if err != nil {
		return pixelsRow{}, err
	}
	row := pixelsRow{
		Path: path, TransferSyntax: string(f.TransferSyntax), Codec: pixel.Codec(f), Rows: h.Rows, Columns: h.Cols,
		Frames: dicom.Frames(f), Samples: h.Samples, BitsAllocated: h.Allocated,
	}
	row.Lossy, row.Compression = pixel.LossyOf(f)
	row.SHA256, err = pixel.StoredSHA256(f)
	return row, err
}
