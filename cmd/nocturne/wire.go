package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/cache/store"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/report/quality"
	"github.com/nocturne/nocturne/worklist/ups"
)

// house is the program put together: the rooms that a subcommand or the terminal
// works in. Close gives everything back.
type house struct {
	config Config
	room   *reading.Room
	feed   *feed.Feed
	runner *deliver.Runner
	sites  map[string]*openSite
	env    *environment
	failed chan error
	index  heldIndex
	upkeep *upkeep
	audit  *audit.Log
	// assumed: the reader's name is the system's, not the configuration's.
	assumed bool
}

// open puts the house together on env's home.
func (env *environment) open(ctx context.Context) (*house, error) {
	config, err := env.configuration()
	if err != nil {
		return nil, err
	}
	if err := ledger.CheckHome(env.Home); err != nil { // nothing is written into the home of a newer program
		return nil, err
	}
	ring, err := env.ring() // before all that is sealed under it: ring → ledger → store → audit
	if err != nil {
		return nil, err
	}
	led, err := ledger.Open(env.Home, ring.Key("ledger"))
	if err != nil {
		return nil, err
	}
	objects, err := store.Open(filepath.Join(env.Home, "cache"), ring)
	if err != nil {
		return nil, errors.Join(err, led.Close())
	}
	h := &house{config: config, env: env, sites: map[string]*openSite{}, failed: make(chan error, 16), assumed: config.assumed()}
	if h.audit, err = env.openAudit(config, led, h.fail); err != nil {
		return nil, errors.Join(err, led.Close())
	}
	if err := h.tellWrong(ctx, ring); err != nil {
		return nil, errors.Join(err, h.audit.Close(), led.Close())
	}
	h.room = reading.New(h.audit, &reading.Room{
		Reader:  ups.Reader{Name: config.Reader.Name, ID: config.Reader.ID, Organization: config.Reader.Organization},
		Trainee: config.Reader.Role == trainee, Policies: env.policies(),
		Sites: map[string]reading.Site{}, Ledger: led, Store: objects, Fetch: &fetch.Engine{Store: reading.Spared{Store: objects}},
		Now: time.Now, Recall: config.Policy.recall, Display: env.display, AnyDisplay: config.Policy.MammographyOnAnyDisplay,
		Contacts: config.cards(), Deadlines: config.Policy.deadlines(), Templates: env.templates, Style: config.Report.style(),
	})
	h.room.Journal = reading.NewJournal(func(err error) {
		select {
		case h.failed <- err:
		default:
		}
	})
	if err := h.connect(env, config.Sites); err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.fetchAhead(env)
	h.room.Compose, h.room.Keep = h.compose, quality.Records
	h.room.Key = ring.ReaderKey
	if config.Policy.SignPIN {
		h.room.CheckPIN = ring.CheckPIN
	}
	h.room.Silent, h.room.Prove = h.feed.Silent, proofs(ring)
	h.upkeep = newUpkeep(env.Home)
	led.Full = h.upkeep.give
	h.shelve(env)
	h.runner = &deliver.Runner{Ledger: led, Dial: h.dial(env), Before: h.room.Before}
	return h, nil
}

// configuration is config.toml with the flags applied, or the demo's.
func (env *environment) configuration() (Config, error) {
	if env.preset != nil {
		return *env.preset, nil
	}
	config, err := loadConfig(env.Home)
	if err != nil {
		return config, err
	}
	config.Sites, err = env.choose(config.Sites)
	return config, err
}

// Close writes what waits and gives the files back.
func (h *house) Close() error {
	h.room.Journal.Close()
	err := h.remember(h.env)
	h.closeSites()
	return errors.Join(err, h.closeIndex(), h.audit.Close(), h.room.Ledger.Close())
}

// choose applies --url, --ups-url and --site to the configured sites.
func (env *environment) choose(sites []SiteConfig) ([]SiteConfig, error) {
	if env.URL != "" || env.UPSURL != "" {
		if env.URL == "" {
			return nil, usagef("--ups-url needs --url")
		}
		for _, u := range []string{env.URL, env.UPSURL} {
			if p, err := url.Parse(u); u != "" && (err != nil || p.Host == "") {
				return nil, usagef("%q is not a URL", u)
			}
		}
		name := env.Site
		if name == "" {
			name = "SITE"
		}
		one := SiteConfig{Name: name, DICOMweb: env.URL, UPS: env.UPSURL, AllStudies: true}
		for _, s := range sites {
			if s.Name == name || s.DICOMweb == env.URL {
				one = s
				one.DICOMweb, one.UPS = env.URL, env.UPSURL
			}
		}
		return []SiteConfig{one}, nil
	}
	if env.Site == "" {
		return sites, nil
	}
	for _, s := range sites {
		if s.Name == env.Site {
			return []SiteConfig{s}, nil
		}
	}
	return nil, usagef("no site %q in config.toml", env.Site)
}

