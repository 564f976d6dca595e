package transit

import (
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Config is what a TLS connection is made with, for those who pass it on without
// dialling themselves.
type Config = tls.Config

// Identity is whom a peer must prove to be and by what we prove ourselves, named by PEM
// files and pins as a configuration names them. The zero value believes the system's
// authorities and proves nothing.
type Identity struct {
	CA          string   // file of the only authorities that are believed; empty: the system's
	Certificate string   // file of our certificate and what leads to its authority
	Key         string   // file of its key, which only its owner may read; empty: it is in Certificate
	Pins        []string // see ParsePin; one of them must be in the peer's chain; empty: any
}

// TLS is Least for one peer whose certificate names host (empty: the host of each
// request, as net/http fills it in). The files are read now, so that what is wrong with
// them is said at once; ours is read again for every handshake, so that a renewed one is
// used without a restart. Pins hold beside the authorities, never in their place
// (RFC 7469 2.6), and on resumed connections too.
func (i Identity) TLS(host string) (*Config, error) {
	var ca []byte
	var err error
	if i.CA != "" {
		if ca, err = os.ReadFile(i.CA); err != nil {
			return nil, fmt.Errorf("read certificates: %w", err)
		}
	}
	config, err := TLS(host, ca, nil)
	if err != nil || i.CA != "" && len(ca) == 0 {
		return nil, errors.Join(errors.New("the authority's certificate cannot be read"), err)
	}
	if i.Certificate != "" || i.Key != "" {
		if _, err := i.pair(); err != nil {
			return nil, err
		}
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			pair, err := i.pair()
			if err != nil {
				return nil, &IdentityError{err}
			}
			return pair, nil
		}
	}
	if len(i.Pins) > 0 {
		if config.VerifyConnection, err = pinned(i.Pins); err != nil {
			return nil, err
		}
	}
	return config, nil
}

// Empty reports whether nothing is named.
func (i Identity) Empty() bool {
	return i.CA == "" && i.Certificate == "" && i.Key == "" && len(i.Pins) == 0
}

func (i Identity) pair() (*tls.Certificate, error) {
	key := i.Key
	if key == "" {
		key = i.Certificate
	}
	if i.Certificate == "" {
		return nil, errors.New("a key is named and no certificate that it belongs to")
	}
	if err := OnlyOurs(key); err != nil {
		return nil, fmt.Errorf("read the key of our certificate: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(i.Certificate, key)
	if err != nil {
		return nil, fmt.Errorf("read our certificate: %w", err)
	}
	return &pair, nil
}

// ErrOpen says that a file which holds a secret can be read by others.
var ErrOpen = errors.New("others can read this file: chmod 600")

// OnlyOurs returns ErrOpen when others than its owner can read or write the file. On
// Windows the folder's access list keeps them out.
func OnlyOurs(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return ErrOpen
	}
	return nil
}

// PinError says that a peer proved its name and has another key than it should.
type PinError struct{ Host string }

func (e *PinError) Error() string { return "the certificate's key is not the pinned one" }

// IdentityError says that our certificate was asked for and could not be read then.
type IdentityError struct{ err error }

func (e *IdentityError) Error() string { return e.err.Error() }
func (e *IdentityError) Unwrap() error { return e.err }

// ParsePin reads the SHA-256 of a Subject Public Key Info in base64 (RFC 7469 2.4), with
// or without sha256/ or curl's sha256// before it.
func ParsePin(s string) ([sha256.Size]byte, error) {
	s = strings.TrimSpace(s)
	if bare, named := strings.CutPrefix(s, "sha256/"); named {
		s = bare
		if len(s) > base64.StdEncoding.EncodedLen(sha256.Size) {
			s = strings.TrimPrefix(s, "/") // curl's second stroke; a pin itself may begin with one
		}
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil || len(b) != sha256.Size {
		return [sha256.Size]byte{}, errors.New("a pin is the SHA-256 of a public key in base64, 44 characters")
	}
	return [sha256.Size]byte(b), nil
}

// pinned refuses a connection none of whose verified chains holds a pinned key.
func pinned(pins []string) (func(tls.ConnectionState) error, error) {
	var want [][sha256.Size]byte
	for _, p := range pins {
		pin, err := ParsePin(p)
		if err != nil {
			return nil, err
		}
		want = append(want, pin)
	}
	return func(s tls.ConnectionState) error {
		for _, chain := range s.VerifiedChains {
			for _, c := range chain {
				got := sha256.Sum256(c.RawSubjectPublicKeyInfo)
				for _, w := range want {
					if subtle.ConstantTimeCompare(got[:], w[:]) == 1 {
						return nil
					}
				}
			}
		}
		return &PinError{Host: s.ServerName}
	}, nil
}
