//go:build !linux

package screen

import (
	"errors"

	"github.com/hajimehoshi/ebiten/v2"
)

// ears are for systems where the engine loses input and there is a way to hear it.
// Here there is none yet: the engine drops a wheel notch against the direction of
// the one before within 100 ms (N9), so fine scrolling is for the keys.
type ears struct{}

func openEars(func()) (*ears, error) {
	return nil, errors.New("only what the engine tells is heard on this system")
}

func (*ears) read() ([]notch, []keyEvent, bool) { return nil, nil, false }

// Close does nothing.
func (*ears) Close() {}

// front is what the engine offers for focus: asking for attention.
type front struct{}

func (*front) take() { ebiten.RequestAttention() }

func (*front) giveBack() {}

func (*front) shy() {}

// software cannot be known here.
func software(func(string) string) string { return "" }

// glass is for X servers.
type glass struct{}

func openGlass() (*glass, error) { return nil, errors.New("only the engine presents on this system") }

func (*glass) memory(int, int) ([]byte, error) { return nil, errors.ErrUnsupported }

func (*glass) put() error { return errors.ErrUnsupported }

// Close does nothing.
func (*glass) Close() {}
