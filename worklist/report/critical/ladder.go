package critical

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Contact is somebody who can be told, as a card.
type Contact struct {
	Name  string `json:"name"`
	Role  string `json:"role,omitempty"`
	Phone string `json:"phone,omitempty"`
	Hours string `json:"hours,omitempty"` // when on duty: "07-16", "Mon-Fri 08:00-17:30", "22-06"; empty: always
	Next  string `json:"next,omitempty"`  // name of who is called when this one is not reached
	Site  string `json:"site,omitempty"`  // empty: every site
}

// Supervisor reports whether this is who is called last of all.
func (c Contact) Supervisor() bool { return strings.Contains(strings.ToLower(c.Role), "supervisor") }

// Ladder is whom to call in which order: who asked for the examination, then the cards
// that are on duty at the site, each followed by who it names next, then the site's
// own number; those without a number after them, the supervisors last. Where nobody's hours fit, all cards are on it.
func Ladder(requester Contact, cards []Contact, site, phone string, at time.Time) []Contact {
	var out []Contact
	have := map[string]bool{}
	add := func(c Contact) {
		if key := strings.ToLower(c.Name + "\x00" + c.Role); !have[key] && (c.Name != "" || c.Phone != "") {
			have[key] = true
			out = append(out, c)
		}
	}
	here := func(c Contact) bool { return c.Site == "" || strings.EqualFold(c.Site, site) }
	add(requester)
	for _, always := range []bool{false, true} {
		for _, c := range cards {
			if !always && !c.OnDuty(at) {
				continue
			}
			for range cards { // as long as a chain can be
				if here(c) && (always || c.OnDuty(at)) {
					add(c)
				}
				i := slices.IndexFunc(cards, func(n Contact) bool { return c.Next != "" && strings.EqualFold(n.Name, c.Next) })
				if i < 0 {
					break
				}
				c = cards[i]
			}
		}
		if len(out) > 1 || requester.Name == "" && len(out) > 0 {
			break
		}
	}
	add(Contact{Name: site, Role: "switchboard", Phone: phone})
	slices.SortStableFunc(out, func(a, b Contact) int { return rank(a) - rank(b) })
	return out
}

func rank(c Contact) int {
	switch {
	case c.Supervisor():
		return 2
	case c.Phone == "":
		return 1
	}
	return 0
}

// OnDuty reports whether the card's hours hold at a time, in that time's zone. Hours
// that cannot be read hold always: nobody is kept off the ladder by a slip of the pen.
func (c Contact) OnDuty(at time.Time) bool {
	spans, err := ParseHours(c.Hours)
	if err != nil || len(spans) == 0 {
		return true
	}
	return slices.ContainsFunc(spans, func(s Span) bool { return s.holds(at) })
}

// Span is one span of duty: minutes of the day, on some days of the week. One that
// ends before it begins goes on past midnight.
type Span struct {
	From, To int
	Days     [7]bool // by time.Weekday, of the day on which it begins
}

func (s Span) holds(at time.Time) bool {
	m, day := at.Hour()*60+at.Minute(), at.Weekday()
	if s.From < s.To {
		return s.Days[day] && m >= s.From && m < s.To
	}
	return s.Days[day] && m >= s.From || s.Days[(day+6)%7] && m < s.To
}

// ParseHours reads when somebody is on duty: spans of hours joined by commas, each with
// days of the week before it or without: "Mon-Fri 08-17, Sat 08:00-12:30", "22-06".
func ParseHours(text string) ([]Span, error) {
	var out []Span
	for _, part := range strings.Split(text, ",") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		s := Span{Days: [7]bool{true, true, true, true, true, true, true}}
		if len(words) == 2 {
			var ok bool
			if s.Days, ok = days(words[0]); !ok {
				return nil, fmt.Errorf("%q names no days: Mon-Fri", words[0])
			}
		}
		from, to, ok := strings.Cut(words[len(words)-1], "-")
		var err, err2 error
		s.From, err = minute(from)
		s.To, err2 = minute(to)
		if !ok || len(words) > 2 || err != nil || err2 != nil || s.From == 24*60 {
			return nil, fmt.Errorf("%q are no hours: 08-17, Mon-Fri 08:00-17:30", strings.TrimSpace(part))
		}
		out = append(out, s)
	}
	return out, nil
}

func minute(s string) (int, error) {
	hour, rest, some := strings.Cut(s, ":")
	h, err := strconv.Atoi(hour)
	m := 0
	if err == nil && some {
		m, err = strconv.Atoi(rest)
	}
	if err != nil || h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
		return 0, fmt.Errorf("no time of day")
	}
	return h*60 + m, nil
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func days(s string) (out [7]bool, ok bool) {
	first, last, span := strings.Cut(strings.ToLower(s), "-")
	if !span {
		last = first
	}
	from, to := slices.Index(weekdays, first), slices.Index(weekdays, last)
	if from < 0 || to < 0 {
		return out, false
	}
	for d := from; ; d = (d + 1) % 7 {
		out[d] = true
		if d == to {
			return out, true
		}
	}
}

// tries is how often one contact is called in vain before the next one is.
const tries = 2

// Next is the rung of the ladder to call now: the one chosen last; the one after it
// when it was called twice in vain, or was called and the result is overdue; the last one, where
// the supervisors are, when it is overdue by half of its time or more.
func (r Result) Next(now time.Time) int {
	last := len(r.Ladder) - 1
	if last < 0 || !r.Told.IsZero() || r.Due.IsZero() {
		return max(0, min(r.Rung, last))
	}
	rung, inVain, late := r.Rung, 0, false
	for _, a := range r.Attempts {
		if a.To == r.Ladder[min(rung, last)].Name {
			inVain++
		}
		late = late || a.At.After(r.Due)
	}
	begun := len(r.Attempts) > 0 || !r.Chosen.IsZero()
	if inVain >= tries || begun && now.After(r.Due) && !late && !r.Chosen.After(r.Due) {
		rung++
	}
	if over := now.Sub(r.Due); over > 0 && over >= r.Due.Sub(r.Identified)/2 {
		rung = last
	}
	return min(rung, last)
}
