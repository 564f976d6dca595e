package main

import (
	"context"

	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
)

// client speaks DICOMweb to a site, at these addresses of it.
func (env *environment) client(s SiteConfig, dicomWeb, upsURL string) (*dicomweb.Client, error) {
	config, wrong := env.tlsConfig(s, "") // a file that cannot be read is this site's trouble, not everybody's
	return dicomweb.New(dicomweb.Config{Name: s.Name, BaseURL: dicomWeb, UPSURL: upsURL, AETitle: env.aeTitle(), TLS: config,
		Login: func(context.Context) (dicomweb.Login, error) {
			if wrong != nil {
				return dicomweb.Login{}, wrong
			}
			password, err := s.password(env.Getenv)
			return dicomweb.Login{User: s.User, Password: password}, err
		}})
}
