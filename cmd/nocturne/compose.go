package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/deliver"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/hl7"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/paper"
)

// compose makes what the row's site gets of a signed report besides its SR. What cannot
// be made is a parcel that says so.
func (h *house) compose(ctx context.Context, row feed.Row, rel report.Release) []reading.Parcel {
	site := h.site(row.Site)
	out := h.archived(ctx, site, rel)
	if site.HL7 != "" {
		out = append(out, h.message(site, rel))
	}
	if site.FHIR != "" {
		out = append(out, bundles(site, rel)...)
	}
	return out
}

// site is the configuration of a site by name; one that is configured no more has its
// name and the defaults.
func (h *house) site(name string) SiteConfig {
	for _, s := range h.config.Sites {
		if s.Name == name {
			return s
		}
	}
	return SiteConfig{Name: name}
}

// archived are the objects that the site's archive gets.
func (h *house) archived(ctx context.Context, site SiteConfig, rel report.Release) (out []reading.Parcel) {
	wants := slices.DeleteFunc(slices.Clone(site.objects()), func(kind string) bool { return kind == ledger.KindSR })
	if len(wants) == 0 {
		return nil
	}
	made, wrong := h.objectsWith(ctx, rel, func(k report.ObjectKind) bool { return slices.Contains(wants, string(k)) })
	for _, o := range made {
		if kind := string(o.Kind); slices.Contains(wants, kind) {
			out = append(out, reading.Parcel{Channel: ledger.DICOM, Kind: kind, Control: o.SOPInstanceUID, Bytes: o.Bytes, Required: site.required(kind)})
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(wrong)) {
		if k := string(kind); slices.Contains(wants, k) {
			out = append(out, reading.Parcel{Channel: ledger.DICOM, Kind: k, Required: site.required(k),
				Wrong: fmt.Sprintf("%s could not be made: %v", deliver.Noun(k), wrong[kind])})
		}
	}
	return out
}

// message is the HL7 result.
func (h *house) message(site SiteConfig, rel report.Release) reading.Parcel {
	p := reading.Parcel{Channel: ledger.HL7, Address: site.HL7, Kind: ledger.KindORU, Required: site.required(ledger.KindORU)}
	to, facility, _ := strings.Cut(site.HL7To, "|")
	o := hl7.Options{From: hl7.Party{Application: "NOCTURNE", Facility: rel.Facility},
		To: hl7.Party{Application: to, Facility: facility}, Authority: site.Authority}
	var err error
	if site.HL7PDF {
		if o.PDF, err = paper.PDF(rel); err != nil {
			p.Wrong = fmt.Sprintf("%s could not be made: %v", deliver.Noun(p.Kind), err)
			return p
		}
	}
	bytes, control, err := hl7.ORU(rel, o)
	if err != nil {
		p.Wrong = err.Error()
		return p
	}
	p.Bytes, p.Control = bytes, control
	return p
}

// dial reaches an outbox row's destination by the addresses it carries; credentials
// are those of the configured site of that name.
func (h *house) dial(env *environment) func(ledger.OutboxRow) (deliver.Destination, error) {
	return func(row ledger.OutboxRow) (deliver.Destination, error) {
		site := h.site(row.Site)
		switch row.Channel {
		case ledger.DICOM:
			archive, workitems, err := h.destination(env, site, row.Address, row.UPSURL)
			if err != nil {
				return deliver.Destination{}, err
			}
			return deliver.Destination{Channel: deliver.DICOM{Archive: archive}, Workitems: workitems}, nil
		case ledger.HL7:
			oru, err := deliver.NewORU(row.Address, site.hl7Identity())
			oru.Endpoint.CommitOnly = site.HL7CommitOnly
			return deliver.Destination{Channel: oru}, err
		case ledger.FHIR:
			channel, err := h.fhir(env, site, row.Address)
			return deliver.Destination{Channel: channel}, err
		}
		return deliver.Destination{}, fmt.Errorf("no way to a destination of kind %q", row.Channel)
	}
}
