package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"time"

	"github.com/nocturne/nocturne/ui/reading"
	"github.com/nocturne/nocturne/worklist/ahead"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/fetch"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/route"
)

// openSite is one configured site: its archive by every way that it has.
type openSite struct {
	reading.Site
	config SiteConfig
	web    *dicomweb.Client // nil: not by DICOMweb
	dimse  *dimse.Client    // nil: not by DIMSE
	ways   []route.Way
	routed *route.Archive // nil: there is only one way
}

// openSite makes the clients of a site; it sends nothing.
func (env *environment) openSite(s SiteConfig) (*openSite, error) {
	o := &openSite{config: s}
	if s.DICOMweb != "" {
		client, err := env.client(s, s.DICOMweb, s.UPS)
		if err != nil {
			return nil, err
		}
		o.web = client
		o.ways = append(o.ways, route.Way{Name: "DICOMweb", Archive: client})
	}
	if err := env.dimseWay(o); err != nil {
		return nil, err
	}
	var archive pacs.Archive
	switch len(o.ways) {
	case 0:
		return nil, fmt.Errorf("site %s: %w", s.Name, errNoWay)
	case 1:
		archive = o.ways[0].Archive
	default:
		o.routed = route.New(env.known(s).Ways, o.ways...)
		archive = o.routed
	}
	workitems, err := env.worklistOf(o)
	o.Site = reading.Site{DICOMwebURL: s.objectsAt(), UPSURL: s.worklistAt(),
		Site: feed.Site{Name: s.Name, Archive: archive, Workitems: workitems, AllStudies: s.AllStudies, Phone: s.Phone, Watchers: watchers(archive)}}
	return o, err
}

// worklistOf is the site's worklist; nil where it keeps none.
func (env *environment) worklistOf(o *openSite) (pacs.Workitems, error) {
	switch s := o.config; {
	case s.UPS != "" && o.web != nil:
		return o.web.Workitems(), nil
	case s.UPS != "":
		client, err := env.client(s, s.UPS, s.UPS)
		if err != nil {
			return nil, err
		}
		return client.Workitems(), nil
	case s.DIMSEUPS && o.dimse != nil:
		return o.dimse.Workitems(), nil
	}
	return nil, nil
}

// closeSites gives connections back, and does not wait long for servers to say so.
func (h *house) closeSites() {
	var all sync.WaitGroup
	for _, o := range h.sites {
		all.Go(func() {
			if o.web != nil {
				o.web.Close()
			}
			if o.dimse != nil {
				o.dimse.Close()
			}
		})
	}
	done := make(chan struct{})
	go func() {
		all.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
	}
}

var errNoWay = errors.New("no address: set dicomweb or dimse in config.toml")

// siteMemory is what earlier runs learned of the sites, by name: how their servers
// differ and how fast each way is. It holds nothing of a patient and no address. A
// file that cannot be read is as good as none.
type siteMemory struct {
	Of    string              `json:"of"` // a mark of its addresses: another server is another site
	Found *dicomweb.Found     `json:"found,omitempty"`
	Ways  []route.Measurement `json:"ways,omitempty"`
	Link  *fetch.Link         `json:"link,omitempty"`
	Ahead *ahead.Line         `json:"ahead,omitempty"`
}

// mark tells the same addresses from others without naming them.
func (s SiteConfig) mark() string {
	sum := sha256.Sum256([]byte(s.Name + "\x00" + s.DICOMweb + "\x00" + s.UPS + "\x00" + s.dimseURL()))
	return hex.EncodeToString(sum[:6])
}

// known is what earlier runs learned of a site.
func (env *environment) known(s SiteConfig) siteMemory {
	if m := env.siteMemory()[s.Name]; m.Of == s.mark() {
		return m
	}
	return siteMemory{}
}

func (env *environment) siteMemoryFile() string { return filepath.Join(env.Home, "sites.json") }

func (env *environment) siteMemory() map[string]siteMemory {
	out := map[string]siteMemory{}
	if b, err := os.ReadFile(env.siteMemoryFile()); err != nil || json.Unmarshal(b, &out) != nil {
		return map[string]siteMemory{}
	}
	return out
}

// recall takes up what is known of a site, and says when its ways change.
func (h *house) recall(env *environment, o *openSite) {
	if l := env.known(o.config).Link; l != nil {
		h.room.Fetch.Recall(o.Archive, *l)
	}
	if o.routed == nil {
		return
	}
	o.routed.Fell = func(e *route.FellError) {
		select {
		case h.failed <- e:
		default:
		}
	}
}

// remember writes what this run learned of the sites, where it learned anything.
func (h *house) remember(env *environment) error {
	all, before := env.siteMemory(), env.siteMemory()
	for name, o := range h.sites {
		m := siteMemory{Of: o.config.mark()}
		if o.web != nil {
			if f := o.web.Found(); len(f.Rows) > 0 {
				m.Found = &f
			}
		}
		if o.routed != nil {
			m.Ways = o.routed.Measured()
		}
		if l, ok := h.room.Fetch.Learned(o.Archive); ok {
			m.Link = &l
		} else if was := before[name]; was.Of == m.Of {
			m.Link = was.Link
		}
		if l, ok := h.room.Ahead.Learned(name); ok {
			m.Ahead = &l
		}
		if m.Found != nil || m.Ways != nil || m.Link != nil || m.Ahead != nil {
			all[name] = m
		}
	}
	if reflect.DeepEqual(all, before) {
		return nil
	}
	b, err := json.MarshalIndent(all, "", "  ")
	if err == nil {
		err = writeWhole(env.siteMemoryFile(), b)
	}
	if err != nil {
		return fmt.Errorf("note what sites are like: %w", err)
	}
	return nil
}

// writeWhole replaces a file of the home in one step.
func writeWhole(path string, b []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".sites-")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(b)
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
