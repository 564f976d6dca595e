package quality

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
)

// SignedKind is what the ledger calls records of signatures, for figures.
const SignedKind = "signed"

// CaughtKind is what it calls records of errors that a check found and the reader
// corrected before signing.
const CaughtKind = "caught"

// signature is what figures need of a signed report; it names no patient.
type signature struct {
	Kind     report.Kind `json:"kind"`
	Modality string      `json:"modality,omitempty"`
	Priority string      `json:"priority,omitempty"`
	Acquired time.Time   `json:"acquired,omitzero"`
	Began    time.Time   `json:"began"`
}

// Records are what the ledger keeps of a signing besides the report itself: the figures
// and the follow-up tasks.
func Records(r report.Release) (out []ledger.Record) {
	s := signature{Kind: r.Kind, Modality: r.Modality, Priority: r.Priority, Began: r.Began}
	if at, ok := dicom.ParseDateTime(r.StudyDate, r.StudyTime, time.Local); ok {
		s.Acquired = at
	}
	if rec, err := record(SignedKind+" "+r.Signed.SOPUID, SignedKind, r.Signed.StudyUID, r.Signed.At, s); err == nil {
		out = append(out, rec)
	}
	if r.Kind == report.Preliminary || r.Kind == report.Withdrawn {
		return out
	}
	for _, t := range Tasks(r) {
		if rec, err := t.Record(r.Signed.At, time.Time{}); err == nil {
			out = append(out, rec)
		}
	}
	return out
}

// Stats are a reader's own figures. No patient is in them.
type Stats struct {
	Since          time.Time      `json:"since,omitzero"`
	Reports        int            `json:"reports"` // final ones
	ByDay          map[string]int `json:"by_day"`
	ByModality     map[string]int `json:"by_modality"`
	ByPriority     map[string]int `json:"by_priority"`
	Preliminary    int            `json:"preliminary"`
	Addenda        int            `json:"addenda"`
	Corrections    int            `json:"corrections"`
	Withdrawals    int            `json:"withdrawals"`
	TATMedian      float64        `json:"tat_median_minutes"` // from acquisition to signature
	TATP90         float64        `json:"tat_p90_minutes"`
	Overrides      int            `json:"overrides"` // findings of checks overridden with a reason
	Caught         int            `json:"caught"`    // errors found by checks and corrected before signing
	Critical       int            `json:"critical_results"`
	CriticalInTime int            `json:"critical_in_time"`
	CriticalOpen   int            `json:"critical_open"`
	Interruptions  int            `json:"interruptions"`
	PerHour        float64        `json:"interruptions_per_hour"` // of hours with a signature or an interruption
	Peer           map[string]int `json:"peer_reviews"`
	Discrepancies  map[string]int `json:"discrepancies"`
	FollowUpsOpen  int            `json:"follow_ups_open"`
	FollowUpsDone  int            `json:"follow_ups_done"`
}

// Figures counts the records that are not older than since.
func Figures(records []ledger.Record, since, now time.Time, zone *time.Location) Stats {
	s := Stats{Since: since, ByDay: map[string]int{}, ByModality: map[string]int{}, ByPriority: map[string]int{}, Peer: map[string]int{}, Discrepancies: map[string]int{}}
	var took []float64
	hours := map[string]bool{}
	for _, r := range records {
		if r.At.Before(since) || r.At.After(now) {
			continue
		}
		switch r.Kind {
		case SignedKind:
			hours[r.At.In(zone).Format("2006-01-02 15")] = true
			took = append(took, s.signed(r, zone)...)
		case critical.Kind:
			s.critical(r)
		case "call":
			hours[r.At.In(zone).Format("2006-01-02 15")] = true
			s.Interruptions++
		case "override":
			s.Overrides++
		case CaughtKind:
			s.Caught++
		case PeerKind:
			s.Peer[field(r, "score")]++
		case DiscrepancyKind:
			s.Discrepancies[field(r, "grade")]++
		case FollowUpKind:
			if r.Closed.IsZero() {
				s.FollowUpsOpen++
			} else {
				s.FollowUpsDone++
			}
		}
	}
	s.TATMedian, s.TATP90 = percentile(took, 50), percentile(took, 90)
	if len(hours) > 0 {
		s.PerHour = float64(s.Interruptions) / float64(len(hours))
	}
	return s
}

