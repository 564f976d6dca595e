// Package pdf reads PDFs by the system's own programs, pdftotext and pdftoppm of
// poppler.
//
// A PDF goes to them by standard input and comes back by standard output: nothing of it
// stands on disk or in an argument. A program is killed with its context, after a time
// and beyond a size; what it says of errors, which may quote the document, is not read.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// Bounds of what a document may cost.
const (
	longest  = 20 * time.Second
	mostText = 4 << 20
	mostPNG  = 64 << 20
	mostSide = 4000 // pixels of a page
)

// MissingError says that a program is not installed.
type MissingError struct{ Program string }

// Packages names what to install for both programs.
const Packages = "package poppler-utils on Debian, Ubuntu and Fedora, poppler on Arch and with Homebrew"

// Error implements error.
func (e *MissingError) Error() string {
	return e.Program + " is not installed (" + Packages + ")"
}

// Errors beside MissingError.
var (
	ErrUnreadable = errors.New("the PDF is damaged or needs a password")
	ErrTooLong    = errors.New("the PDF takes too long or holds too much")
)

// Text is the document's text, laid out as on paper, and its number of pages. A page
// ends in a form feed.
func Text(ctx context.Context, data []byte) (text string, pages int, err error) {
	b, err := run(ctx, data, mostText, "pdftotext", "-q", "-layout", "-enc", "UTF-8", "-", "-")
	if err != nil {
		return "", 0, err
	}
	return string(b), bytes.Count(b, []byte{'\f'}), nil
}

// Page paints a page, counted from 1, its longer side so many pixels.
func Page(ctx context.Context, data []byte, page, side int) (image.Image, error) {
	n, side := strconv.Itoa(page), min(side, mostSide)
	b, err := run(ctx, data, mostPNG, "pdftoppm", "-q", "-png", "-f", n, "-l", n, "-scale-to", strconv.Itoa(side), "-")
	if err != nil {
		return nil, err
	}
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width > mostSide+1 || c.Height > mostSide+1 {
		return nil, ErrUnreadable
	}
	im, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, ErrUnreadable
	}
	return im, nil
}

// run gives the document to a program and takes what it writes, at most so many bytes.
func run(ctx context.Context, data []byte, most int, program string, args ...string) ([]byte, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, &MissingError{program}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, longest, ErrTooLong)
	defer cancel()
	out := &bounded{left: most, full: cancel}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin, cmd.Stdout = bytes.NewReader(data), out
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "LC_ALL=C"}
	cmd.Dir = os.TempDir()
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	switch {
	case out.left < 0 || errors.Is(context.Cause(ctx), ErrTooLong):
		return nil, ErrTooLong
	case ctx.Err() != nil:
		return nil, fmt.Errorf("read PDF: %w", ctx.Err())
	case err != nil:
		return nil, ErrUnreadable
	}
	return out.got.Bytes(), nil
}

// bounded takes so many bytes and ends the program at the first one more.
type bounded struct {
	got  bytes.Buffer
	left int
	full func()
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		b.full()
		return 0, ErrTooLong
	}
	return b.got.Write(p)
}
