// Package send takes objects from files to an archive and believes only what proves
// that they are there.
//
// An object is confirmed when the archive's answer to storing it named its SOP Instance
// UID, and a query names it afterwards, and it was read back and is what was sent: all
// of them, or of each study the first, the last and some between (about the square root
// of their number), as Sender.CompareAll says. An object that the archive held before
// is never sent over: it is always read back, and confirmed when it is the same,
// parked when it is not (a person decides). An answer's overall status proves nothing
// (PS3.18 10.5.3: a full disk answers 200 with empty lists).
//
// Every step begins by asking what is there, so that a program that was killed, a link
// that was cut and a server that took half of a request all end alike: what is there is
// read back, what is missing is sent. The journal spares only the reading: an object
// that was confirmed with these bytes and is still listed is left alone.
//
// A study that the archive holds under another patient is parked whole.
//
// Memory: Workers batches of Batch bytes; larger objects only as many at once as fit
// into 256 MiB, or one.
package send
