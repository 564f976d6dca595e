package dicom

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseDA reads a date, YYYYMMDD (PS3.5 6.2), or with dots or dashes as older
// and careless writers have it. The time is midnight UTC. ok is false for what
// is no day of the calendar.
func ParseDA(s string) (t time.Time, ok bool) {
	s = strings.TrimSpace(s)
	if len(s) == 10 && (s[4] == '.' && s[7] == '.' || s[4] == '-' && s[7] == '-') {
		s = s[:4] + s[5:7] + s[8:]
	}
	if len(s) != 8 {
		return time.Time{}, false
	}
	t, err := time.Parse("20060102", s)
	return t, err == nil && t.Year() > 0
}

// ISODay is a DA as people read it, 2025-11-20; "" for what is no day of the calendar.
func ISODay(da string) string {
	t, ok := ParseDA(da)
	if !ok {
		return ""
	}
	return t.Format(time.DateOnly)
}

// ParseTM reads a time of day, HH[MM[SS[.FFFFFF]]], or with colons. The date is
// 1 January of year 1, UTC. A leap second becomes second 59.
func ParseTM(s string) (t time.Time, ok bool) {
	s = strings.ReplaceAll(strings.TrimSpace(s), ":", "")
	main, frac, dot := strings.Cut(s, ".")
	if len(main) < 2 || len(main) > 6 || len(main)%2 != 0 || dot && len(main) != 6 {
		return time.Time{}, false
	}
	var v [3]int
	for i := range len(main) / 2 {
		n, good := digits(main[2*i : 2*i+2])
		if !good {
			return time.Time{}, false
		}
		v[i] = n
	}
	if v[2] == 60 {
		v[2] = 59
	}
	nano, good := nanoseconds(frac)
	if !good || v[0] > 23 || v[1] > 59 || v[2] > 59 {
		return time.Time{}, false
	}
	return time.Date(1, 1, 1, v[0], v[1], v[2], nano, time.UTC), true
}

func digits(s string) (int, bool) {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

func nanoseconds(frac string) (int, bool) {
	if frac == "" {
		return 0, true
	}
	if len(frac) > 9 {
		return 0, false
	}
	n, ok := digits(frac)
	for i := len(frac); i < 9; i++ {
		n *= 10
	}
	return n, ok
}

// ParseDT reads a date time, YYYY[MM[DD[HH[MM[SS[.FFFFFF]]]]]][&ZZXX]. Without
// an offset it is in the local zone; see ParseDTIn.
func ParseDT(s string) (time.Time, bool) { return ParseDTIn(s, time.Local) }

// ParseDTIn is ParseDT with the zone for values without an offset (PS3.3
// C.12.1.1.8). What is missing on the right is the earliest it can be.
func ParseDTIn(s string, loc *time.Location) (time.Time, bool) {
	s = strings.TrimSpace(s)
	if i := strings.LastIndexAny(s, "+-"); i >= 4 {
		zone, ok := parseOffset(s[i:])
		if !ok {
			return time.Time{}, false
		}
		s, loc = s[:i], zone
	}
	main, _, _ := strings.Cut(s, ".")
	if len(main) < 4 || len(main)%2 != 0 {
		return time.Time{}, false
	}
	date, clock := s, ""
	if len(main) > 8 {
		date, clock = s[:8], s[8:]
	} else if main != s {
		return time.Time{}, false
	}
	date += "0101"[min(len(date)-4, 4):]
	return ParseDateTime(date, clock, loc)
}

// ParseDateTime joins a DA and a TM in a zone. An empty TM is midnight.
func ParseDateTime(da, tm string, loc *time.Location) (time.Time, bool) {
	d, ok := ParseDA(da)
	if !ok {
		return time.Time{}, false
	}
	c := time.Time{}
	if strings.TrimSpace(tm) != "" {
		if c, ok = ParseTM(tm); !ok {
			return time.Time{}, false
		}
	}
	return time.Date(d.Year(), d.Month(), d.Day(), c.Hour(), c.Minute(), c.Second(), c.Nanosecond(), loc), true
}

// parseOffset reads &ZZXX, -1200 to +1400, as also Timezone Offset From UTC
// (0008,0201) has it.
func parseOffset(s string) (*time.Location, bool) {
	if len(s) != 5 {
		return nil, false
	}
	n, ok := digits(s[1:])
	sec := n/100*3600 + n%100*60
	if s[0] == '-' {
		sec = -sec
	}
	if !ok || n%100 > 59 || sec < -12*3600 || sec > 14*3600 {
		return nil, false
	}
	if sec == 0 {
		return time.UTC, true
	}
	return time.FixedZone("", sec), true
}

// FormatDA writes a date.
func FormatDA(t time.Time) string { return t.Format("20060102") }

// FormatTM writes a time of day, with microseconds if there are any.
func FormatTM(t time.Time) string {
	if us := t.Nanosecond() / 1000; us != 0 {
		return t.Format("150405") + fmt.Sprintf(".%06d", us)
	}
	return t.Format("150405")
}

// FormatDT writes a date time with its offset from UTC.
func FormatDT(t time.Time) string { return FormatDA(t) + FormatTM(t) + t.Format("-0700") }

// AgeAt is the age of someone born on birth at a time, for the eye: days up to
// two weeks, weeks up to three months, months up to two years, then years.
// Empty when birth is unknown (zero) or later.
func AgeAt(birth, at time.Time) string {
	at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
	birth = time.Date(birth.Year(), birth.Month(), birth.Day(), 0, 0, 0, 0, time.UTC)
	if birth.Year() <= 1 || at.Before(birth) {
		return ""
	}
	months := (at.Year()-birth.Year())*12 + int(at.Month()-birth.Month())
	if at.Day() < birth.Day() {
		months--
	}
	days := int(at.Sub(birth).Hours() / 24)
	switch {
	case months >= 24:
		return strconv.Itoa(months/12) + " y"
	case months >= 3:
		return strconv.Itoa(months) + " mo"
	case days >= 14:
		return strconv.Itoa(days/7) + " wk"
	}
	return strconv.Itoa(days) + " d"
}
