package hl7

import (
	"strings"
)

// wire is a field as it is written: escaped, with standard delimiters. Only the
// functions below make one of text.
type wire string

// text is a field of one value.
func text(s string) wire { return wire(escape(s)) }

// parts is a field of components, each one value.
func parts(components ...string) wire {
	out := make([]wire, len(components))
	for i, c := range components {
		out[i] = text(c)
	}
	return join('^', out)
}

// subs is one component of subcomponents.
func subs(components ...string) wire {
	out := make([]wire, len(components))
	for i, c := range components {
		out[i] = text(c)
	}
	return join('&', out)
}

// join leaves out what is empty at the end (2.6, rule 3).
func join(sep byte, list []wire) wire {
	for len(list) > 0 && list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	s := make([]string, len(list))
	for i, w := range list {
		s[i] = string(w)
	}
	return wire(strings.Join(s, string(sep)))
}

// writer puts a message together.
type writer struct{ b strings.Builder }

// segment writes one with its fields from the first on; MSH begins with its third.
func (w *writer) segment(name string, fields ...wire) {
	w.b.WriteString(name)
	if name == "MSH" {
		w.b.WriteString(`|^~\&`)
	}
	if rest := join('|', fields); rest != "" {
		w.b.WriteByte('|')
		w.b.WriteString(string(rest))
	}
	w.b.WriteByte('\r')
}

// put sets field n of a list that grows as needed, from 1.
func put(fields []wire, n int, v wire) []wire {
	for len(fields) < n {
		fields = append(fields, "")
	}
	fields[n-1] = v
	return fields
}

// Encode writes the message anew: standard delimiters, CR, UTF-8. Every value reads as
// it did before.
func (m *Message) Encode() []byte {
	var w writer
	for _, s := range m.Segments("") {
		var fields []wire
		first := 1
		if s.Name() == "MSH" {
			first = 3
		}
		for n := first; n <= s.count(); n++ {
			fields = append(fields, s.recode(n))
		}
		if s.Name() == "MSH" {
			fields = put(fields, 18-2, utf8Name)
		}
		w.segment(s.Name(), fields...)
	}
	return []byte(w.b.String())
}

// utf8Name is UTF-8 in MSH-18 (table 0211).
const utf8Name = wire("UNICODE UTF-8")

func (s Segment) recode(n int) wire {
	raw, _ := s.field(n)
	d := s.m.d
	var reps []wire
	for rep := range strings.SplitSeq(raw, string(d.repetition)) {
		var components []wire
		for component := range strings.SplitSeq(rep, string(d.component)) {
			var values []wire
			for v := range strings.SplitSeq(component, string(d.sub)) {
				values = append(values, text(s.m.unescape(v)))
			}
			components = append(components, join('&', values))
		}
		reps = append(reps, join('^', components))
	}
	return join('~', reps)
}
