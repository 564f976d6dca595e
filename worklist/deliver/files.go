package deliver

import (
	"github.com/nocturne/nocturne/worklist/fhir"
	"github.com/nocturne/nocturne/worklist/hl7"
	"github.com/nocturne/nocturne/worklist/transit"
)

// NewORU is the channel to the receiver at the address, by TLS as the identity says,
// whose files are read anew for each row.
func NewORU(address string, i transit.Identity) (ORU, error) {
	config, err := i.TLS("")
	return ORU{Endpoint: hl7.Endpoint{Address: address, TLS: config}}, err
}

// NewFHIR is the channel to the FHIR server, likewise.
func NewFHIR(config fhir.Config, i transit.Identity) (FHIR, error) {
	var err error
	if config.TLS, err = i.TLS(""); err != nil {
		return FHIR{}, err
	}
	client, err := fhir.New(config)
	return FHIR{Client: client}, err
}
