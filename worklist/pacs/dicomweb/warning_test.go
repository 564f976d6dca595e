package dicomweb

import (
	"net/http"
	"testing"
	"time"
)

func TestWarningsAreReducedToTheirText(t *testing.T) {
	for in, want := range map[string]string{
		`299 north "The Transaction UID is incorrect"`:               "The Transaction UID is incorrect",
		`299 http://north/ups: The Transaction UID 2.25.9 is wrong.`: "The Transaction UID … is wrong.",
		`299 north: a secret word`:                                   "a … word",
		`none of it`:                                                 "none of it",
		``:                                                           "",
		"299 - \"two\n  lines\u202e\"":                               "two lines\ufffd",
	} {
		if got := cleanWarning(http.Header{"Warning": {in}}, "secret"); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	now := time.Date(2025, 3, 30, 1, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"7": 7 * time.Second, "": 0, "-1": 0, "soon": 0, "99999999": 24 * time.Hour,
		"Sun, 30 Mar 2025 01:00:09 GMT": 9 * time.Second, "Sun, 30 Mar 2025 00:00:00 GMT": 0,
	} {
		if got := retryAfter(in, now); got != want {
			t.Errorf("%q is %v, want %v", in, got, want)
		}
	}
}
