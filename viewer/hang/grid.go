package hang

import "strconv"

// The largest grid: four rows of five tiles. On a monitor of 1920×1080 a tile of it
// is 380×250 pixels, the least on which a slice can be told from its neighbour.
const (
	MaxRows  = 4
	MaxCols  = 5
	MaxTiles = MaxRows * MaxCols
)

// Grids are the layouts gone through by one key, from one tile to many. Any other up
// to the largest can be asked for by name.
var Grids = []string{"1x1", "1x2", "2x2", "2x3", "2x4", "3x3", "3x4", "4x5"}

// Grid reads a layout by its name, "2x3": rows × columns. ok is false for what is no
// layout, or one larger than the largest.
func Grid(layout string) (rows, cols int, ok bool) {
	if len(layout) != len("1x1") || layout[1] != 'x' {
		return 0, 0, false
	}
	rows, cols = int(layout[0]-'0'), int(layout[2]-'0')
	return rows, cols, rows >= 1 && rows <= MaxRows && cols >= 1 && cols <= MaxCols
}

// Name is a grid's name: "2x3".
func Name(rows, cols int) string { return strconv.Itoa(rows) + "x" + strconv.Itoa(cols) }

// Next is the layout that follows in Grids, by +1 or −1; for one that is not among
// them the nearest with more tiles, or with fewer.
func Next(layout string, by int) string {
	rows, cols, ok := Grid(layout)
	if !ok {
		return Grids[0]
	}
	n, fewer := len(Grids), 0
	for i, g := range Grids {
		if g == layout {
			return Grids[(i+by+n)%n]
		}
		if r, c, _ := Grid(g); r*c < rows*cols {
			fewer = i
		}
	}
	if by < 0 {
		return Grids[fewer]
	}
	return Grids[(fewer+1)%n]
}
