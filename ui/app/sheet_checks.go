package app

import (
	"fmt"

	"github.com/nocturne/nocturne/ui/theme"
)

// rolled is the page of the checks that is looked at, and how many lines are on others.
// What stops is on the first.
func (s *sheet) rolled(lines []string, most int) []string {
	if len(lines) <= most {
		return lines
	}
	page := most - 1
	pages := (len(lines) + page - 1) / page
	s.rolledTo = min(s.rolledTo, pages-1)
	from := s.rolledTo * page
	shown := lines[from:min(len(lines), from+page)]
	rest := fmt.Sprintf("    page %d of %d: PgDn PgUp", s.rolledTo+1, pages)
	return append(shown[:len(shown):len(shown)], theme.Amber.Render(rest))
}
