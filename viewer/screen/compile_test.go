package screen

import (
	"testing"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/viewer/shader"
)

// Compiling needs no display.
func TestEveryShaderCompiles(t *testing.T) {
	for _, m := range shader.Modes() {
		if s, err := ebiten.NewShader(m.Text()); err != nil {
			t.Errorf("%s: %v\n%s", m, err, m.Text())
		} else {
			s.Deallocate()
		}
	}
	if _, err := ebiten.NewShader(shader.Line()); err != nil {
		t.Errorf("lines: %v", err)
	}
}