// connect makes a client for each site and the feed over them.
func (h *house) connect(env *environment, sites []SiteConfig) error {
	var fed []feed.Site
	for _, s := range sites {
		o, err := env.openSite(s)
		if err != nil {
			return err
		}
		if o.Site.Orders, err = env.orders(s); err != nil {
			return err
		}
		h.sites[s.Name], h.room.Sites[s.Name] = o, o.Site
		h.recall(env, o)
		fed = append(fed, o.Site.Site)
	}
	reader := h.config.Reader.Name
	if h.assumed {
		reader = "" // a system's user name is no assignment: everything is listed
	}
	h.feed = feed.New(fed, feed.Options{Reader: reader, Mine: h.mine, Held: h.held, Memory: h.room})
	return nil
}

// mine: the ledger holds the Transaction UID; a name never decides.
func (h *house) mine(workitem string) bool {
	c, ok, err := h.room.Ledger.Claim(context.Background(), workitem)
	return err == nil && ok && (c.State == ledger.Held || c.State == ledger.Releasing)
}

func (h *house) held(site string) []string {
	claims, err := h.room.Ledger.Claims(context.Background(), ledger.Held, ledger.Asking, ledger.Releasing)
	if err != nil {
		return nil
	}
	var out []string
	for _, c := range claims {
		if c.Site == site {
			out = append(out, c.WorkitemUID)
		}
	}
	return out
}

// find looks a case up by Study Instance UID or accession number.
func (h *house) find(ctx context.Context, study string) (feed.Row, error) {
	if len(h.room.Sites) == 0 {
		return feed.Row{}, errNoSite
	}
	snapshot := h.listed(ctx)
	var hits []feed.Row
	for _, r := range snapshot.Rows {
		if r.StudyUID == study || r.Accession == study && study != "" {
			hits = append(hits, r)
		}
	}
	if len(hits) > 0 {
		row, err := best(hits)
		if err == nil && row.Stale {
			fmt.Fprintln(h.env.Err, "nocturne: "+agoLine(snapshot, row.Site))
		}
		return row, err
	}
	for _, s := range snapshot.Sites {
		if s.Err != nil {
			return feed.Row{}, fmt.Errorf("find the case: %w", s.Err)
		}
	}
	return feed.Row{}, fmt.Errorf("no case with this study UID or accession number is listed")
}

// best is the row that can still be worked on; several sites' cases of one number
// are never taken for each other.
func best(hits []feed.Row) (feed.Row, error) {
	pick := hits[0]
	for _, r := range hits[1:] {
		if r.Site != pick.Site || r.StudyUID != pick.StudyUID {
			return feed.Row{}, errors.New("several cases have this number: name the study UID and the --site")
		}
		if pick.Finished() && !r.Finished() || r.Mine {
			pick = r
		}
	}
	return pick, nil
}

var errNoSite = errors.New("no site is configured: write config.toml (nocturne config reference) or give --url")

// assumed reports whether the reader's name was not configured.
func (c Config) assumed() bool { return c.Reader.Name == "" || c.Reader.Name == systemReader() }

// logFile keeps what the window and others say, without patient data.
func logFile(home string) (*os.File, error) {
	return os.OpenFile(filepath.Join(home, "log.txt"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// row makes a list row of a study that no list holds, from the archive: what pull,
// report and render need of a study that is not assigned.
func (h *house) row(ctx context.Context, study string) (feed.Row, error) {
	row, err := h.find(ctx, study)
	if err == nil {
		return row, nil
	}
	for name, s := range h.room.Sites {
		if err := h.room.Searched(ctx, name, "study or accession number "+study); err != nil {
			return feed.Row{}, err
		}
		match := map[dicom.Tag]string{dicom.AccessionNumber: study}
		if dicom.ValidUID(study) {
			match = map[dicom.Tag]string{dicom.StudyInstanceUID: study}
		}
		found, findErr := pacs.Find(ctx, s.Archive, pacs.Query{Level: pacs.StudyLevel, Match: match, Include: []dicom.Tag{dicom.StudyDescription, dicom.NumberOfStudyRelatedInstances}})
		if findErr == nil && len(found) == 1 {
			one := []feed.Row{studyRow(name, found[0])}
			h.room.CountCached(one)
			return one[0], nil
		}
	}
	return feed.Row{}, err
}

func studyRow(site string, d *dicom.Dataset) feed.Row {
	return feed.Row{Site: site, StudyUID: d.Str(dicom.StudyInstanceUID), Accession: d.Str(dicom.AccessionNumber),
		PatientName: d.Str(dicom.PatientName), PatientID: d.Str(dicom.PatientID), BirthDate: d.Str(dicom.PatientBirthDate), Sex: d.Str(dicom.PatientSex),
		Modality: d.Str(dicom.ModalitiesInStudy), Study: d.Str(dicom.StudyDescription), StudyDate: d.Str(dicom.StudyDate), StudyTime: d.Str(dicom.StudyTime),
		State: feed.Available, Expected: d.IntOr(dicom.NumberOfStudyRelatedInstances, 0)}
}
