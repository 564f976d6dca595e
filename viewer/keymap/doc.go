// Package keymap reads key maps from text files, so that every action can have the
// keys a reader wants, in place of the defaults of package viewer.
//
// A file is TOML: a table for each place (list, images, tool, text), in it the keys of
// an action. What is given replaces the keys that action had there; no keys unbind it.
// A key that another action had goes from it.
//
//	about = "as my last workstation had it"
//	counts = false          # true: digits before a key repeat it; then they are no presets
//	letters = "label"       # or "physical": by their place on a US keyboard, in the window
//	[images]
//	"tool.length" = ["d"]
//	"window.set:350,50" = ["7"]
//	[macros]
//	liver = ["window.preset.liver", "layout.set:1,2"]
//
// Actions are those of `nocturne keys --actions`.
package keymap
