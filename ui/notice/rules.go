package notice

import (
	"context"
	"errors"
	"os"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// rules are tried in order; the first that knows the error explains it.
var rules = []func(error) (Notice, bool){timedOut, refused, unreachable, noSpace}

func timedOut(err error) (Notice, bool) {
	var n interface{ Timeout() bool }
	if errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &n) && n.Timeout()) {
		return Notice{Sentence: "The archive is not answering.", Reason: "timed out", Key: "R tries again"}, true
	}
	return Notice{}, false
}

func refused(err error) (Notice, bool) {
	var s *pacs.StatusError
	if !errors.As(err, &s) {
		return Notice{}, false
	}
	n := Notice{Sentence: "The archive refused.", Reason: s.Error()}
	switch {
	case s.Code == 401 || s.Code == 403:
		n.Sentence, n.Key = "The archive does not know us.", "check the site's credentials, then R"
	case s.Code == 404 || s.Code == 410:
		n.Sentence = "The archive does not have that."
	case s.Code == 429 || s.Code == 503:
		n.Sentence, n.Key = "The archive is busy.", "R tries again"
	}
	return n, true
}

func unreachable(err error) (Notice, bool) {
	why, ok := pacs.Unreachable(err)
	return Notice{Sentence: "The archive cannot be reached.", Reason: why, Key: "R tries again"}, ok
}

func noSpace(err error) (Notice, bool) {
	if errors.Is(err, os.ErrPermission) {
		return Notice{Sentence: "The state directory cannot be written.", Reason: "permission denied"}, true
	}
	return Notice{}, false
}
