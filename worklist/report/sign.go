package report

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/dicom/sr"
)

// seriesNumber of report series: far from what scanners count.
const seriesNumber = 9001

// Signed is a report that will not change any more.
type Signed struct {
	Bytes     []byte // the Part 10 file of the Basic Text SR
	SHA256    string // of Bytes, lower-case hex
	StudyUID  string
	SeriesUID string
	SOPUID    string
	SOPClass  string
	At        time.Time // Verification DateTime
}

// BlockedError says what has to be settled before the report can be signed.
type BlockedError struct{ Findings []Finding }

// Final reports whether something stands against signing that no reason overrides.
func (e *BlockedError) Final() bool {
	return slices.ContainsFunc(e.Findings, func(f Finding) bool { return f.Final })
}

// Error implements error. It quotes nothing.
func (e *BlockedError) Error() string {
	return fmt.Sprintf("cannot be signed: %s", e.Findings[0].Hint)
}

// Sign makes the report of the draft: a Basic Text SR (PS3.3 A.35.1, TID 2000) in a
// series of its own, COMPLETE, VERIFIED by the reader and FINAL, or UNVERIFIED and
// PRELIMINARY, with every instance of the procedure as current evidence and those of
// the loaded priors as other evidence (N6). The same draft, facts and time give the
// same UIDs and bytes. Findings that stop give *BlockedError.
func Sign(d *Draft, f Facts, now time.Time) (Signed, error) {
	now = now.Truncate(time.Second)
	if err := stopped(d, f, now); err != nil {
		return Signed{}, err
	}
	s, err := d.named(now)
	if err != nil {
		return Signed{}, err
	}
	return d.write(f, s)
}

// stopped is *BlockedError where something stands against signing.
func stopped(d *Draft, f Facts, now time.Time) error {
	stop := Stopping(Check(d, f))
	if now.Before(d.Started.Truncate(time.Second)) {
		stop = append(stop, Finding{Rule: "time-order", Severity: Block, Stops: true, Final: true,
			Hint: "the clock was set back since the report was begun"})
	}
	if len(stop) > 0 {
		return &BlockedError{Findings: stop}
	}
	return nil
}

// named gives the document its UIDs.
func (d *Draft) named(now time.Time) (Signed, error) {
	body, err := d.Encode()
	if err != nil {
		return Signed{}, err
	}
	return Signed{StudyUID: d.StudyUID, SOPClass: string(dicom.BasicTextSRStorage), At: now,
		SeriesUID: string(uidFrom("series", now.UTC().String(), string(body))),
		SOPUID:    string(uidFrom("instance", now.UTC().String(), string(body)))}, nil
}

// write fills in the bytes of the document that s names.
func (d *Draft) write(f Facts, s Signed) (Signed, error) {
	ds, err := sr.BasicText(d.Release(f, s).document())
	if err != nil {
		return Signed{}, fmt.Errorf("sign: %w", err)
	}
	o, err := ObjectOf(TextReport, ds)
	if err != nil {
		return Signed{}, fmt.Errorf("sign: %w", err)
	}
	s.Bytes, s.SHA256 = o.Bytes, o.SHA256
	return s, nil
}

// uidFrom makes a UID of a hash, as a version 8 UUID (RFC 9562 5.8) under 2.25
// (PS3.5 B.2): signing twice at one time gives one document, not two.
func uidFrom(parts ...string) dicom.UID {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	u := h.Sum(nil)[:16]
	u[6] = u[6]&0x0F | 0x80
	u[8] = u[8]&0x3F | 0x80
	return dicom.UID("2.25." + new(big.Int).SetBytes(u).String())
}
