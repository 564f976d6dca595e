// Package audit is the trail of who did what with whose data: events as PS3.15 A.5
// defines them, and a log of them that cannot be changed quietly.
//
// An Event is made by one of the constructors (Opened, Signed, Sent, …), which say what
// PS3.15 A.5.3 wants of the message, and given to a Trail. Who is reading and which
// program on which machine is added by the Trail itself, so that no caller can forget
// or invent it.
//
// A Log is the Trail of a home. Its file is append-only: every record is sealed, the
// hashes of what is stored are the leaves of a Merkle tree (RFC 6962 2.1), and each
// write ends in a signed tree head. Format and promises stand above Log.
package audit

import "context"

// Trail is where events go. What must not happen unaudited is done only after Record
// has returned nil.
type Trail interface {
	// Record keeps the event. It returns nil only when the event is durable.
	Record(ctx context.Context, e Event) error
}
