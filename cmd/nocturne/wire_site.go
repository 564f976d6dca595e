package main

import (
	"context"

	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
)

// client speaks DICOMweb to a site, at these addresses of it.
func (env *environment) client(s SiteConfig, dicomWeb, upsURL string) (*dicomweb.Client, error) {
	return dicomweb.New(dicomweb.Config{Name: s.Name, BaseURL: dicomWeb, UPSURL: upsURL,
		Login: func(context.Context) (dicomweb.Login, error) {
			password, err := s.password(env.Getenv)
			return dicomweb.Login{User: s.User, Password: password}, err
		}})
}
