package fetch

import (
	"fmt"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/store"
)

// Preview is a picture of one instance that the server drew, to look at until the
// instance itself is here. It is never in the store and counts as no object; nothing
// may be measured, windowed or marked on it (N8).
type Preview struct {
	Study, Series, SOP dicom.UID
	MediaType          string // image/jpeg or image/png
	Bytes              []byte
}

// Progress is how far a study is. Have counts the instances in the store, of
// Expected that the archive names or counts; until it has, Expected is what Expect
// said, or as many as are here.
type Progress struct {
	Have, Expected int
	New            []store.Entry // stored since the call before
	Bytes          int64         // fetched by this run so far
	Rate           float64       // bytes a second over the last second or so; 0: not known yet
	Waited         time.Duration // for other studies, so far
	// Preview is told once, when it comes, if it comes before the instance it shows.
	Preview *Preview
	// Grew is by how many instances the archive's count is above what it was when
	// this study was asked for before; 0 the first time.
	Grew int
	Gaps []Gap // with Done: where instances are missing
	Done bool
	Err  error // with Done: what Study returns
}

// Gap says what is missing of one series. Expected is the larger of what the
// archive counts (Number of Series Related Instances) and what it names.
type Gap struct {
	Series            dicom.UID
	Number            int // Series Number; 0: not told
	Missing, Expected int
}

// IncompleteError says that a study ended with instances missing.
type IncompleteError struct {
	Missing, Expected int
	Gaps              []Gap // of the series known to be short; the sum may be less than Missing
	Err               error // the last thing that went wrong
}

func (e *IncompleteError) Error() string {
	if e.Missing == 0 {
		return fmt.Sprintf("%d instances fetched, and more may exist: %v", e.Expected, e.Err)
	}
	return fmt.Sprintf("%d of %d instances missing%s: %v", e.Missing, e.Expected, e.where(), e.Err)
}

func (e *IncompleteError) Unwrap() error { return e.Err }

func (e *IncompleteError) where() string {
	if w := Where(e.Gaps); w != "" {
		return " (" + w + ")"
	}
	return ""
}

// mostNamed bounds how many series a sentence names.
const mostNamed = 4

// Where names the series of the gaps: "series 3: 12 of 120, series 5: 1 of 40".
// A series without a number has none in the sentence either. Empty: not known.
func Where(gaps []Gap) string {
	var parts []string
	for i, g := range gaps {
		if i == mostNamed && len(gaps) > mostNamed+1 {
			parts = append(parts, fmt.Sprintf("%d more series", len(gaps)-i))
			break
		}
		name := "a series without number"
		if g.Number != 0 {
			name = fmt.Sprintf("series %d", g.Number)
		}
		parts = append(parts, fmt.Sprintf("%s: %d of %d", name, g.Missing, g.Expected))
	}
	return strings.Join(parts, ", ")
}
