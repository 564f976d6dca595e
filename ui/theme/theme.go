// Package theme holds every colour and mark of the terminal, once. Meaning is
// never carried by colour alone: each state has a word or a sign beside it, so
// that 16-colour, monochrome and colour-blind readers lose nothing.
package theme

import "github.com/charmbracelet/lipgloss"

func colour(light, dark [3]string) lipgloss.CompleteAdaptiveColor {
	return lipgloss.CompleteAdaptiveColor{
		Light: lipgloss.CompleteColor{TrueColor: light[0], ANSI256: light[1], ANSI: light[2]},
		Dark:  lipgloss.CompleteColor{TrueColor: dark[0], ANSI256: dark[1], ANSI: dark[2]},
	}
}

// Palette entries: true colour, 256, 16.
var (
	textColour   = colour([3]string{"#20242b", "235", "0"}, [3]string{"#d5d9e0", "252", "7"})
	mutedColour  = colour([3]string{"#6a7280", "243", "8"}, [3]string{"#8a93a3", "245", "8"})
	accentColour = colour([3]string{"#0b5fa5", "25", "4"}, [3]string{"#7fb8e6", "110", "14"})
	amberColour  = colour([3]string{"#9a5b00", "130", "3"}, [3]string{"#e6b450", "179", "11"})
	redColour    = colour([3]string{"#b3261e", "124", "1"}, [3]string{"#f2777a", "210", "9"})
	greenColour  = colour([3]string{"#2d6a2d", "28", "2"}, [3]string{"#8fc58f", "114", "10"})
	barColour    = colour([3]string{"#dfe4ea", "254", "7"}, [3]string{"#232a36", "236", "0"})
	selectColour = colour([3]string{"#c5daf0", "153", "6"}, [3]string{"#2f4766", "24", "4"})
	plainColour  = colour([3]string{"#ffffff", "231", "15"}, [3]string{"#14171c", "233", "0"})
)

// Styles of the house.
var (
	Text     = lipgloss.NewStyle().Foreground(textColour)
	Muted    = lipgloss.NewStyle().Foreground(mutedColour)
	Accent   = lipgloss.NewStyle().Foreground(accentColour)
	Bold     = lipgloss.NewStyle().Foreground(textColour).Bold(true)
	Amber    = lipgloss.NewStyle().Foreground(amberColour).Bold(true)
	Red      = lipgloss.NewStyle().Foreground(redColour).Bold(true)
	Green    = lipgloss.NewStyle().Foreground(greenColour)
	Bar      = lipgloss.NewStyle().Foreground(textColour).Background(barColour)
	BarBold  = Bar.Bold(true)
	Selected = lipgloss.NewStyle().Foreground(textColour).Background(selectColour)
	Banner   = lipgloss.NewStyle().Foreground(plainColour).Background(redColour).Bold(true)
	Warning  = lipgloss.NewStyle().Foreground(plainColour).Background(amberColour).Bold(true)
	Heading  = lipgloss.NewStyle().Foreground(accentColour).Bold(true)
	Token    = lipgloss.NewStyle().Foreground(accentColour).Underline(true)
	Stale    = lipgloss.NewStyle().Foreground(amberColour).Underline(true).Bold(true)
	Caret    = lipgloss.NewStyle().Reverse(true)
)
