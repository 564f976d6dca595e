package dicomweb

import (
	"net/http"
	"testing"
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
