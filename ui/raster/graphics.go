package raster

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/draw"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/ansi/kitty"
	"github.com/charmbracelet/x/ansi/sixel"
)

// kittyChunk is the most base64 bytes one kitty escape may carry.
const kittyChunk = 4096

// KittyImage sends img under id and returns the bytes to write once and the rows
// of placeholder cells that show it (kitty graphics protocol, Unicode
// placeholders). Sending the same id again replaces the picture in place.
func KittyImage(img image.Image, id, cols, rows int) (send string, cells []string) {
	rgb := packRGB(img)
	data := base64.StdEncoding.EncodeToString(rgb)
	var b strings.Builder
	opts := fmt.Sprintf("a=T,U=1,q=2,f=24,i=%d,s=%d,v=%d,c=%d,r=%d", id, img.Bounds().Dx(), img.Bounds().Dy(), cols, rows)
	for len(data) > 0 {
		n := min(kittyChunk, len(data))
		more := 0
		if n < len(data) {
			more = 1
		}
		b.WriteString(ansi.KittyGraphics([]byte(data[:n]), opts, fmt.Sprintf("m=%d", more)))
		data, opts = data[n:], "q=2"
	}
	return b.String(), placeholders(id, cols, rows)
}

func packRGB(img image.Image) []byte {
	b := img.Bounds()
	px := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(px, px.Bounds(), img, b.Min, draw.Src)
	out := make([]byte, 0, 3*b.Dx()*b.Dy())
	for i := 0; i < len(px.Pix); i += 4 {
		out = append(out, px.Pix[i], px.Pix[i+1], px.Pix[i+2])
	}
	return out
}

func placeholders(id, cols, rows int) []string {
	out := make([]string, rows)
	for y := range out {
		var b strings.Builder
		fmt.Fprintf(&b, "\x1b[38;5;%dm", id)
		for x := range cols {
			b.WriteRune(kitty.Placeholder)
			b.WriteRune(kitty.Diacritic(y))
			b.WriteRune(kitty.Diacritic(x))
		}
		b.WriteString("\x1b[39m")
		out[y] = b.String()
	}
	return out
}

// KittyClear takes the picture with id away.
func KittyClear(id int) string {
	return ansi.KittyGraphics(nil, "a=d,d=I,q=2", fmt.Sprintf("i=%d", id))
}

// SixelAt draws img with its top left corner at a cell (0-based), the cursor
// coming back to where it was.
func SixelAt(img image.Image, col, row int) (string, error) {
	var b bytes.Buffer
	if err := new(sixel.Encoder).Encode(&b, img); err != nil {
		return "", fmt.Errorf("encode sixel: %w", err)
	}
	return ansi.SaveCursor + ansi.CursorPosition(col+1, row+1) +
		ansi.SixelGraphics(0, 1, 0, b.Bytes()) + ansi.RestoreCursor, nil
}
