package desk

import (
	"strconv"
	"strings"
)

// goImage shows an image that the terminal names by its SOP Instance UID and frame (from
// 0), and selects the mark named third when it is there: "1.2.3 0 2.25.7".
func (d *Desk) goImage(text string) {
	words := strings.Fields(text)
	if len(words) > 2 {
		if m, ok := d.log.Find(words[2]); ok && d.goToMark(m) {
			d.chosen = m.ID
			d.touch()
			return
		}
	}
	if len(words) > 1 {
		frame, err := strconv.Atoi(words[1])
		for _, s := range d.stacks {
			if i := s.Find(words[0], frame); err == nil && i >= 0 {
				d.bring(s, i)
				d.touch()
				return
			}
		}
	}
	d.notice("The image of this lesion is not here.")
}
