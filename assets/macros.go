package assets

import "embed"

// Macros are the phrases that come with the program, a file each: its name is what is
// typed behind "/", its text the phrase, with fields in the templates' notation.
//
//go:embed macros/*.txt
var Macros embed.FS
