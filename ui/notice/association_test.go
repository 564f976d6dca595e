package notice

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// Every rejection that PS3.8 Table 9-21 knows, every abort, and what else a bad line or
// server does (peers.md 5) is told as a sentence with its reason and a key to press.
func TestEveryFaultOfALinkHasASentenceAReasonAndAKey(t *testing.T) {
	for _, c := range []struct {
		err              error
		sentence, reason string
		key              string
	}{
		{&ul.RejectError{Result: 1, Source: 1, Reason: 1}, "The archive refused the connection.", "no reason given", "call the site"},
		{&ul.RejectError{Result: 1, Source: 1, Reason: 2}, "The archive refused the connection.", "application context name", "call the site"},
		{&ul.RejectError{Result: 1, Source: 1, Reason: 3}, "The archive does not know this workstation's AE title.", "calling AE title not recognized", "give the site"},
		{&ul.RejectError{Result: 1, Source: 1, Reason: 7}, "The archive goes by another AE title than config.toml says.", "called AE title not recognized", "ask the site"},
		{&ul.RejectError{Result: 1, Source: 2, Reason: 2}, "The archive refused the connection.", "protocol version", "call the site"},
		{&ul.RejectError{Result: 2, Source: 3, Reason: 1}, "The archive takes no connection right now.", "congestion", "R in the list"},
		{&ul.RejectError{Result: 2, Source: 3, Reason: 2}, "The archive takes no connection right now.", "local limit exceeded", "R in the list"},
		{&ul.RejectError{Result: 9, Source: 9, Reason: 9}, "The archive refused the connection.", "reserved", "call the site"},
		{&ul.AbortError{}, "The archive broke the connection off.", "aborted", "R in the list"},
		{&ul.AbortError{Source: 2, Reason: 2}, "The archive broke the connection off.", "unexpected PDU", "R in the list"},
		{&ul.ProtocolError{Reason: 1, What: "a PDU of unknown type"}, "What answers at the archive's address does not speak DICOM as it should.", "unknown type", "address and port"},
		{&dimse.ProtocolError{What: "a message without a field"}, "What answers at the archive's address does not speak DICOM as it should.", "without a field", "address and port"},
		{fmt.Errorf("associate: %w: %w", ul.ErrUnanswered, pacs.ErrTruncated), "The archive ended the connection without an answer.", "may want TLS", "ask the site"},
		{ul.ErrEnded, "The connection to the archive was ended.", "", "R in the list"},
		{&pacs.StatusError{Code: 0xA700, Op: "store", Warning: "DOE^JANE"}, "The archive is out of room or memory.", "store: it answered A700", "call the site"},
		{&pacs.StatusError{Code: 507, Op: "store"}, "The archive is out of room or memory.", "507", "call the site"},
		{&pacs.StatusError{Code: 0xC000, Op: "retrieve"}, "The archive refused.", "retrieve: it answered C000", "R in the list"},
		{&pacs.StatusError{Code: 0xA801}, "The archive does not know where to send the images to.", "A801", "listen address"},
		{&pacs.StatusError{Code: 429}, "The archive is busy.", "429", "R in the list"},
		{&pacs.DifferentError{Pixels: true}, "The archive does not hold what was sent.", "other pixels", "call the site"},
		{pacs.ErrNotComparable, "What the archive holds could not be compared with what was sent.", "", "call the site"},
		{pacs.ErrTruncated, "The archive's answer was cut off.", "line", "R in the list"},
		{pacs.ErrStalled, "The archive stopped sending.", "slow", "R in the list"},
		{&pacs.NotArchiveError{Got: "text/html"}, "This network wants a login in a browser first.", "text/html", "browser"},
		{syscall.ENOSPC, "The disk is full: nothing more is saved.", "", "make room"},
		{&fetch.IncompleteError{Missing: 7, Expected: 120, Gaps: []fetch.Gap{{Number: 3, Missing: 7, Expected: 40}}, Err: &ul.AbortError{}}, "7 of 120 images are missing.", "series 3: 7 of 40; the archive broke the connection off", "F5 and Enter"},
		{&fetch.IncompleteError{Missing: 7, Expected: 120, Err: fmt.Errorf("keep object: %w", syscall.ENOSPC)}, "7 of 120 images are missing.", "the disk is full", "make room"},
	} {
		n := Of(fmt.Errorf("fetch study: %w", c.err))
		if n.Sentence != c.sentence || !strings.Contains(n.Reason, c.reason) || n.Key == "" || !strings.Contains(n.Key, c.key) {
			t.Errorf("%v:\n  got  %+v\n  want %q, reason with %q, key with %q", c.err, n, c.sentence, c.reason, c.key)
		}
		if strings.Contains(n.Line(), "DOE") {
			t.Errorf("a server's own words are repeated: %s", n.Line())
		}
	}
}
