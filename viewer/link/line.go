package link

import (
	"bufio"
	"errors"
	"io"
)

// lines reads messages line by line. A line longer than MaxLine costs no more
// memory than that and is passed over.
type lines struct {
	r *bufio.Reader
}

func newLines(r io.Reader) *lines { return &lines{r: bufio.NewReaderSize(r, 64<<10)} }

// next returns the next message. An *Error means that one line was no message and
// the next can be read; any other error ends the stream.
func (l *lines) next() (Message, error) {
	line, err := l.line()
	if err != nil {
		return Message{}, err
	}
	defer clear(line)
	return Decode(line)
}

// line returns one line without judging it. A last line without a newline is
// dropped: its writer died in the middle of it. It may hold keys: what it stood in on the
// way is cleared, and whoever takes it clears it.
func (l *lines) line() ([]byte, error) {
	var whole []byte
	long := false
	for {
		part, err := l.r.ReadSlice('\n')
		if !long {
			whole = extend(whole, part)
			if len(whole) > MaxLine {
				clear(whole)
				long, whole = true, nil
			}
		}
		clear(part)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil:
			return nil, err
		case long:
			return nil, malformed("line longer than %d bytes", MaxLine)
		}
		return whole, nil
	}
}

// extend is append, which leaves nothing where it moved from.
func extend(whole, part []byte) []byte {
	if len(whole)+len(part) <= cap(whole) {
		return append(whole, part...)
	}
	out := make([]byte, 0, max(len(whole)+len(part), 2*cap(whole)))
	out = append(append(out, whole...), part...)
	clear(whole)
	return out
}
