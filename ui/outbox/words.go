package outbox

import (
	"fmt"
	"slices"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
)

func fields(s ...string) []string {
	return slices.DeleteFunc(s, func(s string) bool { return s == "" })
}

// short names what a row carries in a column.
func short(kind string) string {
	switch kind {
	case ledger.KindSR:
		return "report"
	case ledger.KindPDF:
		return "PDF"
	case ledger.KindORU:
		return "message"
	case ledger.KindFHIR:
		return "bundle"
	}
	return kind
}

// Way names a channel in words of the page.
func Way(channel string) string {
	switch channel {
	case ledger.DICOM:
		return "DICOM"
	case ledger.HL7:
		return "HL7"
	case ledger.FHIR:
		return "FHIR"
	}
	return channel
}

// clock is a time of today, else with its day.
func clock(t, now time.Time) string {
	l := t.Local()
	if y, m, d := now.Local().Date(); l.Year() == y && l.Month() == m && l.Day() == d {
		return l.Format("15:04:05")
	}
	return l.Format("2006-01-02 15:04")
}

func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	}
	return fmt.Sprintf("%d h", int(d.Hours()))
}
