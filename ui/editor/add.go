package editor

import "slices"

// Add puts a section behind the one of that key, at the end where there is none. The
// caret stays where it is.
func (e *Editor) Add(after string, s *Section) {
	at := slices.IndexFunc(e.Sections, func(o *Section) bool { return o.Key == after }) + 1
	if at == 0 {
		at = len(e.Sections)
	}
	e.Sections = slices.Insert(e.Sections, at, s)
	if at <= e.active {
		e.active++
	}
}

// At is the section the caret is in and its place there, in runes.
func (e *Editor) At() (key string, caret int) { return e.Active().Key, e.Active().Buffer.Caret() }

// Back puts the caret where At said it was; false where that section is not.
func (e *Editor) Back(key string, caret int) bool {
	if !slices.ContainsFunc(e.Sections, func(s *Section) bool { return s.Key == key }) {
		return false
	}
	e.Go(key)
	b := e.Active().Buffer
	b.Move(caret - b.Caret())
	return true
}
