// Package evict decides which studies leave the disk, when and why. It is a pure
// function of what is known of each: it reads no file, asks no clock and removes
// nothing.
//
//	pinned                              stays, whatever the disk says
//	a prior                             goes with the last study that needed it
//	signed off                          goes some days later (the site's policy)
//	neither signed here nor pinned      goes the same number of days after its last use
//	over the budget, or a full disk     what was used least lately goes at once
//
// What a study's report left in the ledger is not the store's and never goes with it.
package evict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Pin is why a study stays, in words that stand after "stays: ".
type Pin string

// The pins.
const (
	Assigned Pin = "assigned to you"
	Claimed  Pin = "claimed by you"
	Open     Pin = "open, or was within a quarter of an hour"
	Unsent   Pin = "its report is not delivered"
	Draft    Pin = "its report is being written"
	Marks    Pin = "it has marks that no signed report has"
)

// Study is what is known of one study.
type Study struct {
	UID  dicom.UID
	Size int64 // bytes on disk; 0: nothing is held
	// Pins keep it. Priors of what is pinned stay with it.
	Pins []Pin
	// PriorOf are the studies that it was fetched to be compared with.
	PriorOf []dicom.UID
	Signed  time.Time     // when its report was delivered; zero: none was, from here
	Keep    time.Duration // from then, or from Used, until it goes
	Used    time.Time     // when it was fetched, opened or written about last
}

// Budget is what the disk allows.
type Budget struct {
	Bytes int64 // that all studies may take together; 0: any number
	Free  int64 // bytes free on the disk; negative: not known
	Floor int64 // that must stay free
}

// Verdict is what becomes of a study.
type Verdict struct {
	Study
	Go  bool
	Why string    // a phrase: "signed off 7 days ago"
	At  time.Time // when it goes by itself; zero: it is pinned, or goes now
}

// Decide judges every study that is held, in the order given. Shortage is how many bytes
// are still too many when all that may go has gone.
func Decide(studies []Study, b Budget, now time.Time) (out []Verdict, shortage int64) {
	j := judge{now: now, by: map[dicom.UID]*Study{}, said: map[dicom.UID]*Verdict{}}
	for i := range studies {
		j.by[studies[i].UID] = &studies[i]
	}
	var held []*Verdict
	for _, s := range studies {
		if s.Size > 0 {
			held = append(held, j.verdict(s.UID))
		}
	}
	shortage = pressed(held, b)
	for _, v := range held {
		out = append(out, *v)
	}
	return out, shortage
}

// judge remembers what was said of each study, so that priors follow.
type judge struct {
	now  time.Time
	by   map[dicom.UID]*Study
	said map[dicom.UID]*Verdict
}

func (j *judge) verdict(uid dicom.UID) *Verdict {
	if v, ok := j.said[uid]; ok {
		return v
	}
	v := &Verdict{Study: *j.by[uid]}
	j.said[uid] = v // before its parents are asked: two studies may be each other's priors
	if len(v.Pins) > 0 {
		v.Why = words(v.Pins)
		return v
	}
	j.byAge(v)
	if !v.Signed.IsZero() {
		j.follow(v, true)
		return v
	}
	j.follow(v, false)
	return v
}

// byAge says when the study goes by its own days.
func (j *judge) byAge(v *Verdict) {
	since, what := v.Signed, "signed off"
	if since.IsZero() {
		since, what = v.Used, "last used"
	}
	at := since.Add(v.Keep)
	if !at.After(j.now) {
		v.Go, v.Why = true, fmt.Sprintf("%s %s ago", what, days(j.now.Sub(since)))
		return
	}
	v.At, v.Why = at, fmt.Sprintf("%s %s ago, kept %s", what, days(j.now.Sub(since)), days(v.Keep))
}

// follow lets a prior stay as long as one that needed it does; what is its own by a
// signature (own) goes no sooner for that.
func (j *judge) follow(v *Verdict, own bool) {
	gone, any := true, false
	for _, uid := range v.PriorOf {
		p := j.by[uid]
		if p == nil || uid == v.UID {
			continue
		}
		any = true
		parent := j.verdict(uid)
		switch {
		case len(parent.Pins) > 0:
			v.Go, v.At, v.Why = false, time.Time{}, "a prior of one that stays ("+words(parent.Pins)+")"
			v.Pins = []Pin{Pin(v.Why)}
			return
		case !parent.Go && parent.Size > 0:
			gone = false
			if v.Go || !v.At.IsZero() && parent.At.After(v.At) {
				v.Go, v.At, v.Why = false, parent.At, "a prior of one that stays"
			}
		}
	}
	if any && gone && !own && !v.Go {
		v.Go, v.At, v.Why = true, time.Time{}, "the study that needed it is gone"
	}
}

// pressed lets what was used least lately go until the rest fits.
func pressed(held []*Verdict, b Budget) (over int64) {
	var total, going int64
	for _, v := range held {
		total += v.Size
		if v.Go {
			going += v.Size
		}
	}
	over, why := tooMuch(b, total, going)
	may := slices.DeleteFunc(slices.Clone(held), func(v *Verdict) bool { return v.Go || len(v.Pins) > 0 })
	slices.SortStableFunc(may, func(a, b *Verdict) int {
		return cmp.Or(a.Used.Compare(b.Used), cmp.Compare(a.UID, b.UID))
	})
	for _, v := range may {
		if over <= 0 {
			break
		}
		v.Go, v.At, v.Why = true, time.Time{}, "used least lately; "+why
		over -= v.Size
	}
	return max(0, over)
}

// tooMuch is how many bytes have to go besides those that go anyway, and why.
func tooMuch(b Budget, total, going int64) (over int64, why string) {
	if b.Bytes > 0 {
		over, why = total-going-b.Bytes, "more than the budget of "+Bytes(b.Bytes)+" is held"
	}
	if short := b.Floor - b.Free - going; b.Free >= 0 && short > over {
		over, why = short, "less than "+Bytes(b.Floor)+" of the disk is free"
	}
	return over, why
}

func words(pins []Pin) string {
	out := make([]string, len(pins))
	for i, p := range pins {
		out[i] = string(p)
	}
	return strings.Join(out, ", ")
}

func days(d time.Duration) string {
	switch n := int(d.Hours() / 24); {
	case d < 0:
		return "0 days"
	case n == 0:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case n == 1:
		return "1 day"
	default:
		return fmt.Sprintf("%d days", n)
	}
}

// Bytes is a size as the reader is told it, in powers of ten.
func Bytes(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%d kB", (n+999)/1000)
}
