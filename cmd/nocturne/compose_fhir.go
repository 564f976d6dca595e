package main

import (
	"context"
	"fmt"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/fhir"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/paper"
)

// bundles are what the site's FHIR server gets: the report, and in a transaction of
// their own the critical results and the follow-ups, where there are any.
func bundles(site SiteConfig, rel report.Release) []reading.Parcel {
	p := reading.Parcel{Channel: ledger.FHIR, Address: site.FHIR, Kind: ledger.KindFHIR, Required: site.required(ledger.KindFHIR)}
	wrong := func(err error) []reading.Parcel {
		p.Wrong = fmt.Sprintf("%s could not be made: %v", deliver.Noun(p.Kind), err)
		return []reading.Parcel{p}
	}
	page, err := paper.PDF(rel)
	if err != nil {
		return wrong(err)
	}
	o := fhir.Options{PatientSystem: site.PatientSystem, AccessionSystem: site.AccessionSystem, DICOMweb: site.DICOMweb, PDF: page}
	d, err := fhir.Report(rel, o)
	if err != nil {
		return wrong(err)
	}
	events, told, err := fhir.Events(rel, o)
	if err != nil {
		return wrong(err)
	}
	p.Control, p.Bytes = d.Control, d.Bytes
	out := []reading.Parcel{p}
	if told {
		p.Control, p.Bytes = events.Control, events.Bytes
		out = append(out, p)
	}
	return out
}

// fhir is the channel to a FHIR server. The site's token goes to the site's server of
// now and to no other that a row may still name.
func (h *house) fhir(env *environment, site SiteConfig, address string) (deliver.Channel, error) {
	config := fhir.Config{Name: site.Name, BaseURL: address}
	if address == site.FHIR && site.FHIRTokenEnv != "" {
		config.Login = func(context.Context) (dicomweb.Login, error) {
			return dicomweb.Login{Bearer: env.Getenv(site.FHIRTokenEnv)}, nil
		}
	}
	return deliver.NewFHIR(config, site.fhirIdentity())
}
