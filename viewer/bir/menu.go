package bir

import (
	"strings"

	"github.com/nocturne/nocturne/viewer/desk"
)

// rightClick clicks with the right button in the middle of the first tile.
func (s *session) rightClick() {
	x, y := s.middle(0)
	s.d.Mouse(desk.MouseMove, desk.NoButton, x, y)
	s.d.Mouse(desk.MouseDown, desk.RightButton, x, y)
	s.d.Mouse(desk.MouseUp, desk.RightButton, x, y)
	s.wait(second / 20)
}

// choose clicks the line of the menu that holds the words.
func (s *session) choose(words string) bool {
	s.rightClick()
	for _, w := range s.scene().Over.Texts {
		if strings.HasPrefix(w.S, words) {
			s.d.Mouse(desk.MouseMove, desk.NoButton, w.X+3, w.Y-4)
			s.d.Mouse(desk.MouseDown, desk.LeftButton, w.X+3, w.Y-4)
			s.d.Mouse(desk.MouseUp, desk.LeftButton, w.X+3, w.Y-4)
			s.wait(second / 20)
			return true
		}
	}
	return false
}

// byMenu holds the menu of the right button against the tools of the profile.
func (s *session) byMenu(t *trial) {
	s.rightClick()
	lacks := []string{}
	for _, words := range []string{"ruler", "angle", "Cobb", "ellipse", "invert", "flip left-right", "rotate right", "1:1", "reset view", "cine", "next layout", "lung", "text", "arrow"} {
		if !s.says(words) {
			lacks = append(lacks, words)
		}
	}
	t.want(len(lacks) == 0, "a right click opens the list of tools; it lacks %q", lacks)
	s.press("esc")
	t.want(s.choose("ruler"), "ruler chosen by the mouse")
	s.click([2]float64{10, 20}, [2]float64{40, 20})
	t.near("30 mm measured with nothing but the mouse", s.value("length"), 30, 0.1)
	t.want(s.choose("lung") && s.tile(0).Preset == "lung", "and the lung window")
}
