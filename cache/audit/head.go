package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Head is a signed tree head: how long the log was, and what its tree's hash was then.
// It holds no patient's data.
type Head struct {
	Log  string    // the log's name, which is its key's too
	Size int64     // records
	Hash tlog.Hash // RFC 6962 2.1 over their leaves
	At   time.Time // when it was signed
	Note string    // the signed text (C2SP tlog-checkpoint with two lines more)

	offset int64 // where its frame stands
	from   int64 // where the write that it ends began
}

func (h Head) text() string {
	return fmt.Sprintf("%s\n%d\n%s\nat %d from %d\ntime %s\n", h.Log, h.Size, base64.StdEncoding.EncodeToString(h.Hash[:]),
		h.offset, h.from, h.At.UTC().Format(time.RFC3339Nano))
}

// sign makes h's Note.
func (h *Head) sign(s note.Signer) error {
	b, err := note.Sign(&note.Note{Text: h.text()}, s)
	h.Note = string(b)
	return err
}

// readHead reads a note without judging who signed it.
func readHead(text string) (h Head, ok bool) {
	h.Note = text
	body, _, found := strings.Cut(text, "\n\n")
	lines := strings.Split(body, "\n")
	if !found || len(lines) != 5 {
		return h, false
	}
	var stamp, hash string
	h.Log = lines[0]
	_, err := fmt.Sscanf(strings.Join(lines[1:], " "), "%d %s at %d from %d time %s", &h.Size, &hash, &h.offset, &h.from, &stamp)
	if err != nil {
		return h, false
	}
	b, err := base64.StdEncoding.DecodeString(hash)
	if err != nil || len(b) != tlog.HashSize || h.Size < 0 {
		return h, false
	}
	h.Hash = tlog.Hash(b)
	h.At, err = time.Parse(time.RFC3339Nano, stamp)
	return h, err == nil && h.text() == body+"\n"
}

// errStranger: signed by another key than the log's.
var errStranger = errors.New("the head is signed by another key")

// openHead reads a note that v's key signed.
func openHead(text string, v note.Verifier) (Head, error) {
	n, err := note.Open([]byte(text), note.VerifierList(v))
	if err != nil {
		var unknown *note.UnverifiedNoteError
		if errors.As(err, &unknown) {
			return Head{}, errStranger
		}
		return Head{}, errors.New("the head's signature does not hold")
	}
	h, ok := readHead(text)
	if !ok || h.text() != n.Text || h.Log != v.Name() {
		return Head{}, errors.New("the head cannot be read")
	}
	return h, nil
}
