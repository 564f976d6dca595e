package fhir

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// ErrAbsent says that the server holds nothing under an identifier of the document.
var ErrAbsent = errors.New("the server does not hold it")

// DiffersError says that the server holds something else under an identifier.
type DiffersError struct{ What string }

// Error implements error.
func (e *DiffersError) Error() string { return "the server holds another " + e.What }

// held is what is compared of a resource, ours and theirs.
type held struct {
	ResourceType  string
	ID            string
	Identifier    []identifier
	Status        string
	Issued        string
	Sent          string
	Extension     []extension
	PresentedForm []struct {
		ContentType string
		Hash, Data  []byte
	}
	Subject, For struct{ Identifier identifier }
}

// Check reads back by identifier what the document made and compares: one resource of
// each, with the status, times, patient and rendered forms that were signed. ErrAbsent:
// one of them is not there. *DiffersError: something else is. A study and an order that
// were there before are the server's and are not compared.
func (c *Client) Check(ctx context.Context, d Document) error {
	resources, err := made(d)
	if err != nil {
		return err
	}
	for _, ours := range resources {
		theirs, _, err := c.find(ctx, ours.ResourceType, ours.Identifier[0])
		if err != nil {
			return err
		}
		if what := ours.differs(theirs); what != "" {
			return &DiffersError{What: what}
		}
	}
	return nil
}

// made are the document's own resources: those that the server may not have had before.
func made(d Document) (out []held, err error) {
	var b struct{ Entry []struct{ Resource held } }
	if err := json.Unmarshal(d.Bytes, &b); err != nil {
		return nil, fmt.Errorf("read FHIR bundle: %w", err)
	}
	for _, e := range b.Entry {
		switch e.Resource.ResourceType {
		case "DiagnosticReport", "Communication", "Task":
			if len(e.Resource.Identifier) > 0 {
				out = append(out, e.Resource)
			}
		}
	}
	if len(out) == 0 {
		return nil, errors.New("read FHIR bundle: it holds no report")
	}
	return out, nil
}

// find reads the one resource with the identifier, as JSON and as what is compared.
func (c *Client) find(ctx context.Context, kind string, id identifier) (h held, raw json.RawMessage, err error) {
	query := url.Values{"identifier": {id.System + "|" + id.Value}}
	body, err := c.do(ctx, "read FHIR resource back", http.MethodGet, "/"+kind+"?"+query.Encode(), nil, "")
	if err != nil {
		return h, nil, err
	}
	return one(body, kind, id)
}

// one picks the one resource with the identifier out of a search result.
func one(body []byte, kind string, id identifier) (h held, raw json.RawMessage, err error) {
	var found struct {
		ResourceType string
		Entry        []struct{ Resource json.RawMessage }
	}
	if json.Unmarshal(body, &found) != nil || found.ResourceType != "Bundle" {
		return h, nil, &pacs.NotArchiveError{Op: "read FHIR resource back", Got: "no search result"}
	}
	n := 0
	for _, e := range found.Entry {
		var got held
		if json.Unmarshal(e.Resource, &got) != nil || got.ResourceType != kind || !slices.ContainsFunc(got.Identifier, id.same) {
			continue // an OperationOutcome, or a server that does not filter
		}
		h, raw = got, e.Resource
		n++
	}
	switch n {
	case 0:
		return h, nil, fmt.Errorf("read FHIR resource back: %w", ErrAbsent)
	case 1:
		return h, raw, nil
	}
	return h, nil, &DiffersError{What: kind + " a second time"}
}

func (i identifier) same(other identifier) bool {
	return i.System == other.System && i.Value == other.Value
}

