// Package transit says what a connection that carries a patient's data must be: one
// answer for every protocol.
package transit

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
)

// Least is PS3.15 B.12 (BCP 195, RFC 9325): TLS 1.2 with forward secrecy and AEAD, or
// better; the other side is always verified.
func Least() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, CipherSuites: []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}}
}

// TLS is Least for one peer: its certificate is checked against name, by the authorities
// of ca (PEM) alone, or by the system's where ca is empty. certificate, if not nil,
// proves who we are.
func TLS(name string, ca []byte, certificate *tls.Certificate) (*tls.Config, error) {
	config := Least()
	config.ServerName = name
	if certificate != nil {
		config.Certificates = []tls.Certificate{*certificate}
	}
	if len(ca) > 0 {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(ca) {
			return nil, errors.New("the authority's certificate cannot be read")
		}
	}
	return config, nil
}
