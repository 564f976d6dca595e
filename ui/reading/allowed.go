package reading

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/report"
)

// RefusedError says that the site does not allow something: why, who may, and for how long
// emergency access would open it (0: it does not).
type RefusedError struct {
	Action policy.Action
	Site   string
	Reason string
	Breaks time.Duration
}

// Error implements error.
func (e *RefusedError) Error() string {
	if e.Breaks == 0 {
		return e.Reason
	}
	return fmt.Sprintf("%s; in an emergency :breakglass REASON (nocturne breakglass) opens it for %d min", e.Reason, int(e.Breaks/time.Minute))
}

// PolicyOf is what the site allows, as its file is now.
func (r *Room) PolicyOf(site string) policy.Site {
	if r.Policies == nil {
		return policy.Unwritten(site)
	}
	return r.Policies.Read(site)
}

// policyKnown is PolicyOf as it was read last: it reads nothing.
func (r *Room) policyKnown(site string) policy.Site {
	if r.Policies == nil {
		return policy.Unwritten(site)
	}
	return r.Policies.Known(site)
}

// RenewPolicies reads the policies that changed, and records which file holds from now on.
func (r *Room) RenewPolicies(ctx context.Context) {
	for name := range r.Sites {
		s := r.PolicyOf(name)
		if before, _ := r.digests.Swap(name, s.Digest); s.Digest == "" && before == nil || before == s.Digest {
			continue
		}
		_ = r.Record(ctx, audit.Configured("policy of site "+name+" now: SHA-256 "+cmp.Or(s.Digest, "none")))
	}
}

// asks is the reader as policies know them.
func (r *Room) asks() policy.Reader {
	who := policy.Reader{Name: r.Reader.Name, ID: r.Reader.ID, Role: policy.Attending}
	if r.Trainee {
		who.Role = policy.Trainee
	}
	return who
}

// Allowed is nil when the reader may do a with the row's study now, by the site's policy or
// by an emergency access that lasts; else a *RefusedError, or what kept it from being found
// out. Permitted is for what the reader is about to do.
func (r *Room) Allowed(ctx context.Context, row feed.Row, a policy.Action) error {
	facility := ""
	if a.Lasting() {
		facility = r.facility(row.StudyUID)
	}
	return r.allowed(ctx, row, facility, a)
}

// restrictedSignature records that a site's policy stopped a signature, where one did.
func (r *Room) restrictedSignature(ctx context.Context, row feed.Row, err error) {
	var stopped *report.BlockedError
	if !errors.As(err, &stopped) {
		return
	}
	for _, f := range stopped.Findings {
		if f.Rule == report.SitePolicy {
			// that it could not be recorded changes nothing: nothing is signed either way
			_ = r.Record(context.WithoutCancel(ctx), audit.Restricted("sign", f.Hint, Subject(row)))
		}
	}
}

func (r *Room) allowed(ctx context.Context, row feed.Row, facility string, a policy.Action) error {
	refused := r.refused(r.PolicyOf(row.Site), row, facility, a)
	if refused == nil {
		return nil
	}
	if refused.Breaks > 0 {
		if _, open, err := r.Glass(ctx, row.StudyUID); open || err != nil {
			return err
		}
	}
	return refused
}

// MayKnown is Allowed by what is known without reading anything: the policies as they were
// read last, and whether emergency access is known to last.
func (r *Room) MayKnown(row feed.Row, a policy.Action, emergency bool) error {
	refused := r.refused(r.policyKnown(row.Site), row, "", a)
	if refused == nil || emergency && refused.Breaks > 0 {
		return nil
	}
	return refused
}

func (r *Room) refused(s policy.Site, row feed.Row, facility string, a policy.Action) *RefusedError {
	if site, ok := r.Sites[row.Site]; ok && site.Medium != nil {
		return nil // what somebody brought is nobody's site
	}
	v := s.Allows(r.asks(), facility, a, r.Now())
	if v.OK {
		return nil
	}
	return &RefusedError{Action: a, Site: row.Site, Reason: v.Reason, Breaks: s.Breaks(a)}
}

// facility is the Institution Name of the study's images held, "" when none says it.
func (r *Room) facility(study string) string {
	for _, o := range r.Objects(study) {
		if file, err := o.Header(); err == nil && dicom.IsImageSOPClass(dicom.UID(file.Dataset.Str(dicom.SOPClassUID))) {
			return file.Dataset.Str(dicom.InstitutionName)
		}
	}
	return ""
}

// MayTakeOut is nil when this kind of thing of the row's study may leave the sealed home by
// this reader's hand.
func (r *Room) MayTakeOut(ctx context.Context, row feed.Row, kind policy.Kind) error {
	if err := r.Permitted(ctx, row, policy.TakeOut); err != nil {
		return err
	}
	return lets(r.PolicyOf(row.Site), kind)
}

// StaysIn is the part of MayTakeOut that reads nothing: whether the site lets this kind of
// thing out at all. Nil: it does.
func (r *Room) StaysIn(site string, kind policy.Kind) error { return lets(r.policyKnown(site), kind) }

func lets(s policy.Site, kind policy.Kind) error {
	if v := s.Lets(kind); !v.OK {
		return &RefusedError{Action: policy.TakeOut, Site: s.Name, Reason: v.Reason}
	}
	return nil
}

// TraineeAt reports whether the reader's signature at the site makes a preliminary report,
// which somebody else makes final.
func (r *Room) TraineeAt(site string) bool {
	if r.Trainee {
		return true
	}
	s := r.PolicyOf(site)
	may := func(a policy.Action) bool { return s.Allows(r.asks(), "", a, r.Now()).OK }
	final := func() bool {
		for _, f := range append(s.Facilities(), "") {
			if s.Allows(r.asks(), f, policy.Final, r.Now()).OK {
				return true
			}
		}
		return false
	}
	return may(policy.Preliminary) && !final()
}

// actionOf is what signing a report of the kind is to a policy.
var actionOf = map[report.Kind]policy.Action{report.Final: policy.Final, report.Preliminary: policy.Preliminary, report.Added: policy.Addendum,
	report.Corrected: policy.Correction, report.Withdrawn: policy.Withdrawal}

// barred says of each kind of report why the reader's signature of it is not allowed now:
// by the reader's role, or because the site does not answer and has none signed meanwhile.
// The draft stays whatever it says.
func (r *Room) barred(ctx context.Context, row feed.Row, study *dicom.Dataset) map[report.Kind]string {
	facility := ""
	if study != nil {
		facility = study.Str(dicom.InstitutionName)
	}
	out := map[report.Kind]string{}
	away := r.Silent != nil && r.Silent(row.Site) && !r.PolicyOf(row.Site).SignOffline
	for kind, a := range actionOf {
		if r.Trainee && kind != report.Final && kind != report.Preliminary {
			continue // the rule of trainees says it
		}
		if err := r.allowed(ctx, row, facility, a); err != nil {
			out[kind] = err.Error() + "; the draft is kept"
		} else if away {
			out[kind] = row.Site + " does not answer, and its policy has nothing signed meanwhile: the draft is kept, F12 signs it when " + row.Site + " is back"
		}
	}
	return out
}
