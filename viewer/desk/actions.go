package desk

import (
	"maps"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/picture"
	"github.com/nocturne/nocturne/viewer/stack"
)

// deed performs an action; values are those the action came with.
type deed func(d *Desk, values []float64)

func plainly(f func(*Desk)) deed { return func(d *Desk, _ []float64) { f(d) } }

// deeds are what the image side does itself, by name.
func deeds() map[viewer.Action]deed {
	all := map[viewer.Action]deed{
		viewer.WindowSetName: (*Desk).setWindow,
		viewer.ZoomSetName:   (*Desk).setZoom,
		viewer.SliceSetName:  (*Desk).setSlice,
		viewer.SlabSetName:   (*Desk).setSlab,
		viewer.FuseSetName:   (*Desk).setFuse,
		viewer.GridSetName:   (*Desk).setGrid,
	}
	for _, some := range []map[viewer.Action]func(*Desk){moves(), views(), toolChoices(), reforming(), keeping(), comparison(), walking(), fusing(), crossing3(), photonic(), again(), objecting()} {
		for a, f := range some {
			all[a] = plainly(f)
		}
	}
	maps.Copy(all, showing())
	return all
}

func moves() map[viewer.Action]func(*Desk) {
	return map[viewer.Action]func(*Desk){
		viewer.SliceNext:    func(d *Desk) { d.step(1) },
		viewer.SlicePrev:    func(d *Desk) { d.step(-1) },
		viewer.SliceNext10:  func(d *Desk) { d.page(1) },
		viewer.SlicePrev10:  func(d *Desk) { d.page(-1) },
		viewer.SliceFirst:   func(d *Desk) { d.slice(d.at(), 0) },
		viewer.SliceLast:    func(d *Desk) { d.slice(d.at(), 1<<30) },
		viewer.SeriesNext:   func(d *Desk) { d.nextSeries(1) },
		viewer.SeriesPrev:   func(d *Desk) { d.nextSeries(-1) },
		viewer.SliceUnseen:  func(d *Desk) { d.nextUnseen() },
		viewer.SeriesFind:   func(d *Desk) { d.toggleStrip() },
		viewer.TileNext:     func(d *Desk) { d.nextTile(1) },
		viewer.TilePrev:     func(d *Desk) { d.nextTile(-1) },
		viewer.TileOneUp:    func(d *Desk) { d.toggleOneUp() },
		viewer.MarkNext:     func(d *Desk) { d.jump(1) },
		viewer.MarkPrev:     func(d *Desk) { d.jump(-1) },
		viewer.MarkDelete:   func(d *Desk) { d.deleteMark() },
		viewer.MarkUndo:     func(d *Desk) { d.undo() },
		viewer.MarkRedo:     func(d *Desk) { d.redo() },
		viewer.MarkList:     (*Desk).listMarks,
		viewer.Command:      (*Desk).commandLine,
		viewer.Help:         (*Desk).showHelp,
		viewer.Histogram:    (*Desk).toggleHistogram,
		viewer.ToolLoupe:    func(d *Desk) { d.loupe = !d.loupe; d.touch() },
		viewer.MarkHandle:   (*Desk).nextHandle,
		viewer.MarkName:     (*Desk).nameMark,
		viewer.MarkCopy:     (*Desk).copyMark,
		viewer.MarkVolume:   (*Desk).makeVolume,
		viewer.PointAdd:     (*Desk).addPoint,
		viewer.PointDelete:  (*Desk).deletePoint,
		viewer.ToolSnap:     (*Desk).askSnap,
		viewer.PriorToggle:  func(d *Desk) { d.togglePrior() },
		viewer.CineToggle:   func(d *Desk) { d.toggleCine() },
		viewer.LayoutNext:   func(d *Desk) { d.nextLayout(1) },
		viewer.LayoutPrev:   func(d *Desk) { d.nextLayout(-1) },
		viewer.StageNext:    func(d *Desk) { d.nextStage(1) },
		viewer.StagePrev:    func(d *Desk) { d.nextStage(-1) },
		viewer.HangExplain:  func(d *Desk) { d.explainHang() },
		viewer.PerfToggle:   func(d *Desk) { d.perf = !d.perf; d.touch() },
		viewer.LinkToggle:   func(d *Desk) { d.link() },
		viewer.SamePoint:    func(d *Desk) { d.samePoint() },
		viewer.ToolDrop:     func(d *Desk) { d.drop() },
		viewer.ToolFinish:   func(d *Desk) { d.finish() },
		viewer.WindowOwn:    func(d *Desk) { d.ownWindow() },
		viewer.WindowLower:  func(d *Desk) { d.stepWindow(-1, 0) },
		viewer.WindowHigher: func(d *Desk) { d.stepWindow(1, 0) },
		viewer.WindowNarrow: func(d *Desk) { d.stepWindow(0, -1) },
		viewer.WindowWider:  func(d *Desk) { d.stepWindow(0, 1) },
	}
}

