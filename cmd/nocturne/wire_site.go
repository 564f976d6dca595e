package main

import (
	"context"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
)

// client speaks DICOMweb to a site, at these addresses of it.
func (env *environment) client(s SiteConfig, dicomWeb, upsURL string) (*dicomweb.Client, error) {
	config, wrong := env.tlsConfig(s, "") // a file that cannot be read is this site's trouble, not everybody's
	login, renew := env.credentials(s, dicomWeb, upsURL)
	if wrong != nil {
		login, renew = func(context.Context) (dicomweb.Login, error) { return dicomweb.Login{}, wrong }, nil
	}
	known := dicomweb.Found{}
	if f := env.known(s).Found; f != nil && dicomWeb == s.DICOMweb {
		known = *f
	}
	return dicomweb.New(dicomweb.Config{Name: s.Name, BaseURL: dicomWeb, UPSURL: upsURL, AETitle: env.aeTitle(), TLS: config, Login: login, Renew: renew,
		Found: known, Decodes: decodes})
}

// decodes tells which compressed transfer syntaxes can be shown here.
func decodes(syntax dicom.UID) bool {
	_, ok := pixel.Decoders[syntax]
	return ok
}
