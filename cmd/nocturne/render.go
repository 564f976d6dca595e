package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"math"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
)

// renderFlags say how a frame is drawn.
type renderFlags struct {
	frame        int
	window, size string
	out          string
}

// renderRow is what `render --json` prints.
type renderRow struct {
	Path         string  `json:"path"`
	Frame        int     `json:"frame"`
	File         string  `json:"file"`
	Width        int     `json:"width"`
	Height       int     `json:"height"`
	WindowCenter float64 `json:"window_center"`
	WindowWidth  float64 `json:"window_width"`
	VOIFunction  string  `json:"voi_lut_function"`
	Exact        bool    `json:"exact"` // false: decoded near enough to look at only
}

func renderCommand(env *environment) *cobra.Command {
	var f renderFlags
	c := &cobra.Command{
		Use: "render PATH -o FILE.png", Short: "Draw one frame of a DICOM file as PNG",
		Long: "Draws a frame with its own first window, or the one given, by the same rules as the image window. The picture has\n" +
			"the size given, the image fitted into it without distortion by its pixel spacing, black around; made smaller, it\n" +
			"is averaged, so that nothing is skipped. Not for diagnosis.",
		Args: exactly(1, "one file"),
		RunE: func(c *cobra.Command, args []string) error {
			row, err := f.render(c.Context(), env, args[0])
			if err != nil {
				return err
			}
			if env.JSON && f.out != "-" {
				return env.printJSON(row)
			}
			return nil
		},
	}
	c.Flags().IntVar(&f.frame, "frame", 1, "frame to draw, counted from 1")
	c.Flags().StringVar(&f.window, "window", "", "window as CENTRE,WIDTH (DICOM's order)")
	c.Flags().StringVar(&f.size, "size", "", "size of the picture as WIDTHxHEIGHT (default: that of the image)")
	c.Flags().StringVarP(&f.out, "output", "o", "", "file to write; - for standard output")
	return c
}

func (f *renderFlags) render(ctx context.Context, env *environment, path string) (renderRow, error) {
	if f.out == "" {
		return renderRow{}, usagef("render needs -o FILE.png")
	}
	if f.frame < 1 {
		return renderRow{}, usagef("frames are counted from 1")
	}
	if err := env.mayDraw(); err != nil {
		return renderRow{}, err
	}
	object, err := dicom.ReadFile(path)
	if err != nil {
		return renderRow{}, err
	}
	im, err := pixel.Decode(object, f.frame-1)
	if err != nil {
		return renderRow{}, fmt.Errorf("draw frame %d: %w", f.frame, err)
	}
	w, err := f.windowFor(im)
	if err != nil {
		return renderRow{}, err
	}
	size, err := f.sizeFor(im)
	if err != nil {
		return renderRow{}, err
	}
	dst := image.NewRGBA(image.Rectangle{Max: size})
	place := im.Place(pixel.View{}, size)
	im.Render(im.Presented(w), false, dst, place, pixel.Area)
	for _, l := range im.Layers {
		l.Draw(dst, place)
	}
	row := renderRow{Path: path, Frame: f.frame, File: f.out, Width: size.X, Height: size.Y,
		WindowCenter: w.Center, WindowWidth: w.Width, VOIFunction: w.Function, Exact: im.Exact}
	if err := env.audited(ctx, audit.Exported(audit.Medium{Type: audit.URI, Label: f.out}, "a frame as PNG", subject(object.Dataset))); err != nil {
		return renderRow{}, err
	}
	return row, f.write(env, dst, im.RGB == nil && !coloured(im))
}

// coloured: something that lies over the pixels may not be grey.
func coloured(im *pixel.Image) bool {
	for _, l := range im.Layers {
		if l.Kind == pixel.Coloured || l.Kind == pixel.Overlay {
			return true
		}
	}
	return false
}

func (f *renderFlags) windowFor(im *pixel.Image) (pixel.Window, error) {
	if f.window == "" {
		return im.DefaultWindow(), nil
	}
	center, width, ok := strings.Cut(f.window, ",")
	c, errC := strconv.ParseFloat(strings.TrimSpace(center), 64)
	w, errW := strconv.ParseFloat(strings.TrimSpace(width), 64)
	if !ok || errC != nil || errW != nil || !(w >= 1) || math.IsInf(w, 0) || math.IsInf(c, 0) || math.IsNaN(c) {
		return pixel.Window{}, usagef("--window takes CENTRE,WIDTH, the width at least 1")
	}
	return pixel.Window{Center: c, Width: w, Function: pixel.Linear}, nil
}

// maxSide bounds a picture's sides: 16384² is 1 GiB.
const maxSide = 16384

// sizeFor is the size asked for, else that of the image, the shorter side of its
// pixels counting one.
func (f *renderFlags) sizeFor(im *pixel.Image) (image.Point, error) {
	if f.size == "" {
		w, h := float64(im.Cols), float64(im.Rows)
		if im.Aspect >= 1 {
			h *= im.Aspect
		} else {
			w /= im.Aspect
		}
		return image.Pt(int(min(w+0.5, maxSide)), int(min(h+0.5, maxSide))), nil
	}
	width, height, ok := strings.Cut(strings.ToLower(f.size), "x")
	w, errW := strconv.Atoi(width)
	h, errH := strconv.Atoi(height)
	if !ok || errW != nil || errH != nil || w < 1 || h < 1 || w > maxSide || h > maxSide {
		return image.Point{}, usagef("--size takes WIDTHxHEIGHT, each from 1 to %d", maxSide)
	}
	return image.Pt(w, h), nil
}

// write encodes grey pictures as grey: a third of the bytes, the same values.
func (f *renderFlags) write(env *environment, img *image.RGBA, grey bool) error {
	var picture image.Image = img
	if grey {
		g := image.NewGray(img.Rect)
		for i := range g.Pix {
			g.Pix[i] = img.Pix[4*i]
		}
		picture = g
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	if f.out == "-" {
		_, err := env.Out.Write(b.Bytes())
		return err
	}
	if err := os.WriteFile(f.out, b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}
