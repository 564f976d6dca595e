// Package syslog sends the audit log on, as RFC 5424 messages over TLS (RFC 5425).
//
// Syslog acknowledges nothing: a write that succeeded says that the bytes are in a
// buffer of ours. What was sent therefore counts as taken only when the connection was
// closed in order behind it: we send close_notify, and the receiver, who has read all
// before it, closes its side (RFC 5425 4.4). Until then it is kept, which costs nothing,
// because the log itself is the spool: a Position in it is all that is remembered. After
// a connection that broke, everything behind the position is sent again, so a receiver
// may get messages twice. Each carries its number in the log (RFC 5424 7.3.1,
// sequenceId), by which twins are known. A receiver that never closes is believed after
// a while, but for the last records, which are sent again after a break.
package syslog

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
)

// MSGID is how a receiver knows an audit message (PS3.15 A.6).
const MSGID = "DICOM+RFC3881"

// headID is the MSGID of signed tree heads.
const headID = "AUDIT-TREE-HEAD"

// pri is facility 10 (security/authorization), severity 5 (notice): PS3.15 A.6.
const pri = "<85>1"

// bom begins a message in UTF-8 (RFC 5424 6.4).
const bom = "\xEF\xBB\xBF"

// Form is how our messages are headed.
type Form struct {
	Host, App, Process string
}

// Message is the n'th record of the log, counted from 0.
func (f Form) Message(at time.Time, n int64, xml []byte) []byte {
	b := append(f.head(at, MSGID, n), bom...)
	return append(b, xml...)
}

// Head is a signed tree head: what the log's records up to here hash to, for whoever
// wants to hold the log against it. It names no patient.
func (f Form) Head(h audit.Head) []byte {
	b := append(f.head(h.At, headID, h.Size-1), bom...)
	return fmt.Appendf(b, "log=%s size=%d hash=%s note=%s", h.Log, h.Size,
		base64.StdEncoding.EncodeToString(h.Hash[:]), base64.StdEncoding.EncodeToString([]byte(h.Note)))
}

// head is everything before MSG (RFC 5424 6.2, 6.3).
func (f Form) head(at time.Time, id string, n int64) []byte {
	seq := n%(1<<31-1) + 1 // from 1 to 2147483647
	return fmt.Appendf(nil, "%s %s %s %s %s %s [meta sequenceId=\"%d\"] ", pri, stamp(at),
		field(f.Host, 255), field(f.App, 48), field(f.Process, 128), id, seq)
}

// stamp is TIMESTAMP: at most microseconds, the zone named.
func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05.000000Z07:00") }

// field is a header field: printable ASCII without spaces, "-" where nothing is left.
func field(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r < 33 || r > 126 {
			return -1
		}
		return r
	}, s)
	if s == "" {
		return "-"
	}
	return s[:min(len(s), most)]
}

// frame is a message as it travels (RFC 5425 4.3.1): its length in octets before it.
func frame(b []byte, message []byte) []byte {
	b = strconv.AppendInt(b, int64(len(message)), 10)
	b = append(b, ' ')
	return append(b, message...)
}
