package screen

import (
	"time"

	"github.com/hajimehoshi/ebiten/v2"
	"github.com/hajimehoshi/ebiten/v2/inpututil"

	"github.com/nocturne/nocturne/viewer/desk"
)

// input is what the loop remembers of keys, wheel and pointer.
type input struct {
	keys     keyboard
	heard    bool // the ears have told of a notch
	deaf     int  // notches the engine told of and the ears did not
	heardKey bool // the ears have told of a key
	deafKeys int  // keys the engine told of and the ears did not
	x, y     float64
	inside   bool
}

// enough input that only the engine tells of proves that the ears are deaf.
const enough = 3

// waits reports whether a frame is needed without new input.
func (i *input) waits() bool { return i.keys.waits() }

// listen gives the desk all input since the last frame, keys first, and reports
// whether there was any.
func (g *game) listen(now time.Time) bool {
	var notches []notch
	var keys []keyEvent
	exposed := false
	if g.ears != nil {
		notches, keys, exposed = g.ears.read()
	}
	if exposed {
		g.draws = resent
	}
	busy := g.strokes(keys, now)
	busy = g.wheel(notches, now) || busy
	return g.mouse() || busy || exposed
}

// strokes tells the desk of keys, each at its own time. Text that no key made is
// offered, never executed (N2).
func (g *game) strokes(keys []keyEvent, now time.Time) bool {
	i := &g.input
	mine := engineKeys{}.read(now)
	if i.heardKey = i.heardKey || len(keys) > 0; g.ears == nil || !i.heardKey && i.deafKeys >= enough {
		keys = mine
	} else if !i.heardKey {
		i.deafKeys += len(mine)
	}
	i.keys.places = g.desk.Physical()
	told := i.keys.read(keys, ebiten.AppendInputChars(nil), now)
	text := ""
	for _, s := range told {
		g.clock = s.at
		switch {
		case s.up:
			g.desk.KeyUp(s.key)
		case s.live:
			g.desk.Key(s.key)
		case s.key == "space":
			text += " "
		default:
			text += string(s.key)
		}
	}
	g.clock = time.Time{}
	if text != "" {
		g.desk.Paste(text)
	}
	return len(told) > 0
}

// wheel tells the desk of notches, each at its own time; the desk draws each slice.
func (g *game) wheel(heard []notch, now time.Time) bool {
	i := &g.input
	_, y := ebiten.Wheel()
	if i.heard = i.heard || len(heard) > 0; g.ears == nil || !i.heard && i.deaf >= enough {
		for range int(max(y, -y)) {
			heard = append(heard, notch{sign(-y), now})
		}
	} else if !i.heard && y != 0 {
		i.deaf++
	}
	x, top := ebiten.CursorPositionF()
	for _, n := range heard {
		g.clock = n.at
		g.desk.Wheel(x, top, n.by)
	}
	g.clock = time.Time{}
	return len(heard) > 0
}

// notch is one of the wheel: 1 down, −1 up.
type notch struct {
	by int
	at time.Time
}

func sign(y float64) int {
	if y < 0 {
		return -1
	}
	return 1
}

// buttons are the engine's names of what the desk knows.
var buttons = map[ebiten.MouseButton]desk.Button{
	ebiten.MouseButtonLeft: desk.LeftButton, ebiten.MouseButtonMiddle: desk.MiddleButton, ebiten.MouseButtonRight: desk.RightButton,
}

// mouse tells the desk where the pointer is and what its buttons do.
func (g *game) mouse() bool {
	i := &g.input
	x, y := ebiten.CursorPositionF()
	inside := g.shown && x >= 0 && y >= 0 && x < float64(g.w) && y < float64(g.h)
	busy := false
	if x != i.x || y != i.y || inside != i.inside {
		held := false
		for b := range buttons {
			held = held || ebiten.IsMouseButtonPressed(b)
		}
		switch {
		case inside || held:
			g.desk.Mouse(desk.MouseMove, desk.NoButton, x, y)
			busy = true
		case i.inside:
			g.desk.Mouse(desk.MouseLeave, desk.NoButton, x, y)
			busy = true
		}
	}
	i.x, i.y, i.inside = x, y, inside
	for b, name := range buttons {
		if inside && inpututil.IsMouseButtonJustPressed(b) {
			g.desk.Mouse(desk.MouseDown, name, x, y)
			busy = true
		}
		if inpututil.IsMouseButtonJustReleased(b) {
			g.desk.Mouse(desk.MouseUp, name, x, y)
			busy = true
		}
	}
	return busy
}
