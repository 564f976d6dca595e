// Package ledger keeps what must never be lost: drafts, claims, annotations,
// viewer capsules and outbox rows, in one SQLite file
// ($NOCTURNE_HOME/ledger.db, WAL, synchronous=FULL). A call that returns nil has
// reached the disk. Everything else in the house can be fetched or rebuilt.
//
// Several processes of one home may hold it open at once: every method is one
// transaction, and Claim rows double as the lock between them.
package ledger
