// Package feed merges what several sites say there is to read into one list.
//
// A site that does not answer keeps its last rows, marked stale, and its age is
// told (N11): a silent feed must never look like a quiet night. Rows of two sites
// are never merged, whatever their patients are called.
package feed
