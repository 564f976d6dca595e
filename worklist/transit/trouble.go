package transit

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Trouble is why a connection by TLS was not made, in words that can be shown.
type Trouble struct {
	Kind   TroubleKind
	Until  time.Time // Expired: when it ended; NotYet: when it begins
	Issuer string    // common name of who signed it, cleaned; may be empty
	Name   string    // WrongHost: a host that the certificate is for, cleaned; may be empty
}

// TroubleKind is what a reader can do something about.
type TroubleKind int

// The kinds. Those from ClientWanted to ClientUnknown are about our certificate, as the
// other side's alert says (RFC 8446 6.2).
const (
	Expired          TroubleKind = iota + 1
	NotYet                       // is not valid yet: or a clock is wrong
	WrongHost                    // the certificate is another host's
	SelfSigned                   // nobody vouches for it but itself
	UnknownAuthority             // who vouches for it is not believed
	Unfit                        // signed by a weak method, or not for servers
	WrongPin                     // trusted, and not the pinned key
	ClientWanted                 // the other side wants our certificate and got none
	ClientRefused                // it does not accept ours
	ClientExpired                // ours has ended
	ClientUnknown                // it does not know who signed ours
	ClientUnreadable             // ours cannot be read here
	TooOld                       // no version or cipher that both accept
	NotTLS                       // plain text where TLS is due
)

// TLSTrouble tells why TLS failed; ok is false when err says something else.
func TLSTrouble(err error) (t Trouble, ok bool) {
	var pin *PinError
	var own *IdentityError
	var cert *tls.CertificateVerificationError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	var op *net.OpError
	switch {
	case errors.As(err, &pin):
		return Trouble{Kind: WrongPin}, true
	case errors.As(err, &own):
		return Trouble{Kind: ClientUnreadable}, true
	case errors.As(err, &cert):
		return verification(cert), true
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return Trouble{Kind: NotTLS}, true
	case errors.As(err, &alert):
		return byAlert(uint8(alert))
	case errors.As(err, &op) && op.Op == "remote error":
		return byText(op.Err.Error())
	case err != nil && strings.Contains(err.Error(), "tls: "):
		return byText(err.Error())
	}
	return Trouble{}, false
}

// verification is what is wrong with the other side's certificate.
func verification(e *tls.CertificateVerificationError) Trouble {
	var t Trouble
	if len(e.UnverifiedCertificates) > 0 {
		t.Issuer = shown(e.UnverifiedCertificates[0].Issuer.CommonName)
	}
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(e, &host):
		t.Kind = WrongHost
		if host.Certificate != nil && len(host.Certificate.DNSNames) > 0 {
			t.Name = shown(host.Certificate.DNSNames[0])
		}
	case errors.As(e, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		t.Kind, t.Until = Expired, invalid.Cert.NotAfter
		if time.Now().Before(invalid.Cert.NotAfter) {
			t.Kind, t.Until = NotYet, invalid.Cert.NotBefore
		}
	case errors.As(e, &unknown):
		t.Kind = UnknownAuthority
		if c := unknown.Cert; c != nil && len(e.UnverifiedCertificates) == 1 && string(c.RawIssuer) == string(c.RawSubject) {
			t.Kind = SelfSigned
		}
	default:
		t.Kind = Unfit
	}
	return t
}

// alerts are those that say something of our certificate or of the version (RFC 8446
// B.2, RFC 5246 A.3). handshake_failure is how TLS 1.2 says both.
var alerts = map[uint8]TroubleKind{
	40: TooOld, 42: ClientRefused, 43: ClientRefused, 44: ClientRefused, 45: ClientExpired, 46: ClientRefused,
	48: ClientUnknown, 49: ClientRefused, 70: TooOld, 71: TooOld, 116: ClientWanted,
}

func byAlert(code uint8) (Trouble, bool) {
	k, ok := alerts[code]
	return Trouble{Kind: k}, ok
}

// texts are the words of crypto/tls where it has no type.
var texts = []struct {
	text string
	kind TroubleKind
}{
	{"certificate required", ClientWanted}, {"expired certificate", ClientExpired}, {"unknown certificate authority", ClientUnknown},
	{"bad certificate", ClientRefused}, {"unsupported certificate", ClientRefused}, {"revoked certificate", ClientRefused},
	{"unknown certificate", ClientRefused}, {"access denied", ClientRefused},
	{"protocol version not supported", TooOld}, {"unsupported protocol version", TooOld}, {"insufficient security", TooOld},
	{"handshake failure", TooOld}, {"unsupported versions", TooOld}, {"unconfigured cipher suite", TooOld},
	{"first record does not look like a TLS handshake", NotTLS}, {"server gave HTTP response", NotTLS},
}

func byText(s string) (Trouble, bool) {
	for _, t := range texts {
		if strings.Contains(s, t.text) {
			return Trouble{Kind: t.kind}, true
		}
	}
	return Trouble{}, false
}

// shown is a name out of a stranger's certificate, as it may be printed.
func shown(s string) string {
	r := []rune(strings.Join(strings.Fields(dicom.Clean(s)), " "))
	return string(r[:min(len(r), 64)])
}
