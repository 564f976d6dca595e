package pacs

import (
	"errors"
	"net"
)

// Unreachable tells whether err says that nobody answered at all, and why in
// the system's words ("connection refused"). A server that answered and refused
// is a *StatusError instead, and one that shook hands badly answered too: see
// transit.Explain.
func Unreachable(err error) (why string, ok bool) {
	var op *net.OpError
	if errors.As(err, &op) {
		if op.Op == "remote error" || op.Op == "local error" { // a TLS alert (crypto/tls)
			return "", false
		}
		return op.Err.Error(), true
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return "no such host", true
	}
	return "", false
}
