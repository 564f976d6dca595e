package hl7

import (
	"bytes"
	"strings"
)

// Message is a message as it was read. Its parts are found when they are asked for:
// it costs its bytes and 16 more for a segment.
type Message struct {
	d        delimiters
	set      charset
	segments []string // with the message's own delimiters, in UTF-8
}

// Segment is one line of a message.
type Segment struct {
	m   *Message
	raw string
}

// Parse reads a message (2.5, 2.6). Segments may end in CR, LF or both; a byte order
// mark and blank lines are passed over. Errors are ErrInvalid and *UnsupportedError.
func Parse(b []byte) (*Message, error) {
	b = bytes.TrimLeft(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")), " \t\r\n")
	if len(b) > MaxMessage {
		return nil, &UnsupportedError{What: "more than 64 MiB are"}
	}
	for _, batch := range []string{"FHS", "BHS"} {
		if bytes.HasPrefix(b, []byte(batch)) {
			return nil, &UnsupportedError{What: "a batch is"}
		}
	}
	if len(b) < 8 || string(b[:3]) != "MSH" {
		return nil, ErrInvalid
	}
	m := &Message{d: delimiters{b[3], b[4], b[5], b[6], b[7]}}
	if b[6] == b[3] { // MSH-2 may leave out what is not used
		m.d.escape, m.d.sub = '\\', '&'
	} else if b[7] == b[3] {
		m.d.sub = '&'
	}
	if !m.d.valid() {
		return nil, ErrInvalid
	}
	var err error
	if m.set, err = charsetOf(declared(b, m.d)); err != nil {
		return nil, err
	}
	return m, m.split(m.set.decode(b))
}

// declared is MSH-18 before anything is decoded: MSH is ASCII up to there in
// practice, and a set's name always is.
func declared(b []byte, d delimiters) string {
	head, _, _ := bytes.Cut(b, []byte("\r"))
	head, _, _ = bytes.Cut(head, []byte("\n"))
	fields := bytes.SplitN(head, []byte{d.field}, 19)
	if len(fields) < 18 {
		return ""
	}
	first, _, _ := bytes.Cut(fields[17], []byte{d.repetition})
	return string(first)
}

func (m *Message) split(text string) error {
	for len(text) > 0 {
		end := strings.IndexAny(text, "\r\n")
		line := text
		if end >= 0 {
			line, text = text[:end], text[end+1:]
		} else {
			text = ""
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if len(line) < 3 || !segmentName(line[:3]) || len(line) > 3 && line[3] != m.d.field {
			return ErrInvalid // a broken line: its text belongs to no field
		}
		if len(m.segments) == maxSegments {
			return &UnsupportedError{What: "so many segments are"}
		}
		m.segments = append(m.segments, line)
	}
	return nil
}

// segmentName: three capital letters or digits (2.5.2); small ones are met.
func segmentName(s string) bool {
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz") == ""
}

// Segments lists those of a name in order, or all for "".
func (m *Message) Segments(name string) (out []Segment) {
	for _, raw := range m.segments {
		if name == "" || raw[:3] == name {
			out = append(out, Segment{m, raw})
		}
	}
	return out
}

// Get is a value of the first segment of that name; see Segment.Get.
func (m *Message) Get(segment string, field int, at ...int) string {
	for _, raw := range m.segments {
		if raw[:3] == segment {
			return Segment{m, raw}.Get(field, at...)
		}
	}
	return ""
}

// Name is the segment's three letters.
func (s Segment) Name() string { return s.raw[:3] }

// Get is a value of the field's first repetition: Get(3) its first component, Get(3, 2)
// its second, Get(3, 2, 4) the fourth subcomponent of that. What is not there is "".
func (s Segment) Get(field int, at ...int) string {
	all := s.Repeat(field, at...)
	if len(all) == 0 {
		return ""
	}
	return all[0]
}

// Repeat is the same value of each repetition.
func (s Segment) Repeat(field int, at ...int) (out []string) {
	raw, ok := s.field(field)
	if !ok {
		return nil
	}
	if s.Name() == "MSH" && field <= 2 {
		return []string{raw}
	}
	component, sub := 1, 1
	if len(at) > 0 {
		component = at[0]
	}
	if len(at) > 1 {
		sub = at[1]
	}
	d := s.m.d
	for part := range strings.SplitSeq(raw, string(d.repetition)) {
		out = append(out, s.m.unescape(nth(nth(part, d.component, component), d.sub, sub)))
	}
	return out
}

// field is the raw field. MSH-1 is the separator itself (2.15.9.1).
func (s Segment) field(n int) (string, bool) {
	if s.Name() == "MSH" {
		if n == 1 {
			return string(s.m.d.field), true
		}
		n--
	}
	if n < 1 || len(s.raw) < 4 || strings.Count(s.raw, string(s.m.d.field)) < n {
		return "", false
	}
	return nth(s.raw, s.m.d.field, n+1), true
}

// count is the number of the segment's fields.
func (s Segment) count() int {
	n := strings.Count(s.raw, string(s.m.d.field))
	if s.Name() == "MSH" {
		n++
	}
	return n
}

// nth is the n-th part, from 1; "" beyond the last.
func nth(s string, sep byte, n int) string {
	for ; n > 1; n-- {
		i := strings.IndexByte(s, sep)
		if i < 0 {
			return ""
		}
		s = s[i+1:]
	}
	if i := strings.IndexByte(s, sep); i >= 0 {
		s = s[:i]
	}
	return s
}
