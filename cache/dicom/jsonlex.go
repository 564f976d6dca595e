package dicom

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// jsonLexer walks JSON text (RFC 8259) once, strictly, without recursion of its
// own beyond nest levels. It is several times as fast as a json.Decoder's
// tokens: metadata of a study is megabytes.
type jsonLexer struct {
	b    []byte
	pos  int
	nest int
}

// maxNest bounds brackets: a sequence takes three levels, and there may be
// unknown members to skip.
const maxNest = 4 * maxDepth

func (j *jsonLexer) invalid(format string, a ...any) error { return invalid(j.pos, format, a...) }

// peek passes over white space and returns the next byte; 0 at the end.
func (j *jsonLexer) peek() byte {
	for j.pos < len(j.b) {
		switch c := j.b[j.pos]; c {
		case ' ', '\t', '\n', '\r':
			j.pos++
		default:
			return c
		}
	}
	return 0
}

// take passes over c if it is next.
func (j *jsonLexer) take(c byte) bool {
	if j.peek() != c || c == 0 {
		return false
	}
	j.pos++
	return true
}

// list reads "open one, one, … close".
func (j *jsonLexer) list(open, close byte, one func() error) error {
	if !j.take(open) {
		return j.invalid("%q must stand here", open)
	}
	if j.nest++; j.nest > maxNest {
		return beyond("depth of brackets", maxNest, int64(j.nest), j.pos)
	}
	defer func() { j.nest-- }()
	if j.take(close) {
		return nil
	}
	for {
		if err := one(); err != nil {
			return err
		}
		if j.take(close) {
			return nil
		}
		if !j.take(',') {
			return j.invalid("neither comma nor end")
		}
	}
}

// object calls member for each member, its value next.
func (j *jsonLexer) object(member func(key string) error) error {
	return j.list('{', '}', func() error {
		key, err := j.text()
		if err != nil {
			return err
		}
		if !j.take(':') {
			return j.invalid("no colon after a name")
		}
		return member(key)
	})
}

// skip passes over one value.
func (j *jsonLexer) skip() error {
	switch j.peek() {
	case '{':
		return j.object(func(string) error { return j.skip() })
	case '[':
		return j.list('[', ']', j.skip)
	}
	_, err := j.scalar()
	return err
}

// scalar reads a string, number, true, false or null; null is nil, a number is
// a jsonNumber.
func (j *jsonLexer) scalar() (any, error) {
	switch c := j.peek(); {
	case c == '"':
		return j.text()
	case c == '-' || '0' <= c && c <= '9':
		return j.number()
	}
	for _, w := range [...]struct {
		word  string
		value any
	}{{"null", nil}, {"true", "true"}, {"false", "false"}} {
		if n := j.pos + len(w.word); n <= len(j.b) && string(j.b[j.pos:n]) == w.word {
			j.pos = n
			return w.value, nil
		}
	}
	return nil, j.invalid("no value where one must stand")
}

type jsonNumber string

// number reads a number and keeps its digits.
func (j *jsonLexer) number() (jsonNumber, error) {
	start := j.pos
	digits := func() bool {
		from := j.pos
		for j.pos < len(j.b) && '0' <= j.b[j.pos] && j.b[j.pos] <= '9' {
			j.pos++
		}
		return j.pos > from
	}
	at := func(set string) bool {
		for k := range set {
			if j.pos < len(j.b) && j.b[j.pos] == set[k] {
				j.pos++
				return true
			}
		}
		return false
	}
	at("-")
	ok := at("0") || digits()
	if at(".") {
		ok = digits() && ok
	}
	if at("eE") {
		at("+-")
		ok = digits() && ok
	}
	if !ok {
		return "", j.invalid("no number")
	}
	return jsonNumber(j.b[start:j.pos]), nil
}

// text reads a string. What is not UTF-8 becomes U+FFFD.
func (j *jsonLexer) text() (string, error) {
	if !j.take('"') {
		return "", j.invalid("no string where one must stand")
	}
	start := j.pos
	for j.pos < len(j.b) {
		switch c := j.b[j.pos]; {
		case c == '"':
			s := j.b[start:j.pos]
			j.pos++
			return validUTF8(s), nil
		case c == '\\':
			return j.escaped(append([]byte(nil), j.b[start:j.pos]...))
		case c < ' ':
			return "", j.invalid("control character in a string")
		}
		j.pos++
	}
	return "", j.invalid("string does not end")
}

func validUTF8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string([]rune(string(b)))
}

// escaped goes on reading a string from its first backslash.
func (j *jsonLexer) escaped(out []byte) (string, error) {
	for j.pos < len(j.b) {
		c := j.b[j.pos]
		j.pos++
		switch {
		case c == '"':
			return validUTF8(out), nil
		case c < ' ':
			return "", j.invalid("control character in a string")
		case c != '\\':
			out = append(out, c)
			continue
		}
		if j.pos == len(j.b) {
			break
		}
		c = j.b[j.pos]
		j.pos++
		switch c {
		case '"', '\\', '/':
			out = append(out, c)
		case 'b', 'f', 'n', 'r', 't':
			out = append(out, map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}[c])
		case 'u':
			r, err := j.rune()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		default:
			return "", j.invalid("unknown escape in a string")
		}
	}
	return "", j.invalid("string does not end")
}

// rune reads the four digits after \u, and the second half of a surrogate pair.
func (j *jsonLexer) rune() (rune, error) {
	hex4 := func() (rune, bool) {
		if len(j.b)-j.pos < 4 {
			return 0, false
		}
		n, err := strconv.ParseUint(string(j.b[j.pos:j.pos+4]), 16, 16)
		j.pos += 4
		return rune(n), err == nil
	}
	r, ok := hex4()
	if !ok {
		return 0, j.invalid("\\u without four digits")
	}
	if !utf16.IsSurrogate(r) {
		return r, nil
	}
	if len(j.b)-j.pos >= 6 && j.b[j.pos] == '\\' && j.b[j.pos+1] == 'u' {
		back := j.pos
		j.pos += 2
		if low, ok := hex4(); ok {
			if p := utf16.DecodeRune(r, low); p != utf8.RuneError {
				return p, nil
			}
		}
		j.pos = back
	}
	return utf8.RuneError, nil
}
