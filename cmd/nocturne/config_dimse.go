package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// DIMSEConfig is a site's archive as it is reached by DIMSE. Authorities and our
// certificate are those of LoginConfig.
type DIMSEConfig struct {
	DIMSE        string   `toml:"dimse" doc:"host:port of the archive's DIMSE side (C-FIND, C-GET, C-MOVE, C-STORE); empty: DICOMweb alone"`
	CalledAE     string   `toml:"called_ae" doc:"the archive's AE title"`
	CallingAE    string   `toml:"calling_ae" doc:"ours, as the archive knows it; empty: NOCTURNE"`
	DIMSETLS     bool     `toml:"dimse_tls" doc:"associations are encrypted (PS3.15 B.12): ca_file, client_cert_file, client_key_file and pin_sha256 hold for them too"`
	DIMSELogin   bool     `toml:"dimse_login" doc:"user and password are told in associations (PS3.7 D.3.3.7); only with dimse_tls"`
	DIMSEUPS     bool     `toml:"dimse_ups" doc:"the archive keeps a worklist by DIMSE (UPS); where ups is set, that one is used"`
	Listen       string   `toml:"listen" doc:"host:port where we take what the archive sends by itself: C-MOVE, storage commitment; empty: nowhere"`
	Associations int      `toml:"associations" doc:"how many associations may be open at once; 0: 6"`
	Move         bool     `toml:"retrieve_by_move" doc:"retrieve by C-MOVE at once, for an archive without C-GET; needs listen"`
	PatientRoot  bool     `toml:"patient_root" doc:"the archive knows the patient root information model alone"`
	Stored       bool     `toml:"retrieve_compressed" doc:"ask for compressed images alone first, for an archive that decompresses whatever it holds"`
	Charset      []string `toml:"charset" doc:"character set of text that comes without one, by its term in DICOM: [\"ISO_IR 192\"], [\"ISO_IR 100\"]"`
	MWL          string   `toml:"mwl" doc:"host:port of a modality worklist, which tells why an examination was asked for; empty: none"`
	MWLAE        string   `toml:"mwl_ae" doc:"its AE title; empty: called_ae"`
}

var (
	errDIMSEAddress = errors.New("dimse, listen and mwl are host:port")
	errDIMSETitle   = errors.New("called_ae, calling_ae and mwl_ae are AE titles of 1 to 16 characters; dimse needs called_ae")
	errDIMSELogin   = errors.New("dimse_login needs dimse_tls: a password is not sent in the clear")
	errDIMSEMove    = errors.New("retrieve_by_move needs listen")
)

func (c DIMSEConfig) check() error {
	for _, a := range []string{c.DIMSE, c.Listen, c.MWL} {
		if _, err := dimse.Host(a); a != "" && err != nil {
			return errDIMSEAddress
		}
	}
	for _, ae := range []string{c.CalledAE, c.CallingAE, c.MWLAE} {
		if len(ae) > 16 {
			return errDIMSETitle
		}
	}
	switch {
	case c.DIMSE != "" && c.CalledAE == "", c.MWL != "" && c.MWLAE == "" && c.CalledAE == "":
		return errDIMSETitle
	case c.DIMSELogin && !c.DIMSETLS:
		return errDIMSELogin
	case c.Move && c.Listen == "":
		return errDIMSEMove
	}
	return nil
}

// dimseClient speaks DIMSE to a site's archive, which has an address for it.
func (env *environment) dimseClient(s SiteConfig) (*dimse.Client, error) {
	return env.dimseTo(s, s.DIMSE, s.CalledAE)
}

// orders is a site's modality worklist; nil where it has none.
func (env *environment) orders(s SiteConfig) (pacs.Orders, error) {
	if s.MWL == "" {
		return nil, nil
	}
	ae := s.MWLAE
	if ae == "" {
		ae = s.CalledAE
	}
	s.Listen = ""
	return env.dimseTo(s, s.MWL, ae)
}

func (env *environment) dimseTo(s SiteConfig, address, ae string) (*dimse.Client, error) {
	cfg := dimse.Config{
		Name: s.Name, Address: address, CalledAE: ae, CallingAE: s.CallingAE, Associations: s.Associations,
		Quirks: dimse.Quirks{Charset: s.Charset, Move: s.Move, PatientRoot: s.PatientRoot, Stored: s.Stored},
	}
	if s.DIMSETLS {
		host, err := dimse.Host(address)
		if err != nil {
			return nil, err
		}
		config, err := env.tlsConfig(s, host)
		if err != nil {
			return nil, err
		}
		cfg.TLS = config
	}
	if s.DIMSELogin {
		cfg.Identity = func(context.Context) (*ul.Identity, error) { return s.dimseIdentity(env.Getenv) }
	}
	if s.Listen != "" {
		l, err := listening.at(s, env)
		if err != nil {
			return nil, err
		}
		cfg.Listener = l
	}
	return dimse.New(cfg)
}

// dimseIdentity is user name and passcode (PS3.7 table D.3-14, type 2).
func (s SiteConfig) dimseIdentity(getenv func(string) string) (*ul.Identity, error) {
	password, err := s.password(getenv)
	if err != nil {
		return nil, err
	}
	return &ul.Identity{Type: 2, Primary: []byte(s.User), Secondary: []byte(password)}, nil
}

// listeners are those of this process: sites that name the same address share one.
type listeners struct {
	mu  sync.Mutex
	all map[string]*dimse.Listener // guarded by mu
}

var listening listeners

func (ls *listeners) at(s SiteConfig, env *environment) (*dimse.Listener, error) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ae := s.CallingAE
	if ae == "" {
		ae = dimse.DefaultAE
	}
	key := fmt.Sprint(s.Listen, "\x00", ae, "\x00", s.DIMSETLS, s.CA, s.ClientCert)
	if l, ok := ls.all[key]; ok {
		return l, nil
	}
	if s.DIMSETLS && s.ClientCert == "" {
		return nil, fmt.Errorf("site %s: listen with dimse_tls needs client_cert_file", s.Name)
	}
	l, err := dimse.NewListener(s.Listen, ae, nil)
	if s.DIMSETLS {
		config, err2 := s.identity().Server()
		if err2 != nil {
			return nil, fmt.Errorf("site %s: TLS: %w", s.Name, err2)
		}
		l, err = dimse.NewListener(s.Listen, ae, config)
	}
	if err != nil {
		return nil, err
	}
	if ls.all == nil {
		ls.all = map[string]*dimse.Listener{}
	}
	ls.all[key] = l
	return l, nil
}
