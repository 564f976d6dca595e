package dicom

import "fmt"

// Limits bound what the bytes of one object may cost. A field of 0 stands for
// its default, which real objects stay far under.
type Limits struct {
	Depth    int   // levels of sequences: 64
	Elements int   // elements, items and fragments of one object: 2,097,152
	Memory   int64 // bytes allocated by reading, beside Factor times the input: 64 MiB
	Factor   int64 // 4
	// Inflated is the most that a deflated data set may become while it is read piece
	// by piece (ReadHeader, Open): 1 GiB, and no more than Ratio times the input beyond
	// Memory. Parse, which holds it whole, is bound by Memory and Factor as well.
	Inflated int64
	Ratio    int64 // 100: a real header deflates 3:1, an empty image 1000:1
	Frame    int64 // bytes of one frame that is copied out of a file: 1 GiB
}

func (l Limits) filled() Limits {
	or(&l.Depth, maxDepth)
	or(&l.Elements, maxElements)
	or(&l.Memory, 64<<20)
	or(&l.Factor, 4)
	or(&l.Inflated, 1<<30)
	or(&l.Ratio, 100)
	or(&l.Frame, 1<<30)
	return l
}

func or[T int | int64](v *T, def T) {
	if *v <= 0 {
		*v = def
	}
}

// Defaults of Limits.Depth and Elements: what is written, and read as JSON, keeps
// to them.
const (
	maxDepth    = 64
	maxElements = 2 << 20
)

// LimitError says which limit an object does not keep. Its Unwrap is an
// *UnsupportedError, or, where a length contradicts what it stands in, an
// *InvalidError.
type LimitError struct {
	What   string // "depth of sequences", "elements", "memory", "inflated size", "frame size", "length"
	Limit  int64
	Have   int64 // what the object needs or claims; where counting stopped, one more than Limit
	Offset int64 // where in the input; -1 when there is no such place

	invalid bool
}

// Error implements error.
func (e *LimitError) Error() string {
	if e.invalid {
		return fmt.Sprintf("not valid DICOM at byte %d: a %s of %d where %d bytes remain", e.Offset, e.What, e.Have, e.Limit)
	}
	return fmt.Sprintf("not supported: %s above the limit of %d", e.What, e.Limit)
}

// Unwrap makes errors.As find the kind of error that it is.
func (e *LimitError) Unwrap() error {
	if e.invalid {
		return &InvalidError{Offset: e.Offset, Reason: fmt.Sprintf("a %s of %d where %d bytes remain", e.What, e.Have, e.Limit)}
	}
	return &UnsupportedError{What: fmt.Sprintf("%s above the limit of %d", e.What, e.Limit)}
}

func beyond(what string, limit, have int64, at int) error {
	return &LimitError{What: what, Limit: limit, Have: have, Offset: int64(at)}
}

// tooLong is an element or item that claims more than what it stands in has.
func tooLong(h header, remains int) error {
	return &LimitError{What: "length", Limit: int64(remains), Have: int64(h.length), Offset: int64(h.at), invalid: true}
}

// Options say how objects are read. The zero value is what Parse, ReadFile,
// ReadHeader and Open use.
type Options struct {
	Limits Limits
	// Charset is the site's default for Specific Character Set (PS3.3 C.12.1.1.2), such
	// as {"ISO_IR 100"} or {"", "ISO 2022 IR 87"}. It is used where an object declares
	// none or an unknown one, and for text that does not fit what it declares and does
	// fit this.
	Charset []string
	// Stop lets ReadHeader end before the first element of this tag or a higher one;
	// 0: before the pixel data. Of the pixels nothing is known then.
	Stop Tag
}
