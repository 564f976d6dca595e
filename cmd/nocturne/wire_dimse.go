package main

import (
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/route"
)

// dimseWay adds the site's way by DIMSE, where one is configured, and its worklist
// where DICOMweb has none.
func (env *environment) dimseWay(o *openSite, workitems *pacs.Workitems) error {
	if o.config.DIMSE == "" {
		return nil
	}
	client, err := env.dimseClient(o.config)
	if err != nil {
		return err
	}
	if *workitems == nil && o.config.DIMSEUPS {
		*workitems = client.Workitems()
	}
	o.ways = append(o.ways, route.Way{Name: "DIMSE", Archive: client})
	return nil
}
