// Package reading is one case being read, without a terminal: claiming it,
// fetching it, showing it in a viewer, keeping its draft and marks on disk,
// signing it. The terminal and the command line drive the same code; nothing here
// knows Bubble Tea.
package reading
