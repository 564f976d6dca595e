package deliver

import (
	"crypto/tls"
	"fmt"
	"os"

	"github.com/nocturne/nocturne/worklist/fhir"
	"github.com/nocturne/nocturne/worklist/hl7"
)

// Files are the PEM files of a connection by TLS; each may be empty.
type Files struct{ CA, Certificate, Key string }

// NewORU is the channel to the receiver at the address, with what the files hold. They
// are read anew for each row, so that a renewed certificate is used at once.
func NewORU(address string, f Files) (ORU, error) {
	ca, pair, err := f.read()
	return ORU{Endpoint: hl7.Endpoint{Address: address, CA: ca, Certificate: pair}}, err
}

// NewFHIR is the channel to the FHIR server, with what the files hold.
func NewFHIR(config fhir.Config, f Files) (FHIR, error) {
	var err error
	if config.CA, config.Certificate, err = f.read(); err != nil {
		return FHIR{}, err
	}
	client, err := fhir.New(config)
	return FHIR{Client: client}, err
}

func (f Files) read() (ca []byte, pair *tls.Certificate, err error) {
	if f.CA != "" {
		if ca, err = os.ReadFile(f.CA); err != nil {
			return nil, nil, fmt.Errorf("read certificates: %w", err)
		}
	}
	if f.Certificate != "" {
		one, err := tls.LoadX509KeyPair(f.Certificate, f.Key)
		if err != nil {
			return nil, nil, fmt.Errorf("read our certificate: %w", err)
		}
		pair = &one
	}
	return ca, pair, nil
}
