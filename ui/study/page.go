// Package study is the case page: who is being read, what is on screen in the
// window, the marks, and the report beside them.
//
// The page draws what it is given and decides nothing: the app tells it keys'
// results, the viewer's state and the loading.
package study

import (
	"time"

	"github.com/nocturne/nocturne/ui/editor"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/feed"
)

// Page is one case on screen.
type Page struct {
	Row    feed.Row
	Epoch  uint64
	Now    func() time.Time
	Editor *editor.Editor
	Typing bool // the keys belong to the report; else to the images
	// Dictating: what is said goes into the report.
	Dictating bool
	ReadOnly  string // why nothing can be reported or marked; empty = may
	Claim     string // the claim in words: "yours since 03:12", "asking NORTH …"
	Report    string // the report in words: "draft saved 03:14:05", "signed · verified"
	Checks    string // what the checks found while typing: "2 warnings · F12"; empty: nothing
	Signed    bool
	Alarm     string // red bar: wrong patient in the images (N4), the window's crash
	Loading   []Loading
	Priors    []Prior
	Notice    string // of the prior search (N17)
	State     *viewer.State
	Marks     []MarkLine
	Picture   []string // rows of cells when the images are shown in the terminal

	Beside *Beside // a prior's report beside the one being written; nil: closed
}

// Loading is how far a study's images came.
type Loading struct {
	Label    string // "current", "prior 2025-11-20"
	Have     int
	Expected int
	Done     bool
	Err      string
}

// Prior is a study the case is compared with.
type Prior struct {
	UID    string
	Date   string // 2025-11-20
	Label  string
	Reason string
	Newer  bool // done after the study to be read
	Report string
}

// MarkLine is a mark as the page lists it.
type MarkLine struct {
	ID       string
	Text     string
	Slice    int
	Prior    bool
	Selected bool
	InReport bool
}
