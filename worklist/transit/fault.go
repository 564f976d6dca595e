package transit

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"reflect"
)

// Why a TLS connection did not come about, in a reader's words. Explain finds them.
var (
	ErrExpired          = errors.New("the other side's certificate has expired, or is not valid yet")
	ErrWrongHost        = errors.New("the other side's certificate is that of another host")
	ErrUnknownAuthority = errors.New("the other side's certificate is signed by nobody we believe")
	ErrCertificate      = errors.New("the other side's certificate is not good for this")
	ErrCertificateAsked = errors.New("the other side wants a certificate of ours")
	ErrOurCertificate   = errors.New("the other side does not accept our certificate")
	ErrNoCertificate    = errors.New("the other side showed no certificate")
	ErrNoCommonTLS      = errors.New("there is no version and cipher of TLS that both sides allow")
	ErrNotTLS           = errors.New("the other side does not speak TLS")
	ErrTLSWanted        = errors.New("the other side speaks TLS alone here")
)

// fault is a sentence of above with what the library said.
type fault struct{ says, err error }

func (f *fault) Error() string   { return f.says.Error() }
func (f *fault) Unwrap() []error { return []error{f.says, f.err} }

// Explain turns an error of crypto/tls into one that is one of the above
// (errors.Is) and whose text is its sentence; any other error stays as it is.
func Explain(err error) error {
	if says := says(err); says != nil {
		return &fault{says, err}
	}
	return err
}

// Sentence is what Explain would say of err or of what it wraps; "" where it is not TLS
// that failed.
func Sentence(err error) string {
	var known *fault
	var pin *PinError
	switch {
	case errors.As(err, &pin):
		return pin.Error()
	case errors.As(err, &known):
		return known.Error()
	}
	if e := says(err); e != nil {
		return e.Error()
	}
	for _, e := range []error{ErrTLSWanted, ErrCertificateAsked, ErrOurCertificate} { // said in a page
		if errors.Is(err, e) {
			return e.Error()
		}
	}
	return ""
}

func says(err error) error {
	var known *fault
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var bad x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	var head tls.RecordHeaderError
	switch {
	case err == nil || errors.As(err, &known):
		return nil
	case errors.As(err, &host):
		return ErrWrongHost
	case errors.As(err, &authority):
		return ErrUnknownAuthority
	case errors.As(err, &bad) && bad.Reason == x509.Expired:
		return ErrExpired
	case errors.As(err, &bad) || errors.As(err, &verify):
		return ErrCertificate
	case errors.As(err, &head):
		return ErrNotTLS
	}
	return byAlert(err)
}

// alertOf reads the alert (RFC 8446 6.2) that came. The library hides its number in an
// unexported type of a byte.
func alertOf(err error) (code uint8, ok bool) {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" && reflect.ValueOf(op.Err).Kind() == reflect.Uint8 {
		return uint8(reflect.ValueOf(op.Err).Uint()), true
	}
	return 0, false
}

func byAlert(err error) error {
	if code, ok := alertOf(err); ok {
		switch alerts[code] {
		case ClientWanted:
			return ErrCertificateAsked
		case ClientRefused, ClientExpired, ClientUnknown:
			return ErrOurCertificate
		case TooOld:
			return ErrNoCommonTLS
		}
	}
	if err.Error() == "tls: client didn't provide a certificate" {
		return ErrNoCertificate
	}
	return nil
}

// Client shakes hands as the client of conn. What goes wrong later, until the other
// side has said its first word, is to be asked of explain as well: under TLS 1.3 a
// server refuses a missing certificate only then.
func Client(ctx context.Context, conn net.Conn, config *tls.Config) (secure *tls.Conn, explain func(error) error, err error) {
	config = config.Clone()
	asked, shown := false, false // written and read by who shakes hands
	choose := config.GetClientCertificate
	if choose == nil {
		choose = suitable(config.Certificates)
	}
	config.GetClientCertificate = func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		c, err := choose(info)
		asked, shown = err == nil, c != nil && len(c.Certificate) > 0 // an error of ours is none of theirs
		return c, err
	}
	explain = func(err error) error {
		theirs := says(err)
		if err != nil && asked && !shown && (theirs == nil || theirs == ErrOurCertificate || theirs == ErrNoCommonTLS) && !ended(ctx, err) {
			return &fault{ErrCertificateAsked, err} // whatever it said: that is what it lacked
		}
		return Explain(err)
	}
	secure = tls.Client(conn, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		return nil, nil, explain(err)
	}
	return secure, explain, nil
}

func ended(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// suitable chooses as crypto/tls does from a list.
func suitable(list []tls.Certificate) func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return func(info *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		for i := range list {
			if info.SupportsCertificate(&list[i]) == nil {
				return &list[i], nil
			}
		}
		return &tls.Certificate{}, nil
	}
}
