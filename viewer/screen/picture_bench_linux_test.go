package screen

import (
	"fmt"
	"image"
	"math"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/desk"
	"github.com/nocturne/nocturne/viewer/load"
	"github.com/nocturne/nocturne/viewer/overlay"
	"github.com/nocturne/nocturne/viewer/viewertest"
)

// cpuTime is what this process has used of all processors.
func cpuTime(who int) time.Duration {
	var u unix.Rusage
	if unix.Getrusage(who, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// timed runs a picture again and again and reports the rate, the processors' time of
// one, and how long half and all but one in a hundred took.
func timed(b *testing.B, one func(i int)) {
	one(0) // tables and memory
	var each []time.Duration
	before, i := cpuTime(unix.RUSAGE_SELF), 1
	began := time.Now()
	for b.Loop() {
		at := time.Now()
		one(i)
		each = append(each, time.Since(at))
		i++
	}
	took := time.Since(began)
	slices.Sort(each)
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	b.ReportMetric(float64(len(each))/took.Seconds(), "pictures/s")
	b.ReportMetric(ms(cpuTime(unix.RUSAGE_SELF)-before)/float64(len(each)), "cpu-ms/op")
	b.ReportMetric(ms(each[len(each)/2]), "p50-ms")
	b.ReportMetric(ms(each[(len(each)-1)*99/100]), "p99-ms")
}

// easel is a desk and the canvas it is painted on, as in the window, without one.
type easel struct {
	desk   *desk.Desk
	canvas *canvas
	now    time.Time
	w, h   int
}

// body is a series like a trunk: round, soft shapes, another in every slice.
func body(n, side int) viewertest.Series {
	waves := make([]int, 4*side)
	for i := range waves {
		waves[i] = int(60 * math.Sin(float64(i)/9))
	}
	return viewertest.Series{Slices: n, Rows: side, Cols: side, ColMM: 360 / float64(side), RowMM: 360 / float64(side), Step: 1,
		HU: func(c, r, s int) int {
			if x, y := c-side/2, r-side/2; x*x+y*y > side*side*4/25 {
				return -1000
			}
			return waves[c+s] + waves[r+2*s%side]
		}}
}

func newEasel(b *testing.B, w, h int, s ...viewertest.Series) *easel {
	b.Helper()
	c, err := newCanvas()
	must(b, err)
	e := &easel{canvas: c, now: time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC), w: w, h: h}
	e.desk = desk.New(desk.Options{Now: func() time.Time { return e.now }, Load: load.NewFileLoader(2, 1<<30, func() {})})
	b.Cleanup(e.desk.Close)
	e.desk.Resize(w, h, 1)
	c.on(nil, w, h, true)
	e.desk.Open(case1)
	dir := b.TempDir()
	for _, one := range s {
		e.desk.Add(1, one.Write(b, dir))
	}
	e.settle(b)
	return e
}

// settle draws until nothing more comes.
func (e *easel) settle(b *testing.B) {
	b.Helper()
	quiet := 0
	for end := time.Now().Add(60 * time.Second); quiet < 60; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			b.Fatal("it does not come to rest")
		}
		e.now = e.now.Add(50 * time.Millisecond)
		if quiet++; e.desk.Tick(e.now) {
			e.desk.Scene()
			quiet = 0
		}
	}
}

// picture lets a 60th of a second pass and draws.
func (e *easel) picture() {
	e.now = e.now.Add(time.Second / 60)
	e.desk.Tick(e.now)
	e.canvas.draw(e.desk.Scene())
}

func BenchmarkPicture(b *testing.B) {
	b.Run("stack scroll, 300 cached slices of 1024x1024 at 1024x1024", func(b *testing.B) {
		e := newEasel(b, 1024, 1024, body(300, 1024))
		for range 299 { // all cached
			e.desk.Wheel(500, 500, 1)
			e.picture()
			e.wait()
		}
		timed(b, func(i int) { e.desk.Wheel(500, 500, to(i, 300)); e.picture() })
	})
	b.Run("stack scroll, 300 cached slices of 512x512 at 1024x1024", func(b *testing.B) {
		e := newEasel(b, 1024, 1024, body(300, 512))
		for range 299 {
			e.desk.Wheel(500, 500, 1)
			e.picture()
			e.wait()
		}
		timed(b, func(i int) { e.desk.Wheel(500, 500, to(i, 300)); e.picture() })
	})
	for _, size := range []image.Point{{1024, 1024}, {1920, 1080}} {
		b.Run(fmt.Sprintf("window drag, 512x512 at %dx%d", size.X, size.Y), func(b *testing.B) {
			e := newEasel(b, size.X, size.Y, body(3, 512))
			timed(b, func(i int) { e.desk.Do(viewer.WindowSet(400+float64(i%200), 40)); e.picture() })
		})
	}
	b.Run("2x3 layout, six of 512x512 windowed at 1920x1080", func(b *testing.B) { sixTiles(b) })
	b.Run("mammogram 4096x3328 windowed at 1024x1024", func(b *testing.B) { mammogram(b, 0) })
	b.Run("mammogram 4096x3328 dragged at 1 to 1 at 1024x1024", func(b *testing.B) { mammogram(b, 1) })
	b.Run("200 annotations over 512x512 at 1024x1024", func(b *testing.B) { annotated(b) })
}

