package dicomweb

import (
	"bufio"
	"errors"
	"fmt"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// entries cuts a JSON array into its elements as the bytes come, without reading
// what is in them: each is read once more, strictly, by whoever takes it. What is
// held is one element and one buffer.
type entries struct {
	r     *bufio.Reader
	limit int64 // of one element
	at    int64 // bytes read
	begun bool
	buf   []byte
}

// syntaxError says where a text is no JSON; never what stands there.
type syntaxError struct{ at int64 }

func (e *syntaxError) Error() string { return fmt.Sprintf("malformed JSON at byte %d", e.at) }

// errEnd: the closing bracket was read.
var errEnd = errors.New("end of the list")

// next is the next element, valid until the next call; errEnd behind the closing
// bracket, io.EOF where the text ends before it. The opening bracket is the next byte of r at the first call.
func (e *entries) next() ([]byte, error) {
	c, err := e.skip()
	if err != nil {
		return nil, err
	}
	switch {
	case !e.begun && c == '[':
		e.begun = true
		if c, err = e.skip(); err != nil {
			return nil, err
		}
		if c == ']' {
			return nil, errEnd
		}
	case e.begun && c == ']':
		return nil, errEnd
	case e.begun && c == ',':
		if c, err = e.skip(); err != nil {
			return nil, err
		}
	default:
		return nil, &syntaxError{e.at}
	}
	return e.element(c)
}

// skip passes over white space and reads the byte behind it.
func (e *entries) skip() (byte, error) {
	for {
		c, err := e.r.ReadByte()
		if err != nil {
			return 0, err
		}
		e.at++
		switch c {
		case ' ', '\t', '\r', '\n':
		default:
			return c, nil
		}
	}
}

// element collects an element that begins with first: up to the brace or bracket
// that closes it, or a scalar up to the comma or bracket behind it, which stays.
func (e *entries) element(first byte) ([]byte, error) {
	e.buf = append(e.buf[:0], first)
	var s scanner
	switch first {
	case ',', ']', '}', ':':
		return nil, &syntaxError{e.at}
	}
	if s.take(first); s.closed {
		return e.buf, nil
	}
	for {
		if _, err := e.r.Peek(1); err != nil {
			return nil, err
		}
		chunk, _ := e.r.Peek(e.r.Buffered())
		n, done := s.scan(chunk)
		e.buf = append(e.buf, chunk[:n]...)
		e.r.Discard(n)
		e.at += int64(n)
		if done {
			return e.buf, nil
		}
		if int64(len(e.buf)) > e.limit {
			return nil, pacs.ErrTooLarge
		}
	}
}

// scanner follows nesting and strings.
type scanner struct {
	depth             int
	inString, escaped bool
	scalar, closed    bool
}

// scan takes bytes until the element ends; n of them belong to it.
func (s *scanner) scan(b []byte) (n int, done bool) {
	for i, c := range b {
		if s.scalar && (c == ',' || c == ']') {
			return i, true
		}
		if s.take(c); s.closed {
			return i + 1, true
		}
	}
	return len(b), false
}

func (s *scanner) take(c byte) {
	switch {
	case s.escaped:
		s.escaped = false
	case s.inString:
		switch c {
		case '\\':
			s.escaped = true
		case '"':
			s.inString = false
			s.closed = s.depth == 0
		}
	case c == '"':
		s.inString = true
	case c == '{' || c == '[':
		s.depth++
	case c == '}' || c == ']':
		s.depth--
		s.closed = s.depth <= 0
	default:
		s.scalar = s.depth == 0
	}
}
