// Package assets is the embedded files that a user may replace. It holds no logic.
package assets

import "embed"

// Hanging are the hanging protocols that come with the program, a TOML file each.
//
//go:embed hanging/*.toml
var Hanging embed.FS

// Keymaps are the key maps that come with the program, a TOML file each.
//
//go:embed keymaps/*.toml
var Keymaps embed.FS

// Reports are the report templates that come with the program, an IHE MRRT file each.
//
//go:embed report/*.html
var Reports embed.FS
