package hl7

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"
)

// Ack is an acknowledgement (2.9). What it says in words stays in the message: it may
// name a patient.
type Ack struct {
	Code      string // MSA-1: AA AE AR, or CA CE CR of enhanced mode (table 0008)
	ControlID string // MSA-2: the MSH-10 that is answered
	Condition string // table 0357: "101", "207"; "" when none was given
	Commit    bool   // an MLLP Release 2 commit block, which names no message
}

// Accepted reports whether the receiver took the message.
func (a Ack) Accepted() bool { return a.Code == "AA" || a.Code == "CA" }

// ReadAck reads an acknowledgement; a message without MSA is ErrInvalid.
func ReadAck(m *Message) (Ack, error) {
	if len(m.Segments("MSA")) == 0 {
		return Ack{}, ErrInvalid
	}
	a := Ack{Code: strings.ToUpper(strings.TrimSpace(m.Get("MSA", 1))), ControlID: strings.TrimSpace(m.Get("MSA", 2))}
	switch a.Code {
	case "AA", "AE", "AR", "CA", "CE", "CR":
	default:
		return Ack{}, ErrInvalid
	}
	for _, c := range []string{m.Get("ERR", 3), m.Get("ERR", 1, 4), m.Get("MSA", 6)} {
		if c = strings.TrimSpace(c); a.Condition == "" && condition(c) {
			a.Condition = c
		}
	}
	return a, nil
}

// condition: codes of table 0357 are numbers; anything else may be prose.
func condition(s string) bool {
	return s != "" && len(s) <= 6 && strings.Trim(s, "0123456789") == ""
}

// ControlID is MSH-10.
func (m *Message) ControlID() string { return m.Get("MSH", 10) }

// Answer makes the acknowledgement of the message: its sender is the receiver. condition
// is a code of table 0357, "" for AA and CA.
func (m *Message) Answer(code, condition string, now time.Time) []byte {
	id := digest("ACK", m.ControlID(), code, condition, now.UTC().Format(time.RFC3339Nano))
	whole := func(field int) wire { // HD of three components
		return parts(m.Get("MSH", field), m.Get("MSH", field, 2), m.Get("MSH", field, 3))
	}
	var w writer
	fields := []wire{whole(5), whole(6), whole(3), whole(4), stamp(now), "",
		parts("ACK", m.Get("MSH", 9, 2), "ACK"), text(id), cmp.Or(text(m.Get("MSH", 11)), "P"), "2.5.1"}
	w.segment("MSH", put(fields, 18-2, utf8Name)...)
	w.segment("MSA", text(code), text(m.ControlID()))
	if condition != "" {
		w.segment("ERR", "", "", parts(condition, "", "HL70357"), "E")
	}
	return []byte(w.b.String())
}

// digest makes an identifier of 20 characters, the most that MSH-10 takes in 2.5.1, of
// a hash: 95 bits of it.
func digest(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return "N" + base32.StdEncoding.EncodeToString(h.Sum(nil))[:19]
}

// stamp is a TS with its offset (2.A.77).
func stamp(t time.Time) wire {
	if t.IsZero() {
		return ""
	}
	return wire(t.Format("20060102150405-0700"))
}