// wait lets the loader do its work.
func (e *easel) wait() {
	for range 200 {
		if len(e.desk.Scene().Tiles) > 0 {
			return
		}
		time.Sleep(time.Millisecond)
		e.desk.Tick(e.now)
	}
}

// to goes down and up a stack.
func to(i, n int) int {
	if i/(n-1)%2 == 0 {
		return -1 // from the last slice
	}
	return 1
}

// tiles are scenes beside the desk: pictures in a grid.
func tiles(e *easel, images []*pixel.Image, rows, cols int, w pixel.Window, v pixel.View) desk.Scene {
	s := desk.Scene{Epoch: 1, W: e.w, H: e.h}
	for i, im := range images {
		x, y := i%cols, i/cols
		r := image.Rect(x*e.w/cols, y*e.h/rows, (x+1)*e.w/cols, (y+1)*e.h/rows)
		how := pixel.Bilinear
		if v.Zoom == 0 && im.FitZoom(0, r.Size()) < 0.99 {
			how = pixel.Area
		}
		s.Tiles = append(s.Tiles, desk.TileScene{Rect: r, Image: im, Key: fmt.Sprint(i), How: how, Place: im.Place(v, r.Size()), Window: w})
	}
	return s
}

func sixTiles(b *testing.B) {
	e := &easel{w: 1920, h: 1080}
	e.canvas, _ = newCanvas()
	e.canvas.on(nil, e.w, e.h, true)
	images := stack(512, 512, 6)
	timed(b, func(i int) {
		e.canvas.draw(tiles(e, images, 2, 3, pixel.Window{Center: 40 + float64(i%50), Width: 2000}, pixel.View{}))
	})
}

func mammogram(b *testing.B, zoom float64) {
	e := &easel{w: 1024, h: 1024}
	e.canvas, _ = newCanvas()
	e.canvas.on(nil, e.w, e.h, true)
	images := stack(3328, 4096, 1)
	timed(b, func(i int) {
		v := pixel.View{Zoom: zoom}
		if zoom > 0 {
			v.PanX = float64(i % 500)
		}
		e.canvas.draw(tiles(e, images, 1, 1, pixel.Window{Center: 1000 + float64(i%50), Width: 4000}, v))
	})
}

func annotated(b *testing.B) {
	e := &easel{w: 1024, h: 1024}
	e.canvas, _ = newCanvas()
	e.canvas.on(nil, e.w, e.h, true)
	images := stack(512, 512, 2)
	var over overlay.List
	for i := range 200 {
		x, y := float64(50+i%20*45), float64(60+i/20*90)
		for k := range 48 { // an ellipse of 48 lines
			s0, c0 := math.Sincos(float64(k) / 24 * math.Pi)
			s1, c1 := math.Sincos(float64(k+1) / 24 * math.Pi)
			over.Lines = append(over.Lines, overlay.Line{X0: x + 18*c0, Y0: y + 30*s0, X1: x + 18*c1, Y1: y + 30*s1, Width: 1.5, Color: overlay.Green, Clip: image.Rect(0, 0, e.w, e.h)})
		}
		over.Texts = append(over.Texts, overlay.Text{X: x + 20, Y: y, Size: 13, Halo: true, Color: overlay.White, S: "62.0 ± 12.4 HU"})
	}
	timed(b, func(i int) {
		s := tiles(e, images[i%2:i%2+1], 1, 1, pixel.Window{Center: 40, Width: 2000}, pixel.View{})
		s.Over = over
		e.canvas.draw(s)
	})
}

func BenchmarkMPR(b *testing.B) {
	open := func(b *testing.B) *easel {
		e := newEasel(b, 1024, 1024, body(300, 512))
		e.desk.Do(viewer.MPRToggle)
		e.settle(b)
		return e
	}
	b.Run("three linked panes of 512x512x300 at 1024x1024", func(b *testing.B) {
		e := open(b)
		timed(b, func(i int) { // the point all three go through moves across the patient
			for pane, x := range []float64{250, 750, 250} {
				e.desk.Wheel(x, []float64{250, 250, 800}[pane], to(i, 60))
			}
			e.picture()
		})
	})
	b.Run("oblique drag in 512x512x300 at 1024x1024", func(b *testing.B) {
		e := open(b)
		timed(b, func(i int) { e.desk.Do(viewer.MPRTurnRight); e.picture() })
	})
	b.Run("20 mm MIP slab scrolled, 512x512x300 at 1024x1024", func(b *testing.B) {
		e := open(b)
		e.desk.Do(viewer.SlabSet(20))
		timed(b, func(i int) { e.desk.Wheel(250, 250, to(i, 60)); e.picture() })
	})
	b.Run("20 mm MIP slab at rest, 512x512x300 at 1024x1024", func(b *testing.B) {
		e := open(b)
		e.desk.Do(viewer.SlabSet(20))
		timed(b, func(i int) {
			e.desk.Wheel(250, 250, to(i, 60))
			e.desk.Tick(e.now)
			e.now = e.now.Add(200 * time.Millisecond)
			e.picture()
		})
	})
}
