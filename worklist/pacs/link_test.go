package pacs

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"testing"
)

func TestUnreachableIsWhoeverDoesNotAnswerAndNotWhoRefuses(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	var d net.Dialer
	_, err = d.DialContext(t.Context(), "tcp", l.Addr().String())
	if why, ok := Unreachable(fmt.Errorf("connect: %w", err)); !ok || why == "" {
		t.Errorf("a closed port: %q, %v of %v", why, ok, err)
	}
	for name, answered := range map[string]error{
		"an alert of TLS": &net.OpError{Op: "remote error", Err: tls.AlertError(116)},
		"a status":        &StatusError{Code: 503},
		"a context's end": context.Canceled,
		"a cut answer":    ErrTruncated,
	} {
		if why, ok := Unreachable(answered); ok {
			t.Errorf("%s is taken for nobody there (%s)", name, why)
		}
	}
}
