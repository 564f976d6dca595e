package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/rt"
	"github.com/nocturne/nocturne/cache/dicom/seg"
	"github.com/nocturne/nocturne/cache/pixel"
)

// segmentsRow is what `segments --json` prints for a file. Foreign text is cleaned.
type segmentsRow struct {
	Path     string       `json:"path"`
	Kind     string       `json:"kind"` // BINARY, FRACTIONAL, LABELMAP or RTSTRUCT
	Frames   int          `json:"frames,omitempty"`
	Segments []segmentRow `json:"segments"`
}

type segmentRow struct {
	Number    int      `json:"number"`
	Label     string   `json:"label"`
	Type      string   `json:"type,omitempty"`
	Algorithm string   `json:"algorithm,omitempty"`
	Color     string   `json:"color"`        // #RRGGBB
	ML        *float64 `json:"ml,omitempty"` // absent where nothing says how large a pixel is
	Contours  int      `json:"contours,omitempty"`
}

func segmentsCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "segments PATH…", Short: "List the segments of segmentations and structure sets, with their volumes",
		Long: "Lists for each segmentation (binary, fractional, label map) and radiotherapy structure set, or each in a folder,\n" +
			"what is outlined: label, kind, who or what drew it, colour, volume in ml. Other objects are refused. Exits 1,\n" +
			"after all files, when any failed.",
		Args: atLeast(1, "a file or folder"),
		RunE: func(c *cobra.Command, args []string) error {
			return eachFile(c.Context(), env, args, listSegments, func(r segmentsRow) {
				fmt.Fprintf(env.Out, "%s  %s\n", dicom.Clean(r.Path), r.Kind)
				for _, s := range r.Segments {
					ml := "—"
					if s.ML != nil {
						ml = fmt.Sprintf("%.1f ml", *s.ML)
					}
					fmt.Fprintf(env.Out, "  %3d  %-28s %-28s %-13s %s  %12s\n", s.Number, s.Label, s.Type, s.Algorithm, s.Color, ml)
				}
			})
		},
	}
}

func listSegments(path string) (segmentsRow, error) {
	f, err := dicom.ReadFile(path)
	if err != nil {
		return segmentsRow{}, err
	}
	defer f.Close()
	if dicom.UID(f.Dataset.Str(dicom.SOPClassUID)) == dicom.RTStructureSetStorage {
		return listRegions(path, f)
	}
	s, err := seg.Read(f.Dataset)
	if err != nil {
		return segmentsRow{}, err
	}
	ml, ok, err := s.Volumes(func(frame int) ([]uint16, error) {
		im, err := pixel.Decode(f, frame)
		if err != nil {
			return nil, fmt.Errorf("read segments of frame %d: %w", frame+1, err)
		}
		return im.Stored, nil
	})
	if err != nil {
		return segmentsRow{}, err
	}
	row := segmentsRow{Path: path, Kind: s.Kind, Frames: len(s.Frames)}
	for k, one := range s.Segments {
		r := segmentRow{Number: one.Number, Label: one.Label, Type: one.Type, Algorithm: one.Algorithm, Color: hexColor(one.Color)}
		if ok {
			r.ML = &ml[k]
		}
		row.Segments = append(row.Segments, r)
	}
	return row, nil
}

func listRegions(path string, f *dicom.File) (segmentsRow, error) {
	s, err := rt.Read(f.Dataset)
	if err != nil {
		return segmentsRow{}, err
	}
	row := segmentsRow{Path: path, Kind: "RTSTRUCT"}
	for _, one := range s.Regions {
		r := segmentRow{
			Number: one.Number, Label: one.Name, Type: one.Kind, Algorithm: dicom.Clean(one.Algorithm),
			Color: hexColor(one.Color), Contours: len(one.Contours),
		}
		if ml, ok := one.Volume(); ok {
			r.ML = &ml
		}
		row.Segments = append(row.Segments, r)
	}
	return row, nil
}

func hexColor(c [3]uint8) string { return fmt.Sprintf("#%02X%02X%02X", c[0], c[1], c[2]) }