func views() map[viewer.Action]func(*Desk) {
	seen := func(f func(d *Desk, t *tile, g *stack.Geometry)) func(*Desk) {
		return func(d *Desk) {
			if g, ok := d.at().geometry(); ok {
				d.arrange()
				f(d, d.at(), g)
				d.touch()
			}
		}
	}
	zoom := func(by float64) func(*Desk) {
		return seen(func(d *Desk, t *tile, g *stack.Geometry) {
			x, y := picture.Middle(t.rect)
			t.look.view.ZoomAt(by, g, t.rect, x, y)
		})
	}
	return map[viewer.Action]func(*Desk){
		viewer.ViewReset:  func(d *Desk) { d.reset() },
		viewer.ViewInvert: seen(func(d *Desk, t *tile, _ *stack.Geometry) { t.look.invert = !t.look.invert }),
		viewer.ViewFlipH:  seen(func(d *Desk, t *tile, _ *stack.Geometry) { t.look.view.Mirror(false) }),
		viewer.ViewFlipV:  seen(func(d *Desk, t *tile, _ *stack.Geometry) { t.look.view.Mirror(true) }),
		viewer.ViewRight:  seen(func(d *Desk, t *tile, _ *stack.Geometry) { t.look.view.Rotate(1) }),
		viewer.ViewLeft:   seen(func(d *Desk, t *tile, _ *stack.Geometry) { t.look.view.Rotate(-1) }),
		viewer.ViewFit: seen(func(d *Desk, t *tile, _ *stack.Geometry) {
			t.look.view.Zoom, t.look.view.PanX, t.look.view.PanY = 0, 0, 0
		}),
		viewer.ViewZoomIn:  zoom(1.25),
		viewer.ViewZoomOut: zoom(1 / 1.25),
		viewer.ViewOneToOne: seen(func(d *Desk, t *tile, g *stack.Geometry) {
			x, y := picture.Middle(t.rect)
			t.look.view.ZoomAt(1/t.look.view.Scale(g, t.rect), g, t.rect, x, y)
		}),
	}
}

// at is the tile that keys act on.
func (d *Desk) at() *tile { return d.tiles[d.active] }

func (d *Desk) step(by int) { d.scroll(d.at(), by) }

func (d *Desk) toggleOneUp() {
	if tilesOf(d.layout) == 1 {
		d.notice("There is one tile already.")
		return
	}
	d.oneUp = !d.oneUp
	d.touch()
}

// reset shows the image as it came: fitted, unturned, in its own window (R).
func (d *Desk) reset() {
	t := d.at()
	d.straighten(t)
	t.look.view.View.Zoom, t.look.view.PanX, t.look.view.PanY = 0, 0, 0
	t.look.view.FlipH, t.look.view.Turn = false, 0
	t.look.invert, t.look.window, t.look.enhanced = false, picture.Choice{}, pixel.Raw
	if t.shown.Image != nil {
		t.show(t.shown)
	}
	d.touch()
}

func (d *Desk) setZoom(v []float64) {
	t := d.at()
	g, ok := t.geometry()
	if !ok || len(v) != 1 || v[0] < 0 {
		d.notice("A zoom is one number: screen pixels per image pixel, or 0 to fit.")
		return
	}
	d.arrange()
	if v[0] == 0 {
		t.look.view.Zoom, t.look.view.PanX, t.look.view.PanY = 0, 0, 0
	} else {
		x, y := picture.Middle(t.rect)
		t.look.view.ZoomAt(v[0]/t.look.view.Scale(g, t.rect), g, t.rect, x, y)
	}
	d.touch()
}

func (d *Desk) setSlice(v []float64) {
	t := d.at()
	if len(v) != 1 || t.stack == nil || v[0] < 1 || int(v[0]) > len(t.stack.Slots) {
		d.notice("There is no such slice.")
		return
	}
	d.slice(t, int(v[0])-1)
}
