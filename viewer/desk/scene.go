package desk

import (
	"image"
	"time"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/overlay"
)

// Scene is one whole picture, ready to be drawn: black, then the Tiles' pixels,
// then Over on top. It shares nothing that changes with the Desk, but Images are
// shared and must not be written to.
type Scene struct {
	Epoch uint64
	W, H  int
	Tiles []TileScene
	Over  overlay.List
	// Blank: cover everything with black; Tiles and Over are empty (lock, or no
	// case).
	Blank bool
	// Soon are pictures that may come next, decoded already: Image and Key only.
	Soon []TileScene
	// Input is when the earliest input came that this Scene shows and none before did;
	// zero where nothing but time has changed it.
	Input time.Time
	// Perf is there while the reader asks how the window performs.
	Perf *load.Held
}

// TileScene is the pixels of one tile. A tile without any has none in the Scene:
// it is black, and Over says why.
type TileScene struct {
	Rect  image.Rectangle // device pixels; nothing of the tile lies outside
	Image *pixel.Image
	// Key tells one picture from another, for caches of textures: SOP Instance UID
	// and frame. Equal keys of one Epoch are equal pixels.
	Key string
	// Place takes an image point to a point of Rect, counted from Rect.Min, as
	// pixel.Image.Render wants it.
	Place  pixel.Affine
	Window pixel.Window
	Invert bool // the reader's; Image.Inverse comes on top
	How    pixel.Interpolation
	// Layers are blended over the pixels, in this order, where FramePlace says.
	Layers []*pixel.Layer
}

// FramePlace is Place for points of the frame, of which Image may be a Preview.
func (t TileScene) FramePlace() pixel.Affine {
	if t.Image == nil || t.Image.Preview == nil {
		return t.Place
	}
	toPreview, _ := t.Image.Preview.ToFrame.Inverse()
	return toPreview.Then(t.Place)
}
