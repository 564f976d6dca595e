package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Reader is who asks.
type Reader struct {
	Name string // PN form
	ID   string
	Role Role // of config.toml: where the site's policy names no readers; "": attending
}

// Verdict is whether something is allowed, and if not why, in a sentence that begins
// small and says who may.
type Verdict struct {
	OK     bool
	Reason string
}

// Allows reports whether the reader may do a at the site now. facility is the study's
// Institution Name; "" when nobody states it yet, which holds nobody from looking,
// claiming and a preliminary word, but is not enough for what lasts.
func (s Site) Allows(who Reader, facility string, a Action, at time.Time) Verdict {
	if s.Wrong != nil {
		return s.only(a == Look, "its policy cannot be read (nocturne policy check says why)")
	}
	if len(s.Readers) == 0 {
		role := who.Role
		if role == "" {
			role = Attending
		}
		return s.only(slices.Contains(rights[role], a), s.no(role, a))
	}
	why := ""
	for _, row := range s.Readers {
		if !row.names(who) {
			continue
		}
		switch {
		case s.ended(row, at):
			why = longer(why, fmt.Sprintf("your role there (%s) ended with %s, %s time: who keeps the policy renews it", row.Role, row.Until, s.Zone()))
		case !slices.Contains(row.rights(), a):
			why = longer(why, s.no(row.Role, a))
		case !row.of(facility, a):
			why = longer(why, row.elsewhere(facility))
		default:
			return Verdict{OK: true}
		}
	}
	if why == "" {
		why = "its policy does not name you"
	}
	return s.only(false, why)
}

func (s Site) only(ok bool, why string) Verdict {
	if ok {
		return Verdict{OK: true}
	}
	return Verdict{Reason: "not allowed at " + s.Name + ": " + why}
}

// longer keeps the first reason; a reader with several roles is told of one.
func longer(have, next string) string {
	if have != "" {
		return have
	}
	return next
}

// no says that a role may not, and whose it is.
func (s Site) no(role Role, a Action) string {
	return fmt.Sprintf("%s may not %s; %s may: ask one to open the case", article(role), a.Words(), s.who(a))
}

// who may do it by role: "a trainee or an attending".
func (s Site) who(a Action) string {
	var out []string
	for _, role := range []Role{Observer, Trainee, Attending} {
		if slices.Contains(rights[role], a) {
			out = append(out, article(role))
		}
	}
	return strings.Join(out, " or ")
}

func article(r Role) string {
	if strings.ContainsRune("aeiou", rune(r[0])) {
		return "an " + string(r)
	}
	return "a " + string(r)
}

// names reports whether the row is the reader's: every part that it gives fits.
func (r Row) names(who Reader) bool {
	return (r.Name == "" || fold(r.Name) == fold(who.Name)) && (r.ID == "" || r.ID == who.ID)
}

// fold makes names of equal meaning equal: case, trailing component delimiters (PS3.5
// 6.2.1.2), spaces at the ends of components.
func fold(name string) string {
	parts := strings.Split(strings.ToUpper(name), "^")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.TrimRight(strings.Join(parts, "^"), "^")
}

func (r Row) rights() []Action {
	if len(r.May) > 0 {
		return r.May
	}
	return rights[r.Role]
}

func (r Row) of(facility string, a Action) bool {
	if len(r.Facility) == 0 || facility == "" && !a.Lasting() {
		return true
	}
	return slices.ContainsFunc(r.Facility, func(f string) bool { return strings.EqualFold(strings.TrimSpace(f), strings.TrimSpace(facility)) })
}

func (r Row) elsewhere(facility string) string {
	if facility == "" {
		return "your role there is for " + strings.Join(r.Facility, ", ") + ", and the images do not say whose they are"
	}
	return "your role there is for " + strings.Join(r.Facility, ", ") + ", and this study is another facility's"
}

// ended reports whether the row's last day is over where the site is.
func (s Site) ended(r Row, at time.Time) bool {
	if r.Until == "" {
		return false
	}
	last, err := time.ParseInLocation(time.DateOnly, r.Until, s.zone)
	return err != nil || !at.Before(last.AddDate(0, 0, 1))
}

// Facilities are those that the policy names.
func (s Site) Facilities() (out []string) {
	for _, r := range s.Readers {
		out = append(out, r.Facility...)
	}
	return out
}

// Zone is whose days count, by name.
func (s Site) Zone() string {
	if s.TimeZone != "" {
		return s.TimeZone
	}
	return "the system's"
}

// Breaks reports for how long emergency access opens a; 0: not at all. A policy that
// cannot be read keeps nobody from a patient: the defaults hold then.
func (s Site) Breaks(a Action) time.Duration {
	glass := s.BreakGlass
	if s.Wrong != nil {
		glass = Default().BreakGlass
	}
	may := glass.May
	if len(may) == 0 {
		may = emergency
	}
	if !slices.Contains(may, a) {
		return 0
	}
	return time.Duration(glass.Minutes) * time.Minute
}

// Kind is what leaves the home.
type Kind string

// What can leave.
const (
	Images    Kind = "images"
	Objects   Kind = "objects"
	Reports   Kind = "reports"
	Clipboard Kind = "clipboard"
)

// Lets reports whether this kind of thing may leave the home in the clear. Who may is
// Allows with TakeOut.
func (s Site) Lets(k Kind) Verdict {
	ok, what, key := false, "", ""
	switch k {
	case Images:
		ok, what, key = s.Export.Images, "pictures may not be written to files", "images"
	case Objects:
		ok, what, key = s.Export.Objects, "objects may not be written to files", "objects"
	case Reports:
		ok, what, key = s.Export.Report, "reports may not be written to files", "report"
	case Clipboard:
		ok, what, key = s.Export.Clipboard, "reports may not go to the clipboard, which other programs can read", "clipboard"
	}
	if s.Wrong != nil {
		return s.only(false, "its policy cannot be read (nocturne policy check says why)")
	}
	return s.only(ok, what+fmt.Sprintf(" (policy/%s.toml: [export] %s)", s.Name, key))
}
