package ahead

// Result is what became of one study.
type Result struct {
	Site     string `json:"site"`
	Study    string `json:"study_instance_uid"`
	Of       string `json:"prior_of,omitempty"` // the case's study
	Reason   string `json:"reason,omitempty"`   // of a prior
	Have     int    `json:"have"`
	Expected int    `json:"expected"`
	Ready    bool   `json:"ready"`
	Why      string `json:"why,omitempty"` // it is not
}

// Results lists the plan's studies in the order in which they are fetched.
func (f *Fetcher) Results() []Result {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]Result, 0, len(f.plan))
	for _, w := range f.plan {
		r := Result{Site: w.site, Study: string(w.study), Of: w.of, Reason: w.why, Have: w.have, Expected: w.expected, Ready: w.complete()}
		if !r.Ready {
			r.Why, _ = f.stopped(w)
		}
		out = append(out, r)
	}
	return out
}

// mostFails is how often a site may not answer until Settled no longer waits for it.
const mostFails = 2

// Settled reports whether nothing more is to be had by waiting: everything is here, or
// was tried and is not to be had, or there is no room for it.
func (f *Fetcher) Settled() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range f.lines {
		if l.now != nil {
			return false
		}
	}
	for _, w := range f.plan {
		if !w.complete() && w.fails == 0 && f.lines[w.site].fails < mostFails && f.room == "" {
			return false
		}
	}
	for _, r := range f.rows {
		l := f.lines[r.Site]
		if _, ok := classOf(r, f.opt.Mode); ok && l != nil && l.fails < mostFails && f.unsearchedFor(r.StudyUID) {
			return false
		}
	}
	return true
}
