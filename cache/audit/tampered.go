package audit

import (
	"fmt"
	"io/fs"
	"os"
)

// Finding is what is wrong with a log.
type Finding string

// The findings.
const (
	Edited     Finding = "edited"      // a record or a head is not as it was written
	Moved      Finding = "moved"       // a record stands in another's place
	Removed    Finding = "removed"     // a record is missing before others
	Repeated   Finding = "repeated"    // a record stands there again
	Truncated  Finding = "truncated"   // the log ends before a head that is kept elsewhere
	Replaced   Finding = "replaced"    // it is another log than the one whose head is kept
	KeyDamaged Finding = "key damaged" // a key of the log cannot be opened
	KeyGone    Finding = "key gone"    // a key of the log is missing and no record says it was erased
	LogGone    Finding = "log gone"    // a head is kept elsewhere of a log that is not here
)

// Tampered says that a log is not as it was written, and what of it. It tells nothing of
// what a record holds.
type Tampered struct {
	Finding Finding
	Record  int64 // counted from 0: the first that is concerned
	Of      int64 // how many there were
	Month   int   // KeyDamaged, KeyGone: whose; 0: the signing key
	err     error
}

func (e *Tampered) Error() string {
	n := e.Record + 1
	switch e.Finding {
	case Edited:
		return fmt.Sprintf("audit log: record %d, or the head behind it, was changed", n)
	case Moved:
		return fmt.Sprintf("audit log: in the place of record %d stands another", n)
	case Removed:
		return fmt.Sprintf("audit log: record %d was removed", n)
	case Repeated:
		return fmt.Sprintf("audit log: before record %d stands one again", n)
	case Truncated:
		if e.Record < 0 {
			return fmt.Sprintf("audit log: the end of its %d records was cut off", e.Of)
		}
		return fmt.Sprintf("audit log: it ends after %d of %d records: the end was cut off or changed", e.Record, e.Of)
	case Replaced:
		return "audit log: it is not the log whose head is kept elsewhere"
	case LogGone:
		return fmt.Sprintf("audit log: a log of %d records is gone", e.Of)
	}
	whose := "the signing key"
	if e.Month != 0 {
		whose = fmt.Sprintf("the key of %04d-%02d", e.Month/100, e.Month%100)
	}
	if e.Finding == KeyGone {
		return "audit log: " + whose + " is gone"
	}
	return "audit log: " + whose + " cannot be opened"
}

func (e *Tampered) Unwrap() error { return e.err }

// sameFile reports whether two looks were at one file. A file system that cannot tell is
// believed.
func sameFile(a, b fs.FileInfo) bool {
	return a.Sys() == nil || b.Sys() == nil || os.SameFile(a, b)
}
