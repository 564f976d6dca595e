// Package policy is what a site allows whom: the file policy/SITE.toml of a home, read
// strictly, and the answers to what is asked of it. The answers are pure functions of the
// file, the reader and the moment.
//
// It keeps honest readers to what the site agreed with them, and says why: whoever owns
// the home can edit the file. The site's own servers are what keeps others out.
package policy

import (
	"fmt"
	"time"
	_ "time/tzdata" // a site's days must be known where the system has no zones, such as Windows
)

// File is policy/SITE.toml. Each field's doc tag is its line in `nocturne policy
// reference`.
type File struct {
	ApprovedBy  string `toml:"approved_by" json:"approved_by" doc:"who signed this policy off for the site"`
	Approved    string `toml:"approved" json:"approved" doc:"the day of that, 2026-11-01"`
	TimeZone    string `toml:"time_zone" json:"time_zone" doc:"whose days count, Europe/Berlin; empty: the system's"`
	SignAgain   string `toml:"sign_again" json:"sign_again" doc:"what is asked for at every signature: pin, passphrase, or no; empty: policy.sign_pin of config.toml"`
	SignOffline bool   `toml:"sign_offline" json:"sign_offline" doc:"a claimed case may be signed while the site does not answer; the report waits"`
	// N22 is the site's to relax, never the program's default.
	MammographyOnAnyDisplay bool `toml:"mammography_on_any_display" json:"mammography_on_any_display" doc:"let mammograms be signed without a display of 5 MP checked within 30 days; the report says so"`

	Readers    []Row      `toml:"reader" json:"reader,omitempty" doc:"one table for each role of each reader; with none, everybody has the role of config.toml"`
	Retention  Retention  `toml:"retention" json:"retention" doc:"how long images stay in this home"`
	Export     Export     `toml:"export" json:"export" doc:"what may leave the sealed home in the clear"`
	BreakGlass BreakGlass `toml:"break_glass" json:"break_glass" doc:"emergency access to one study (:breakglass REASON), in the audit log"`
}

// Row is a role that a reader has at the site.
type Row struct {
	Name     string   `toml:"name" json:"name,omitempty" doc:"person name in DICOM form, FAMILY^GIVEN"`
	ID       string   `toml:"id" json:"id,omitempty" doc:"login or staff number; where both are given both must fit"`
	Role     Role     `toml:"role" json:"role" doc:"attending, trainee or observer"`
	Facility []string `toml:"facility" json:"facility,omitempty" doc:"Institution Names (0008,0080) of the studies it is for; empty: all"`
	May      []Action `toml:"may" json:"may,omitempty" doc:"instead of what the role may: look, claim, preliminary, final, addendum, correction, withdrawal, critical, export"`
	Until    string   `toml:"until" json:"until,omitempty" doc:"last day it holds, 2027-03-31; empty: without end"`
}

// Retention is how long images stay here.
type Retention struct {
	Days      int `toml:"days" json:"days" doc:"days from a study's sign-off to its removal; 0: at once"`
	Gigabytes int `toml:"gigabytes" json:"gigabytes" doc:"most that this site's images may take, in 10^9 bytes; 0: no limit of the site's"`
}

// Export is what may leave the sealed home in the clear.
type Export struct {
	Images    bool `toml:"images" json:"images" doc:"drawn to a file (nocturne render)"`
	Objects   bool `toml:"objects" json:"objects" doc:"marks as DICOM objects (nocturne objects export)"`
	Report    bool `toml:"report" json:"report" doc:"as PDF or text in a file (report preview --pdf, outbox page)"`
	Clipboard bool `toml:"clipboard" json:"clipboard" doc:"a report's text on the terminal's clipboard, which others can read (OSC 52)"`
}

// BreakGlass is emergency access.
type BreakGlass struct {
	Minutes int      `toml:"minutes" json:"minutes" doc:"how long it lasts, at most 1440; 0: there is none"`
	May     []Action `toml:"may" json:"may,omitempty" doc:"what it opens; empty: look, claim, preliminary, critical"`
}

// Default is the policy of a site without a file.
func Default() File {
	return File{SignOffline: true, Retention: Retention{Days: 14}, Export: Export{Images: true, Objects: true, Report: true}, BreakGlass: BreakGlass{Minutes: 15}}
}

// Site is a site with its policy. Make it with Read or Unwritten.
type Site struct {
	Name string
	File
	Said   bool // a file says it; else the defaults hold
	Wrong  error
	Digest string // SHA-256 of the file in hex: what was signed off
	zone   *time.Location
}

// Unwritten is a site without a file.
func Unwritten(name string) Site { return Site{Name: name, File: Default(), zone: time.Local} }

// Words say where a site's policy comes from.
func (s Site) Words() string {
	switch {
	case s.Wrong != nil:
		return s.Name + ": the policy cannot be read, so that only looking is allowed: " + s.Wrong.Error()
	case !s.Said:
		return s.Name + ": no policy file (policy/" + s.Name + ".toml); the defaults hold"
	case s.ApprovedBy == "":
		return s.Name + ": the policy names nobody who approved it"
	case s.Approved == "":
		return s.Name + ": policy approved by " + s.ApprovedBy
	}
	return s.Name + ": policy approved by " + s.ApprovedBy + " on " + s.Approved
}

// check finds what cannot be meant.
func (f File) check() error {
	if _, err := time.LoadLocation(f.TimeZone); err != nil {
		return fmt.Errorf("time_zone %q is not known", f.TimeZone)
	}
	if err := day("approved", f.Approved); err != nil {
		return err
	}
	switch f.SignAgain {
	case "", No, PIN, Passphrase:
	default:
		return fmt.Errorf("sign_again is pin, passphrase or no")
	}
	for i, r := range f.Readers {
		if err := r.check(); err != nil {
			return fmt.Errorf("reader %d: %w", i+1, err)
		}
	}
	if f.Retention.Days < 0 || f.Retention.Gigabytes < 0 {
		return fmt.Errorf("retention: days and gigabytes are 0 or more")
	}
	if m := f.BreakGlass.Minutes; m < 0 || m > 24*60 {
		return fmt.Errorf("break_glass.minutes must lie in 0…1440")
	}
	return known(f.BreakGlass.May)
}

func (r Row) check() error {
	if r.Name == "" && r.ID == "" {
		return fmt.Errorf("it needs a name or an id")
	}
	if _, ok := rights[r.Role]; !ok {
		return fmt.Errorf("role is attending, trainee or observer")
	}
	if err := day("until", r.Until); err != nil {
		return err
	}
	return known(r.May)
}

func day(key, s string) error {
	if _, err := time.Parse(time.DateOnly, s); s != "" && err != nil {
		return fmt.Errorf("%s = %q is no day such as 2027-03-31", key, s)
	}
	return nil
}
