package dicomweb

import (
	"bytes"
	"io"
	"net/http"
	"strings"

	"github.com/nocturne/nocturne/worklist/transit"
)

// aboutTLS is what servers say in a page of their own, beyond the handshake, because
// there HTTP has no word for it: nginx (its 495, 496 and 497 leave as 400), Apache, Go.
func aboutTLS(resp *http.Response) error {
	kind := resp.Header.Get("Content-Type")
	if resp.StatusCode != http.StatusBadRequest || kind != "" && !strings.HasPrefix(kind, "text/") {
		return nil
	}
	page, _ := io.ReadAll(io.LimitReader(resp.Body, 2<<10))
	for _, p := range pages {
		if bytes.Contains(page, []byte(p.words)) {
			return p.says
		}
	}
	return nil
}

var pages = []struct {
	words string
	says  error
}{
	{"plain HTTP request was sent to HTTPS port", transit.ErrTLSWanted},
	{"sent an HTTP request to an HTTPS server", transit.ErrTLSWanted},
	{"speaking plain HTTP to an SSL-enabled server port", transit.ErrTLSWanted},
	{"No required SSL certificate was sent", transit.ErrCertificateAsked},
	{"The SSL certificate error", transit.ErrOurCertificate},
}
