package theme

// Styles of the report's text.
var (
	Field       = Text.Underline(true)
	Unconfirmed = Muted.Italic(true)
	Pulled      = Accent.Italic(true)
	Partial     = Muted.Italic(true)
	MarkBlock   = Red.Underline(true)
	MarkWarn    = Amber.Underline(true)
	Misspelt    = Text.Underline(true).Foreground(redColour)
)
