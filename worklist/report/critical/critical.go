// Package critical is the loop of a critical result, from the moment it was found to
// the moment somebody took it on and the report says so (ACR Actionable Reporting;
// workflow: found → contact → attempts → told and read back → acknowledged →
// closed). It knows no clock and does no I/O: every step is given its time, and
// whoever takes a step keeps the record of it.
package critical

import (
	"time"

	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// Category is how soon a critical result must be told.
type Category int

// The categories of ACR Actionable Reporting, DICOM CID 7035.
const (
	Minutes Category = 1 // told at once, in a conversation
	Hours   Category = 2
	Days    Category = 3 // a documented message and its receipt will do
)

// Valid reports whether there is such a category.
func (c Category) Valid() bool { return c >= Minutes && c <= Days }

// Words is the category as a reader chooses it.
func (c Category) Words() string {
	return map[Category]string{Minutes: "minutes", Hours: "hours", Days: "days"}[c]
}

// Code is the category's concept (DICOM CID 7035, RadLex).
func (c Category) Code() sr.Code {
	value := map[Category]string{Minutes: "RID49480", Hours: "RID49481", Days: "RID49482"}[c]
	return sr.Code{Value: value, Scheme: "RADLEX", Meaning: "ACR Category " + string(rune('0'+c)) + " Actionable Finding"}
}

// Deadlines are the times in which results must be told, by category.
type Deadlines map[Category]time.Duration

// DefaultDeadlines are 60 minutes, 6 hours and 3 days.
func DefaultDeadlines() Deadlines {
	return Deadlines{Minutes: 60 * time.Minute, Hours: 6 * time.Hour, Days: 72 * time.Hour}
}

// Of is the time that a category allows, the default where none is set.
func (d Deadlines) Of(c Category) time.Duration {
	if t := d[c]; t > 0 {
		return t
	}
	return DefaultDeadlines()[c]
}
