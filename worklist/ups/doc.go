// Package ups claims reading tasks on Unified Procedure Step worklists, gives
// them back and completes them (PS3.4 CC, PS3.18 11).
//
// A case is ours when the Transaction UID by which its workitem went IN PROGRESS
// stands in this home's ledger; a reader's name proves nothing. The UID is on
// disk before the request leaves (PS3.4 CC.2.1.3), so that a crash at any point
// leaves a claim that can be found out by asking: with the same UID again, and
// where the server says "taken", by an update that only the holder may make.
//
// Giving back creates the replacement workitem first and cancels ours second: at
// no moment is there no workitem for the case.
package ups