func (s *Stats) signed(r ledger.Record, zone *time.Location) (took []float64) {
	var g signature
	if json.Unmarshal(r.Body, &g) != nil {
		return nil
	}
	switch g.Kind {
	case report.Preliminary:
		s.Preliminary++
	case report.Added:
		s.Addenda++
	case report.Corrected:
		s.Corrections++
	case report.Withdrawn:
		s.Withdrawals++
	default:
		s.Reports++
		s.ByDay[r.At.In(zone).Format(time.DateOnly)]++
		s.ByModality[cmp.Or(g.Modality, "not stated")]++
		s.ByPriority[cmp.Or(g.Priority, "not stated")]++
		if !g.Acquired.IsZero() && r.At.After(g.Acquired) {
			return []float64{r.At.Sub(g.Acquired).Minutes()}
		}
	}
	return nil
}

func (s *Stats) critical(r ledger.Record) {
	c, err := critical.Read(r)
	if err != nil || c.Outcome != "" && c.Told.IsZero() {
		return
	}
	s.Critical++
	switch {
	case c.Told.IsZero():
		s.CriticalOpen++
	case !c.Told.After(c.Due):
		s.CriticalInTime++
	}
}

// field is a word of a record's body.
func field(r ledger.Record, name string) string {
	var m map[string]any
	if json.Unmarshal(r.Body, &m) != nil {
		return ""
	}
	s, _ := m[name].(string)
	return s
}

// percentile is the nearest-rank percentile: the smallest value that so many percent
// of all do not exceed; 0 of none.
func percentile(v []float64, p float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return v[int(math.Ceil(p/100*float64(len(v))))-1]
}

// row is one figure.
type row struct{ measure, group, value string }

func (s Stats) rows() (out []row) {
	one := func(measure string, v any) { out = append(out, row{measure, "", fmt.Sprint(v)}) }
	each := func(measure string, m map[string]int) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			out = append(out, row{measure, k, fmt.Sprint(m[k])})
		}
	}
	one("reports", s.Reports)
	each("reports by day", s.ByDay)
	each("reports by modality", s.ByModality)
	each("reports by priority", s.ByPriority)
	one("TAT median, min", round(s.TATMedian))
	one("TAT 90th percentile, min", round(s.TATP90))
	one("preliminary", s.Preliminary)
	one("addenda", s.Addenda)
	one("addenda, % of reports", round(percent(s.Addenda, s.Reports)))
	one("corrections", s.Corrections)
	one("withdrawals", s.Withdrawals)
	one("errors caught by checks", s.Caught)
	one("checks overridden", s.Overrides)
	one("critical results", s.Critical)
	one("critical results told in time, %", round(percent(s.CriticalInTime, s.Critical)))
	one("critical results not told", s.CriticalOpen)
	one("interruptions", s.Interruptions)
	one("interruptions per hour", fmt.Sprintf("%.2f", s.PerHour))
	each("peer reviews by score", s.Peer)
	each("discrepancies by grade", s.Discrepancies)
	total := 0
	for _, n := range s.Discrepancies {
		total += n
	}
	one("major discrepancies, %", round(percent(s.Discrepancies[string(Major)], total)))
	one("follow-ups open", s.FollowUpsOpen)
	one("follow-ups done", s.FollowUpsDone)
	return out
}

func round(f float64) string { return fmt.Sprintf("%.1f", f) }

func percent(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return 100 * float64(n) / float64(of)
}

// CSV writes the figures as measure, group, value (RFC 4180).
func (s Stats) CSV(w io.Writer) error {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	c.Write([]string{"measure", "group", "value"})
	for _, r := range s.rows() {
		c.Write([]string{r.measure, r.group, r.value})
	}
	c.Flush()
	return c.Error()
}

// Lines are the figures for a page; days and others stand in one line each.
func (s Stats) Lines() (out []string) {
	last := ""
	for _, r := range s.rows() {
		switch {
		case r.group == "":
			out = append(out, fmt.Sprintf("%-36s %s", r.measure, r.value))
		case r.measure == last:
			out[len(out)-1] += " · " + r.group + " " + r.value
		default:
			out = append(out, fmt.Sprintf("%-36s %s %s", r.measure, r.group, r.value))
		}
		last = r.measure
		if r.group == "" {
			last = ""
		}
	}
	return out
}
