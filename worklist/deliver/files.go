package deliver

import (
	"crypto/tls"
	"fmt"
	"os"

	"github.com/nocturne/nocturne/worklist/hl7"
)

// Files are the PEM files of a connection by TLS; each may be empty.
type Files struct{ CA, Certificate, Key string }

// NewORU is the channel to the receiver at the address, with what the files hold. They
// are read anew for each row, so that a renewed certificate is used at once.
func NewORU(address string, f Files) (ORU, error) {
	e := hl7.Endpoint{Address: address}
	var err error
	if f.CA != "" {
		if e.CA, err = os.ReadFile(f.CA); err != nil {
			return ORU{}, fmt.Errorf("read certificates: %w", err)
		}
	}
	if f.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
		if err != nil {
			return ORU{}, fmt.Errorf("read our certificate: %w", err)
		}
		e.Certificate = &pair
	}
	return ORU{Endpoint: e}, nil
}
