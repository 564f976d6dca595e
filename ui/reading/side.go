package reading

import "regexp"

var (
	rightWord = regexp.MustCompile(`(?i)\b(right|rt|rechts|rechte[rsnm]?)\b`)
	leftWord  = regexp.MustCompile(`(?i)\b(left|lt|links|linke[rsnm]?)\b`)
)

// sideOf is the side an order's words name: R, L, B for both, or empty.
func sideOf(exam string) string {
	r, l := rightWord.MatchString(exam), leftWord.MatchString(exam)
	switch {
	case r && l:
		return "B"
	case r:
		return "R"
	case l:
		return "L"
	}
	return ""
}
