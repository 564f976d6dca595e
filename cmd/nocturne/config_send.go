package main

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/cache/ledger"
)

// SendConfig is what a site gets of a signed report, and where.
type SendConfig struct {
	Send          []string `toml:"send" doc:"objects stored in the archive: sr (always), measurements, key-images, presentation, pdf; default: all but pdf, where there is something to say"`
	CompleteAfter []string `toml:"complete_after" doc:"what must have arrived before the task is completed: sr (always), and any of send, oru, fhir"`
	HL7           string   `toml:"hl7" doc:"where ORU messages go, mllp://host:port or mllps://host:port; empty: none are sent"`
	HL7To         string   `toml:"hl7_to" doc:"receiving application and facility, MSH-5 and MSH-6, as APPLICATION|FACILITY"`
	HL7CA         string   `toml:"hl7_ca_file" doc:"as ca_file, for the mllps receiver; empty: the site's ca_file"`
	HL7Cert       string   `toml:"hl7_client_cert_file" doc:"as client_cert_file, for the mllps receiver; empty: the site's, with its key"`
	HL7Key        string   `toml:"hl7_client_key_file" doc:"file with its key (PEM, mode 0600)"`
	HL7Pins       []string `toml:"hl7_pin_sha256" doc:"as pin_sha256, for the mllps receiver"`
	Authority     string   `toml:"patient_id_authority" doc:"who assigns the patient IDs (PID-3.4)"`
	FHIR          string   `toml:"fhir" doc:"base URL of the FHIR R4 server that gets the report; empty: none"`
	FHIRTokenEnv  string   `toml:"fhir_token_env" doc:"environment variable that holds the bearer token for it"`
	FHIRCA        string   `toml:"fhir_ca_file" doc:"as ca_file, for the FHIR server; empty: the site's ca_file"`
	FHIRCert      string   `toml:"fhir_client_cert_file" doc:"as client_cert_file, for the FHIR server; empty: the site's, with its key"`
	FHIRKey       string   `toml:"fhir_client_key_file" doc:"file with its key (PEM, mode 0600)"`
	FHIRPins      []string `toml:"fhir_pin_sha256" doc:"as pin_sha256, for the FHIR server"`
	HL7CommitOnly bool     `toml:"hl7_commit_only" doc:"the receiver answers by MLLP Release 2 commits and nothing else; a commit is its word that the message is kept"`
	HL7PDF        bool     `toml:"hl7_pdf" doc:"send the report as PDF within the ORU message, too"`
	// The numbers' systems in FHIR; without them equal numbers of two sites stay apart.
	PatientSystem   string `toml:"patient_id_system" doc:"URI of who assigns the patient IDs, in FHIR; empty: made of the site's name"`
	AccessionSystem string `toml:"accession_system" doc:"URI of who assigns the accession numbers, in FHIR; empty: made of the site's name"`
}

// objectKinds are the objects that an archive can get.
var objectKinds = []string{ledger.KindSR, ledger.KindMeasurements, ledger.KindKeyImages, ledger.KindPresentation, ledger.KindPDF}

// objects are the kinds of objects that the archive gets.
func (c SendConfig) objects() []string {
	if c.Send == nil {
		return objectKinds[:4]
	}
	return c.Send
}

// required reports whether the workitem waits for what is of the kind.
func (c SendConfig) required(kind string) bool {
	return kind == ledger.KindSR || slices.Contains(c.CompleteAfter, kind)
}

func (c SendConfig) check() error {
	for _, kind := range c.Send {
		if !slices.Contains(objectKinds, kind) {
			return fmt.Errorf("send: there is no %q, only %s", kind, strings.Join(objectKinds, ", "))
		}
	}
	goes := append([]string{ledger.KindSR}, c.objects()...)
	if c.HL7 != "" {
		goes = append(goes, ledger.KindORU)
	}
	if c.FHIR != "" {
		goes = append(goes, ledger.KindFHIR)
	}
	for _, kind := range c.CompleteAfter {
		if !slices.Contains(goes, kind) {
			return fmt.Errorf("complete_after: %q is not sent to this site; it would never be completed", kind)
		}
	}
	if p, err := url.Parse(c.HL7); c.HL7 != "" && (err != nil || p.Port() == "" || p.Hostname() == "" || p.Scheme != "mllp" && p.Scheme != "mllps") {
		return fmt.Errorf("hl7: %q is not mllp://host:port or mllps://host:port", c.HL7)
	}
	if p, err := url.Parse(c.FHIR); c.FHIR != "" && (err != nil || p.Host == "" || p.Scheme != "http" && p.Scheme != "https") {
		return fmt.Errorf("fhir: %q is not an http or https URL", c.FHIR)
	}
	return nil
}
