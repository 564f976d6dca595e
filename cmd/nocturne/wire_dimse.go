package main

import (
	"fmt"
	"strings"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/route"
)

// dimseScheme begins the addresses of DIMSE destinations that outbox rows and claims
// carry: dimse://CALLEDAE@host:port.
const dimseScheme = "dimse://"

// dimseURL is the address of the site's DIMSE side; "" where it has none.
func (s SiteConfig) dimseURL() string {
	if s.DIMSE == "" {
		return ""
	}
	return dimseScheme + s.CalledAE + "@" + s.DIMSE
}

// objectsAt is where the site takes objects, worklistAt where its worklist is.
func (s SiteConfig) objectsAt() string {
	if s.DICOMweb != "" {
		return s.DICOMweb
	}
	return s.dimseURL()
}

func (s SiteConfig) worklistAt() string {
	if s.UPS == "" && s.DIMSEUPS {
		return s.dimseURL()
	}
	return s.UPS
}

// dimseWay adds the site's way by DIMSE, where one is configured.
func (env *environment) dimseWay(o *openSite) error {
	if o.config.DIMSE == "" {
		return nil
	}
	client, err := env.dimseClient(o.config)
	if err != nil {
		return fmt.Errorf("site %s: %w", o.config.Name, err)
	}
	o.dimse = client
	o.ways = append(o.ways, route.Way{Name: "DIMSE", Archive: client})
	return nil
}

// destination speaks to a site at the addresses that an outbox row carries. Clients
// that are open are used again.
func (h *house) destination(env *environment, site SiteConfig, address, worklist string) (a pacs.Archive, w pacs.Workitems, err error) {
	byDIMSE := func(address string) (*dimse.Client, error) {
		if o := h.sites[site.Name]; o != nil && o.dimse != nil && address == site.dimseURL() {
			return o.dimse, nil
		}
		ae, host, _ := strings.Cut(strings.TrimPrefix(address, dimseScheme), "@")
		return env.dimseTo(site, host, ae)
	}
	if !strings.HasPrefix(address, dimseScheme) {
		ups := worklist
		if strings.HasPrefix(worklist, dimseScheme) {
			ups = ""
		}
		client, err := env.client(site, address, ups)
		if err != nil {
			return nil, nil, err
		}
		a, w = client, client.Workitems()
	} else if a, err = byDIMSE(address); err != nil {
		return nil, nil, err
	}
	switch {
	case w != nil || worklist == "":
	case strings.HasPrefix(worklist, dimseScheme):
		client, err := byDIMSE(worklist)
		if err != nil {
			return nil, nil, err
		}
		w = client.Workitems()
	default:
		client, err := env.client(site, worklist, worklist)
		if err != nil {
			return nil, nil, err
		}
		w = client.Workitems()
	}
	return a, w, nil
}
