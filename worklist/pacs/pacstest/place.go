package pacstest

import "bytes"

// Place is a kind of byte in a multipart answer of one part (RFC 2046 5.1): a
// connection can end at each.
type Place int

// The places, in the order in which they come.
const (
	BeforeBoundary Place = iota // nothing of the body came
	InBoundary                  // half of the first boundary line
	BehindBoundary              // the boundary's letters, and no line break
	InPartHeader                // half of the part's header
	BeforePart                  // the empty line was read, and no byte of the part
	InPart                      // half of the part
	AtPartEnd                   // the whole part, and nothing behind it
	InClosing                   // half of the closing boundary
	BeforeHyphens               // the closing boundary's letters, without their hyphens
	BetweenHyphens              // one of two hyphens
	BehindClosing               // all but the line break at the very end: nothing is missing
	numberOfPlaces
)

// Places is every place.
func Places() []Place {
	all := make([]Place, numberOfPlaces)
	for i := range all {
		all[i] = Place(i)
	}
	return all
}

// Whole tells whether the part is whole when the connection ends here.
func (p Place) Whole() bool { return p == BehindClosing }

func (p Place) String() string {
	return []string{"before the boundary", "in the boundary", "behind the boundary's letters", "in the part's header", "before the part", "in the part",
		"at the part's end", "in the closing boundary", "before the closing hyphens", "between the closing hyphens", "behind the closing boundary"}[p]
}

// offset is how many bytes of body come before the place.
func (p Place) offset(body []byte) int {
	line, _, _ := bytes.Cut(body, []byte("\r\n"))
	part := bytes.Index(body, []byte("\r\n\r\n")) + 4
	closing := bytes.LastIndex(body, append([]byte("\r\n"), line...))
	if part < 4 || closing < part {
		return len(body) / 2
	}
	letters := closing + 2 + len(line)
	return map[Place]int{
		BeforeBoundary: 0, InBoundary: len(line) / 2, BehindBoundary: len(line), InPartHeader: (len(line) + part) / 2, BeforePart: part,
		InPart: (part + closing) / 2, AtPartEnd: closing, InClosing: (closing + letters) / 2, BeforeHyphens: letters, BetweenHyphens: letters + 1,
		BehindClosing: letters + 2,
	}[p]
}
