// Package link runs the image window as a child process and carries the messages
// between it and the terminal. Window is the terminal's end and a viewer.Viewer;
// Child is the window's end. The package knows no engine and no tiles: any program
// that serves the child's end is a window (the tests serve one without a screen).
//
// Messages are lines of JSON over the child's standard input and output, newest
// last, none longer than MaxLine. The first line either way is a hello with the
// protocol's number; ends of different numbers refuse each other. Every message
// about a case carries its epoch and study; each end drops what is not of the case
// on screen and says so (N1), with one exception: an edit that was under way when
// the case changed still reaches the terminal under its own epoch, so that no mark
// is lost.
//
// A window that dies is started again, warm, and shown the same case with the
// state and marks it last told of. It never takes the focus by that (N3).
package link

// Protocol is the number both ends must share.
const Protocol = 2

// Bounds of what either end accepts.
const (
	MaxLine    = 8 << 20 // bytes of one message, the newline included
	maxObjects = 1024    // objects of one add message; Window splits longer lists
	maxText    = 16384   // bytes of an event's text
	maxMarks   = 20000   // marks of a case
	maxSeen    = 100000  // frames seen of a case
)
