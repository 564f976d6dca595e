// Package hospital is the other side of a report's way, for the demo and for trying a
// configuration out: a RIS that takes HL7 over MLLP and a FHIR server, both on loopback.
// What came is written to a folder before it is acknowledged, so that it can be read.
package hospital

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/nocturne/nocturne/worklist/fhir/fhirtest"
	"github.com/nocturne/nocturne/worklist/hl7"
)

// Addresses are where it listens, as config.toml takes them.
type Addresses struct {
	HL7  string `json:"hl7"`
	FHIR string `json:"fhir"`
}

// Hospital is a running one. Close ends it.
type Hospital struct {
	Addresses
	stop context.CancelFunc
	web  *http.Server
	done sync.WaitGroup
}

// Start listens on free ports of loopback. Each message that comes is kept in dir, as
// its MSH-10 and .hl7; one that comes again is kept once.
func Start(ctx context.Context, dir string) (*Hospital, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("start hospital: %w", err)
	}
	ris, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start hospital: %w", err)
	}
	web, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start hospital: %w", err), ris.Close())
	}
	h := &Hospital{Addresses: Addresses{HL7: "mllp://" + ris.Addr().String(), FHIR: "http://" + web.Addr().String()},
		web: &http.Server{Handler: &fhirtest.Server{}, ReadHeaderTimeout: 10 * time.Second}}
	ctx, h.stop = context.WithCancel(ctx)
	take := &hl7.Server{Handle: func(m *hl7.Message) []byte { return keep(dir, m) }}
	h.done.Go(func() { _ = take.Serve(ctx, ris) })
	h.done.Go(func() { _ = h.web.Serve(web) })
	return h, nil
}

// Close ends both and waits for them.
func (h *Hospital) Close() error {
	h.stop()
	err := h.web.Close()
	h.done.Wait()
	return err
}

// keep answers AA once the message is on disk, AE 207 when it cannot be kept, and AR 101
// to one without a number.
func keep(dir string, m *hl7.Message) []byte {
	id := m.ControlID()
	if id == "" || len(id) > 64 || strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
		return m.Answer("AR", "101", time.Now())
	}
	if err := os.WriteFile(filepath.Join(dir, id+".hl7"), m.Encode(), 0o600); err != nil {
		return m.Answer("AE", "207", time.Now())
	}
	return m.Answer("AA", "", time.Now())
}
