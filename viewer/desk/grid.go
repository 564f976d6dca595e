package desk

import (
	"fmt"

	"github.com/nocturne/nocturne/viewer/hang"
)

// tiles are all that a layout may show; those beyond it keep what they had.
type tiles [hang.MaxTiles]*tile

// newTiles are these, then empty ones.
func newTiles(first ...*tile) (out tiles) {
	for i := copy(out[:], first); i < len(out); i++ {
		out[i] = &tile{}
	}
	return out
}

// grid is rows and columns of a layout; what is none is one tile.
func grid(layout string) (rows, cols int) {
	if rows, cols, ok := hang.Grid(layout); ok {
		return rows, cols
	}
	return 1, 1
}

// tilesOf is how many tiles a layout has.
func tilesOf(layout string) int {
	rows, cols := grid(layout)
	return rows * cols
}

// setGrid shows rows × columns (:layout 2x3).
func (d *Desk) setGrid(v []float64) {
	if len(v) == 2 {
		if layout := hang.Name(int(v[0]), int(v[1])); fits(layout) {
			d.setLayout(layout)
			return
		}
	}
	d.notice(fmt.Sprintf("A layout is rows x columns, at most %dx%d: 2x3.", hang.MaxRows, hang.MaxCols))
}

func fits(layout string) bool {
	_, _, ok := hang.Grid(layout)
	return ok
}
