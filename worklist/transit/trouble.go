package transit

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
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
	NotTLS                       // the other side speaks plain text where TLS is due
	TLSWanted                    // we speak plain text where TLS is due
)

// TLSTrouble tells why TLS failed, with what of it can be shown; it knows what Explain
// found and what it was not asked about. ok is false when err says something else.
func TLSTrouble(err error) (t Trouble, ok bool) {
	var pin *PinError
	var own *IdentityError
	var cert *tls.CertificateVerificationError
	switch {
	case err == nil:
		return Trouble{}, false
	case errors.As(err, &pin):
		return Trouble{Kind: WrongPin}, true
	case errors.As(err, &own):
		return Trouble{Kind: ClientUnreadable}, true
	case errors.As(err, &cert):
		return verification(cert), true
	case errors.Is(err, ErrCertificateAsked):
		return Trouble{Kind: ClientWanted}, true
	case errors.Is(err, ErrTLSWanted):
		return Trouble{Kind: TLSWanted}, true
	case errors.Is(err, ErrNotTLS) || errors.Is(says(err), ErrNotTLS) || errors.Is(err, http.ErrSchemeMismatch):
		return Trouble{Kind: NotTLS}, true
	}
	if code, came := alertOf(err); came {
		k, known := alerts[code]
		return Trouble{Kind: k}, known
	}
	return byText(err.Error())
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

// texts are the words of crypto/tls where it has no type.
var texts = []struct {
	text string
	kind TroubleKind
}{
	{"tls: server selected unsupported protocol version", TooOld}, {"tls: no supported versions", TooOld},
	{"tls: server chose an unconfigured cipher suite", TooOld}, {ErrNoCommonTLS.Error(), TooOld},
	{ErrOurCertificate.Error(), ClientRefused}, {"server gave HTTP response", NotTLS},
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
