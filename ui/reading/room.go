package reading

import (
	"context"
	"crypto/ed25519"
	"sync"
	"time"

	"github.com/nocturne/nocturne/cache/access/policy"
	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/medium"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/ahead"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/critical"
	"github.com/nocturne/nocturne/worklist/report/template"
	"github.com/nocturne/nocturne/worklist/ups"
)

// Site is one archive with the addresses that outbox rows and claims carry, so
// that they need no configuration later.
type Site struct {
	feed.Site
	DICOMwebURL string
	UPSURL      string
	// Medium is what the site is when it is no archive but something that was brought;
	// nil: an archive.
	Medium *medium.Medium
}

// Room is what reading needs of the house. It is made once, by New, and shared by every
// case of the program.
type Room struct {
	Reader  ups.Reader
	Sites   map[string]Site
	Ledger  *ledger.Ledger
	Store   *store.Store
	Fetch   *fetch.Engine
	Journal *Journal
	Ahead   *ahead.Fetcher // nil: nothing is fetched before it is asked for
	Now     func() time.Time
	Recall  func(stat bool) time.Duration
	// Policies are what the sites allow whom; nil: the defaults everywhere.
	Policies *policy.Book
	digests  sync.Map // of the policies recorded, by site
	// Trainee: at every site the reader signs preliminary reports, which an attending makes final.
	Trainee bool
	// CheckPIN compares what the reader typed to sign with the reader's PIN; nil: the
	// policy asks for none.
	CheckPIN func(pin string, now time.Time) error
	// Prove compares what the reader typed to sign with the home's PIN and passphrase, by
	// policy.PIN and policy.Passphrase, where a site's policy asks for one.
	Prove map[string]func(secret string, now time.Time) error
	// Compose makes what the row's site gets of a signed report besides its SR; nil: it
	// gets the SR only. The same release makes the same parcels.
	Compose func(ctx context.Context, row feed.Row, rel report.Release) []Parcel
	// Keep is what a signature leaves to be done, such as a follow-up's date; nil: nothing.
	Keep func(rel report.Release) []ledger.Record
	// Key is what the reader's detached signatures are made with; nil: none are made.
	Key func() (ed25519.PrivateKey, error)
	// Display is the monitor's last check (N22); nil: never checked. AnyDisplay lets
	// mammograms be reported on any, which the site's policy must allow.
	Display    func() viewer.Display
	AnyDisplay bool
	// Silent tells whether a site does not answer; nil: none is known not to.
	Silent func(site string) bool
	// Shelf is what may be kept on disk, and how long.
	Shelf Shelf
	// Style is how measurements are written in drafts.
	Style report.Style
	// Templates reads the report templates; see TemplateSet.
	Templates func() (*template.Set, error)
	// Contacts are the cards of who can be told a critical result, Deadlines by when;
	// nil: the defaults.
	Contacts  []critical.Contact
	Deadlines critical.Deadlines

	trail audit.Trail // set by New alone
}

// TemplateSet is the templates to begin reports with, the reader's own among them as
// their files are now. Files that could not be read are said in the error; the set is
// there all the same. It reads files.
func (r *Room) TemplateSet() (*template.Set, error) {
	if r.Templates == nil {
		return template.NewSet(), nil
	}
	return r.Templates()
}

func (r *Room) performer(site Site) *ups.Performer {
	return &ups.Performer{Ledger: r.Ledger, Workitems: site.Workitems, Site: site.Name, UPSURL: site.UPSURL, Reader: r.Reader, Now: r.Now}
}
