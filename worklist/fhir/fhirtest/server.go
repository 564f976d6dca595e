// Package fhirtest is a FHIR server in memory: transactions with conditional creates,
// reading by identifier, updates under a version. It is what tests, and the demo's
// other side, send to; it validates nothing.
package fhirtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// Server is the server. The zero value is ready.
type Server struct {
	// Fault, if set, sees every request before its effect and after it (answer not yet
	// written), and may answer it itself by returning true.
	Fault func(w http.ResponseWriter, r *http.Request, after bool) bool

	mu        sync.Mutex
	resources []resource // guarded by mu
}

type resource struct {
	kind, id string
	version  int
	body     map[string]any
}

// ServeHTTP implements http.Handler. The base URL is the root.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Fault != nil && s.Fault(w, r, false) {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<20))
	if err != nil {
		http.Error(w, "body", http.StatusRequestEntityTooLarge)
		return
	}
	s.mu.Lock()
	code, answer := s.handle(r, body)
	s.mu.Unlock()
	if s.Fault != nil && s.Fault(w, r, true) {
		return
	}
	w.Header().Set("Content-Type", "application/fhir+json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *Server) handle(r *http.Request, body []byte) (int, any) {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	switch {
	case r.Method == http.MethodPost && path[0] == "":
		return s.transaction(body)
	case r.Method == http.MethodGet && len(path) == 1:
		return http.StatusOK, s.search(path[0], r.URL.Query().Get("identifier"))
	case r.Method == http.MethodPut && len(path) == 2:
		return s.update(path[0], path[1], r.Header.Get("If-Match"), body)
	}
	return http.StatusNotFound, outcome("not found")
}

func outcome(what string) map[string]any {
	return map[string]any{"resourceType": "OperationOutcome", "issue": []any{map[string]any{"severity": "error", "code": "processing", "diagnostics": what}}}
}

func (s *Server) transaction(body []byte) (int, any) {
	var b struct {
		ResourceType, Type string
		Entry              []struct {
			FullURL  string
			Resource map[string]any
			Request  struct{ Method, URL, IfNoneExist string }
		}
	}
	if json.Unmarshal(body, &b) != nil || b.ResourceType != "Bundle" || b.Type != "transaction" {
		return http.StatusBadRequest, outcome("no transaction")
	}
	var answers []any
	for _, e := range b.Entry {
		if kind, _ := e.Resource["resourceType"].(string); e.Request.Method != http.MethodPost || e.Request.URL != kind {
			return http.StatusUnprocessableEntity, outcome("an entry is not understood")
		}
		found := s.matches(e.Request.URL, strings.TrimPrefix(e.Request.IfNoneExist, "identifier="))
		status := "200 OK"
		switch {
		case len(found) > 1:
			return http.StatusPreconditionFailed, outcome("several match")
		case len(found) == 0:
			status = "201 Created"
			s.resources = append(s.resources, resource{kind: e.Request.URL, id: fmt.Sprint(len(s.resources) + 1), version: 1, body: e.Resource})
			found = []int{len(s.resources) - 1}
		}
		answers = append(answers, map[string]any{"response": map[string]any{"status": status, "location": e.Request.URL + "/" + s.resources[found[0]].id}})
	}
	return http.StatusOK, map[string]any{"resourceType": "Bundle", "type": "transaction-response", "entry": answers}
}

// matches are the places of the resources with an identifier "system|value".
func (s *Server) matches(kind, identifier string) (out []int) {
	for i, r := range s.resources {
		ids, _ := r.body["identifier"].([]any)
		for _, id := range ids {
			if one, ok := id.(map[string]any); ok && r.kind == kind && fmt.Sprint(one["system"], "|", one["value"]) == identifier {
				out = append(out, i)
			}
		}
	}
	return out
}

func (s *Server) search(kind, identifier string) any {
	entries := []any{}
	for _, i := range s.matches(kind, identifier) {
		entries = append(entries, map[string]any{"resource": s.resources[i].withMeta()})
	}
	return map[string]any{"resourceType": "Bundle", "type": "searchset", "entry": entries}
}

func (r resource) withMeta() map[string]any {
	out := map[string]any{}
	for k, v := range r.body {
		out[k] = v
	}
	out["id"], out["meta"] = r.id, map[string]any{"versionId": fmt.Sprint(r.version)}
	return out
}

func (s *Server) update(kind, id, match string, body []byte) (int, any) {
	for i := range s.resources {
		r := &s.resources[i]
		if r.kind != kind || r.id != id {
			continue
		}
		if match != "" && match != fmt.Sprintf(`W/"%d"`, r.version) {
			return http.StatusPreconditionFailed, outcome("another version")
		}
		var changed map[string]any
		if json.Unmarshal(body, &changed) != nil || changed["resourceType"] != kind {
			return http.StatusBadRequest, outcome("no resource")
		}
		r.body = changed
		r.version++
		return http.StatusOK, r.withMeta()
	}
	return http.StatusNotFound, outcome("not found")
}

// Each calls f with every resource; what f returns takes its place, nil removes it.
func (s *Server) Each(f func(kind string, body map[string]any) map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var kept []resource
	for _, r := range s.resources {
		if r.body = f(r.kind, r.body); r.body != nil {
			kept = append(kept, r)
		}
	}
	s.resources = kept
}
