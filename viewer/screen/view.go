package screen

import (
	"fmt"
	"image/color"

	"github.com/hajimehoshi/ebiten/v2"

	"github.com/nocturne/nocturne/viewer/desk"
)

// PathKey is the environment variable by which a reader overrules how the window
// draws: "cpu" or "gpu". Anything else leaves the choice to the window.
const PathKey = "NOCTURNE_WINDOW"

// view brings scenes onto the screen, by one of two paths: the GPU's shaders, or,
// where the GPU is one in name only, the processor. What the processor drew goes to
// the X server through shared memory, or where that cannot be, as one texture
// through the engine. Owned by the game's goroutine.
type view struct {
	painter *painter
	canvas  *canvas // nil: the GPU draws
	glass   *glass  // nil: the engine presents
	sheet   *ebiten.Image
	why     string // there is a canvas
	scene   desk.Scene
}

func newView(getenv func(string) string) (*view, error) {
	p, err := newPainter()
	if err != nil {
		return nil, err
	}
	v := &view{painter: p, scene: desk.Scene{Blank: true}}
	switch getenv(PathKey) {
	case "gpu":
	case "cpu":
		v.why = PathKey + " says so"
	default:
		v.why = software(getenv)
	}
	if v.why != "" {
		v.canvas, err = newCanvas()
	}
	return v, err
}

// open looks for a way past the engine. The window must exist.
func (v *view) open() {
	if v.canvas != nil {
		v.glass, _ = openGlass()
	}
}

// path says who draws and who presents.
func (v *view) path() string {
	switch {
	case v.canvas == nil:
		return "GPU path"
	case v.glass == nil:
		return "CPU path, one texture (" + v.why + ")"
	}
	return "CPU path, shared memory (" + v.why + ")"
}

// show takes the next scene. done is whether it is on the screen already; else the
// engine must present, and final draws.
func (v *view) show(s desk.Scene) (done bool) {
	v.scene = s
	if v.canvas == nil {
		return false
	}
	if v.glass != nil {
		if mem, err := v.glass.memory(s.W, s.H); err == nil {
			if v.canvas.on(mem, s.W, s.H, true); v.paste() {
				return true
			}
		}
		v.drop()
	}
	v.canvas.on(nil, s.W, s.H, false)
	v.canvas.draw(s)
	return false
}

func (v *view) paste() bool {
	v.canvas.draw(v.scene)
	return v.glass.put() == nil
}

// drop gives the way past the engine up.
func (v *view) drop() {
	if v.glass != nil {
		v.glass.Close()
		v.glass = nil
	}
}

// final draws the scene on the screen itself, without the engine's picture in
// between, unless the engine must scale that.
func (v *view) final(screen ebiten.FinalScreen, offscreen *ebiten.Image, place ebiten.GeoM) error {
	if place == (ebiten.GeoM{}) {
		return v.draw(screen)
	}
	err := v.draw(offscreen)
	ebiten.DefaultDrawFinalScreen(screen, offscreen, place)
	return err
}

func (v *view) draw(dst ebiten.FinalScreen) error {
	if v.canvas == nil {
		return v.painter.draw(dst, v.scene)
	}
	dst.Fill(color.Black)
	size := v.canvas.pix.Rect.Size()
	if size.X <= 0 || size.Y <= 0 {
		return nil
	}
	if v.sheet == nil || v.sheet.Bounds().Size() != size {
		v.forget()
		v.sheet = unmanaged(size.X, size.Y)
	}
	v.sheet.WritePixels(v.canvas.rgba())
	dst.DrawImage(v.sheet, &ebiten.DrawImageOptions{Blend: ebiten.BlendCopy})
	return nil
}

// uploaded reports whether a picture's pixels are on the GPU.
func (v *view) uploaded(epoch uint64, key string) bool {
	return v.canvas == nil && v.painter.textures.held[pictureKey{epoch, key}] != nil
}

// blank forgets all pixels: the lock.
func (v *view) blank() {
	v.scene = desk.Scene{Blank: true}
	v.painter.textures.forget()
	if v.canvas != nil {
		v.canvas.forget()
	}
	v.forget()
}

func (v *view) forget() {
	if v.sheet != nil {
		v.sheet.Deallocate()
		v.sheet = nil
	}
}

// memory is what pictures take, in words.
func (v *view) memory() string {
	if v.canvas != nil {
		return fmt.Sprintf("canvas %s", mib(v.canvas.bytes()))
	}
	return fmt.Sprintf("textures %s of %s", mib(int64(v.painter.textures.bytes)), mib(int64(v.painter.textures.limit)))
}

func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