// differs names the first thing that is not as it was sent.
func (h held) differs(theirs held) string {
	switch {
	case h.Status != theirs.Status:
		return h.ResourceType + ": its status differs"
	case !sameTime(h.Issued, theirs.Issued) || !sameTime(h.Sent, theirs.Sent):
		return h.ResourceType + ": its time differs"
	case !samePatient(h.Subject.Identifier, theirs.Subject.Identifier) || !samePatient(h.For.Identifier, theirs.For.Identifier):
		return h.ResourceType + ": its patient differs"
	case len(h.PresentedForm) != len(theirs.PresentedForm):
		return h.ResourceType + ": its forms differ"
	}
	for i, f := range h.PresentedForm {
		g := theirs.PresentedForm[i]
		sum := sha1.Sum(g.Data)
		if !bytes.Equal(f.Hash, g.Hash) || f.ContentType != g.ContentType || len(g.Data) > 0 && !bytes.Equal(f.Hash, sum[:]) {
			return h.ResourceType + ": its text differs"
		}
	}
	return ""
}

// samePatient: a server that put its own reference in the place of ours is believed.
func samePatient(ours, theirs identifier) bool { return theirs.Value == "" || ours.same(theirs) }

// sameTime compares to the second: servers write a time in other zones and with
// fractions.
func sameTime(a, b string) bool {
	if a == b {
		return true
	}
	x, errX := time.Parse(time.RFC3339, a)
	y, errY := time.Parse(time.RFC3339, b)
	return errX == nil && errY == nil && x.Truncate(time.Second).Equal(y.Truncate(time.Second))
}

// Withdraw marks the report that the document takes back or corrects as
// entered-in-error, where the server holds it: read, changed in its status alone,
// written under its version, so that its old state stays in the server's history. A
// document that does neither, and a report that is so marked, need nothing.
func (c *Client) Withdraw(ctx context.Context, d Document) error {
	id, ok, err := withdrawn(d)
	if err != nil || !ok {
		return err
	}
	h, raw, err := c.find(ctx, "DiagnosticReport", id)
	if errors.Is(err, ErrAbsent) || err == nil && h.Status == wrong {
		return nil
	}
	if err != nil {
		return err
	}
	var resource map[string]json.RawMessage
	if err := json.Unmarshal(raw, &resource); err != nil || h.ID == "" || strings.ContainsAny(h.ID, "/?#%") {
		return &pacs.NotArchiveError{Op: "withdraw FHIR report", Got: "a report without an id"}
	}
	resource["status"] = json.RawMessage(`"` + wrong + `"`)
	body, err := json.Marshal(resource)
	if err != nil {
		return fmt.Errorf("withdraw FHIR report: %w", err)
	}
	_, err = c.do(ctx, "withdraw FHIR report", http.MethodPut, "/DiagnosticReport/"+h.ID, body, version(resource))
	return err
}

const wrong = "entered-in-error"

// version is the resource's, as If-Match takes it (R4 3.1.0.5).
func version(resource map[string]json.RawMessage) string {
	var m struct{ VersionID string }
	if json.Unmarshal(resource["meta"], &m) != nil || m.VersionID == "" {
		return ""
	}
	return `W/"` + m.VersionID + `"`
}

// withdrawn is the report that the document takes back or corrects: nobody may read it
// as a final one any more.
func withdrawn(d Document) (id identifier, ok bool, err error) {
	resources, err := made(d)
	for _, h := range resources {
		if h.ResourceType != "DiagnosticReport" || h.Status != wrong && h.Status != "corrected" {
			continue
		}
		for _, x := range h.Extension {
			if strings.HasSuffix(x.URL, "diagnosticReport-replaces") && x.Value != nil && x.Value.Identifier != nil {
				return *x.Value.Identifier, true, nil
			}
		}
	}
	return identifier{}, false, err
}

// Withdrawn reports whether what the document takes back is so marked, or not there.
func (c *Client) Withdrawn(ctx context.Context, d Document) (bool, error) {
	id, ok, err := withdrawn(d)
	if err != nil || !ok {
		return err == nil, err
	}
	h, _, err := c.find(ctx, "DiagnosticReport", id)
	if errors.Is(err, ErrAbsent) {
		return true, nil
	}
	return err == nil && h.Status == wrong, err
}
