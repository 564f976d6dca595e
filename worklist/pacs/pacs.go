// Package pacs names what an archive and its worklist can do. It holds the
// interfaces and the values they speak in; each protocol family implements them
// in a child package (dicomweb, dimse), and pacstest is the suite both pass.
//
// One interface is asked of every archive; whatever else a server can do is an
// optional interface, found by a type assertion after Probe.
package pacs

import (
	"context"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Level is a query/retrieve level (PS3.4 C.6, PS3.18 10.6).
type Level string

// The three levels a query can ask for.
const (
	StudyLevel    Level = "STUDY"
	SeriesLevel   Level = "SERIES"
	InstanceLevel Level = "IMAGE"
)

// Query asks for the entities of one level. Match holds single values,
// wildcards (* ?), ranges (20250101-) and UID lists joined by backslash, keyed by
// tag; Include names attributes wanted beside the ones the standard always
// returns. Study and Series narrow the lower levels. Limit 0 means all: the
// implementation pages on.
type Query struct {
	Level         Level
	Study, Series dicom.UID
	Match         map[dicom.Tag]string
	Include       []dicom.Tag
	Limit         int
}

// Ref names a study, a series of it, or one instance: empty fields widen.
type Ref struct{ Study, Series, Instance dicom.UID }

// Object is one retrieved SOP Instance: a whole Part 10 file as the server
// sent it.
type Object struct{ Bytes []byte }

// Stored tells what a STOW-RS or C-STORE answer said of each instance. Only an
// instance in OK was accepted: a server's overall status proves nothing
// (PS3.18 10.5.3; a full disk answers 200 with the list missing).
type Stored struct {
	OK     []dicom.UID
	Failed map[dicom.UID]uint16 // Failure Reason (0008,1197)
}

// Archive is what every archive can do. All calls obey ctx; errors of the
// server are *StatusError, anything else is the link's.
type Archive interface {
	// Search hands each matching entity to each as its page comes, and holds no
	// more than a page: ten thousand studies cost no more memory than a hundred.
	// What does not match although the server sent it is left out. An error of
	// each stops the search and is returned; ErrPartial says that what came is
	// usable and not all.
	Search(ctx context.Context, q Query, each func(*dicom.Dataset) error) error
	// Retrieve streams the objects of ref to each in the order they come. An
	// object is handed over only when it arrived whole; an error of each stops
	// the retrieval and is returned. A cut stream returns what came and an error.
	Retrieve(ctx context.Context, ref Ref, each func(Object) error) error
	// Store sends whole Part 10 files of one study.
	Store(ctx context.Context, study dicom.UID, objects ...[]byte) (Stored, error)
	// Verify asks for the least that proves the archive answers us.
	Verify(ctx context.Context) error
}

// Find is all that a search gives, for those who need the whole list at once.
// With an error it returns what came before it.
func Find(ctx context.Context, a Archive, q Query) ([]*dicom.Dataset, error) {
	var all []*dicom.Dataset
	err := a.Search(ctx, q, func(ds *dicom.Dataset) error {
		all = append(all, ds)
		return nil
	})
	return all, err
}

// Metadater is an Archive that gives headers without pixels.
type Metadater interface {
	Metadata(ctx context.Context, ref Ref) ([]*dicom.Dataset, error)
}

// StatusError is an answer by which a server refused.
type StatusError struct {
	Code    int    // HTTP status, or the DIMSE status
	Warning string // the Warning header's text or the Error Comment, cleaned
	Op      string // what was asked: "change workitem state"
	// RetryAfter is how long the server asked us to wait; 0 when it did not say.
	RetryAfter time.Duration
}

func (e *StatusError) Error() string {
	code := fmt.Sprint(e.Code)
	if e.Code >= 0xA000 { // DIMSE's, as everybody writes them
		code = fmt.Sprintf("%04X", e.Code)
	}
	if e.Warning == "" {
		return fmt.Sprintf("%s: server answered %s", e.Op, code)
	}
	return fmt.Sprintf("%s: server answered %s (%s)", e.Op, code, e.Warning)
}

// Freshness is when a site last answered and what it said last.
type Freshness struct {
	LastOK time.Time
	Err    error
}
