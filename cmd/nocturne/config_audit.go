package main

import (
	"errors"

	"github.com/nocturne/nocturne/worklist/syslog"
	"github.com/nocturne/nocturne/worklist/transit"
)

// AuditConfig is a receiver of the audit log: syslog over TLS (RFC 5425), as PS3.15 A.6
// has it.
type AuditConfig struct {
	Address string   `toml:"address" doc:"host:port of a syslog receiver with TLS; without a port 6514"`
	CA      string   `toml:"ca_file" doc:"certificates of the only authorities that are believed (PEM); empty: the system's"`
	Cert    string   `toml:"client_cert_file" doc:"our certificate for the receiver (PEM)"`
	Key     string   `toml:"client_key_file" doc:"file with its key (PEM, mode 0600)"`
	Pins    []string `toml:"pin_sha256" doc:"SHA-256 of public keys, one of which the receiver's certificates must hold"`
}

var errAuditAddress = errors.New("audit: address is host:port, or a host")

func (c AuditConfig) check() error {
	if _, err := syslog.Host(c.Address); err != nil {
		return errAuditAddress
	}
	for _, p := range c.Pins {
		if _, err := transit.ParsePin(p); err != nil {
			return err
		}
	}
	return nil
}

func (c AuditConfig) identity() transit.Identity {
	return transit.Identity{CA: c.CA, Certificate: c.Cert, Key: c.Key, Pins: c.Pins}
}
