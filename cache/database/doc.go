// Package database opens SQLite files that are sealed: what lies on the disk, the
// write-ahead log and its journal too, is of no use without the key, and a page that
// is not as it was written is noticed.
//
// Adiantum (Crowley and Biggers 2018) enciphers every page as one block of 4,096 bytes
// under its place in the file; of a log, every frame's header and every frame's page.
// It is as long as what it hides: nothing of it says whether a page was changed. But a
// change of one bit makes noise of the whole page, and each page ends in a sum of its
// text (SQLite's checksum VFS, 64 bits), which noise meets with a chance of 2^-64: to
// encode with redundancy and then to encipher with a strong permutation is to
// authenticate (Bellare and Rogaway 2000). So each page read is either as it was
// written at its place or a *DamageError. Nothing here notices that a whole file, or
// a page, was put back to what it was earlier under the same key; whoever has two
// copies of a file can tell which pages changed between them.
//
// The log is checked by SQLite's own sums under the cipher. As with any such log, its
// last two commits may be cut off after a crash without anybody noticing; what lies
// before them may not: the database is Torn then.
//
// What is sorted and put together on the way stays in memory (temp_store): nothing
// else is written to the disk. The -shm file beside a database that is open holds page
// numbers only.
package database
