package dicom

import (
	"fmt"
	"slices"
)

// notes gathers what was tolerated while reading, each once, without a value of
// the object. It formats no more than it keeps: what is hostile notes a million.
type notes struct {
	list  []string
	keys  []noteKey
	mute  int // count only
	total int
	text  int // bytes of text looked at
}

type noteKey struct {
	format string
	tag    Tag
}

const mostNotes = 16

// add notes a sentence; a verb in it is for the tag.
func (n *notes) add(format string, t Tag) {
	if n == nil {
		return
	}
	n.total++
	key := noteKey{format, t}
	if n.mute > 0 || len(n.keys) == mostNotes || slices.Contains(n.keys, key) {
		return
	}
	n.keys = append(n.keys, key)
	if t != 0 {
		format = fmt.Sprintf(format, t)
	}
	n.list = append(n.list, format)
}

const (
	outside       = "text outside its declared character set"
	unknownEscape = "unknown escape sequence in text"
)

// looks reports whether a text is still worth decoding only to see its faults.
func (n *notes) looks(raw []byte) bool {
	if n == nil || n.mute == 0 && slices.Contains(n.keys, noteKey{outside, 0}) {
		return false
	}
	n.text += len(raw)
	return n.text < 1<<20
}
