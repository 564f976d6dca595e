package deliver

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"testing"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/pacs/token"
	"github.com/nocturne/nocturne/worklist/transit"
)

func TestAReportThatWaitsForALoginOrACertificateSaysSo(t *testing.T) {
	bad := &tls.CertificateVerificationError{Err: x509.CertificateInvalidError{Reason: x509.Expired}}
	for _, c := range []struct {
		err  error
		want string
	}{
		{&token.NeededError{Site: "NORTH"}, "NORTH wants a login: nocturne login --site NORTH"},
		{bad, "NORTH: the other side's certificate has expired, or is not valid yet"},
		{transit.Explain(bad), "NORTH: the other side's certificate has expired, or is not valid yet"},
		{transit.ErrCertificateAsked, "NORTH: the other side wants a certificate of ours"},
		{&transit.PinError{}, "NORTH: the certificate's key is not the pinned one"},
	} {
		if got := reason(ledger.OutboxRow{Site: "NORTH"}, fmt.Errorf("store: %w", c.err)); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
