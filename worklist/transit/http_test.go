package transit

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfterIsSecondsOrADate(t *testing.T) {
	now := time.Date(2025, 3, 30, 1, 0, 0, 0, time.UTC)
	for in, want := range map[string]time.Duration{
		"7": 7 * time.Second, " 8 ": 8 * time.Second, "": 0, "-1": 0, "soon": 0, "99999999": 24 * time.Hour,
		"Sun, 30 Mar 2025 01:00:09 GMT": 9 * time.Second, "Sun, 30 Mar 2025 00:00:00 GMT": 0,
	} {
		if got := RetryAfter(http.Header{"Retry-After": {in}}, now); got != want {
			t.Errorf("%q is %v, want %v", in, got, want)
		}
	}
}
