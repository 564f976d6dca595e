package dicom

import (
	"regexp"
	"slices"
)

// localiserWords are what makers call a localiser whose Image Type does not say
// so; MR scanners rarely do.
var localiserWords = regexp.MustCompile(`(?i)\b(locali[sz]er|loc|scout|survey|surview|topogram|scanogram|3[- ]?plane)\b`)

// IsLocaliser reports whether an image only plans others: Image Type value 3 is
// LOCALIZER (PS3.3 C.8.2.1.1.1), or its series is called one. It is used to put
// such images behind the others, never to leave them out.
func IsLocaliser(d *Dataset) bool {
	return slices.Contains(d.Strs(ImageType), "LOCALIZER") || localiserWords.MatchString(d.Str(SeriesDescription))
}
