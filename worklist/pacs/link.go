package pacs

import (
	"errors"
	"net"
)

// Unreachable tells whether err says that nobody answered at all, and why in
// the system's words ("connection refused"). A server that answered and refused
// is a *StatusError instead.
func Unreachable(err error) (why string, ok bool) {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err.Error(), true
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return "no such host", true
	}
	return "", false
}
