package demo

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
)

// key is one matching key: a path of tags, all but the last sequences.
type key struct {
	path  []dicom.Tag
	value string // not empty: an empty value only asks for the attribute
}

// query is a parsed search (PS3.18 8.3.4).
type query struct {
	keys       []key
	include    []dicom.Tag // top-level attributes asked for beside the usual ones
	includeAll bool
	limit      int // -1: not given
	offset     int
	fuzzy      bool
}

// Limits of a query: beyond them it is a mistake or an attack.
const (
	maxKeys  = 256
	maxDepth = 8
)

// parseQuery reads the query part of a URI. Every error is a *refusal of 400.
func parseQuery(raw string) (query, error) {
	q := query{limit: -1}
	values, err := url.ParseQuery(raw)
	if err != nil {
		return q, badRequest("the query is not well formed")
	}
	if len(values) > maxKeys {
		return q, badRequest("more than %d parameters", maxKeys)
	}
	for name, vs := range values {
		if err := q.parameter(name, vs); err != nil {
			return q, err
		}
	}
	return q, nil
}

func (q *query) parameter(name string, vs []string) (err error) {
	switch strings.ToLower(name) {
	case "accept", "charset":
		return nil
	case "includefield":
		return q.includes(vs)
	case "limit":
		q.limit, err = number(name, vs)
	case "offset":
		q.offset, err = number(name, vs)
	case "fuzzymatching":
		if len(vs) != 1 || vs[0] != "true" && vs[0] != "false" {
			return badRequest("fuzzymatching is true or false")
		}
		q.fuzzy = vs[0] == "true"
	default:
		return q.addKey(name, vs)
	}
	return err
}

func number(name string, vs []string) (int, error) {
	n, err := strconv.ParseUint(vs[0], 10, 31)
	if err != nil || len(vs) != 1 {
		return 0, badRequest("%s is one number", strings.ToLower(name))
	}
	return int(n), nil
}

func (q *query) includes(vs []string) error {
	for _, v := range vs {
		for _, name := range strings.Split(v, ",") {
			if name == "all" {
				q.includeAll = true
				continue
			}
			path, err := parsePath(name)
			if err != nil {
				return err
			}
			q.include = append(q.include, path[0])
		}
	}
	return nil
}

func (q *query) addKey(name string, vs []string) error {
	path, err := parsePath(name)
	if err != nil {
		return err
	}
	if len(vs) != 1 {
		return badRequest("an attribute is matched once")
	}
	return q.ask(path, vs[0])
}

// ask adds what is to be matched; an empty value only asks for the attribute.
func (q *query) ask(path []dicom.Tag, value string) error {
	if value == "" {
		q.include = append(q.include, path[0])
		return nil
	}
	k := key{path: path, value: value}
	if err := k.check(); err != nil {
		return err
	}
	q.keys = append(q.keys, k)
	return nil
}

// parsePath reads an attribute: tag or keyword, dotted for one within a
// sequence (PS3.18 8.3.4.1).
func parsePath(s string) ([]dicom.Tag, error) {
	parts := strings.Split(s, ".")
	if len(parts) > maxDepth {
		return nil, badRequest("an attribute nested deeper than %d", maxDepth)
	}
	path := make([]dicom.Tag, len(parts))
	for i, p := range parts {
		t, err := dicom.ParseTag(p)
		if err != nil {
			return nil, badRequest("a parameter is neither an attribute nor known")
		}
		if i < len(parts)-1 && t.VR() != "SQ" {
			return nil, badRequest("only a sequence has attributes within")
		}
		path[i] = t
	}
	return path, nil
}

// check refuses values that no attribute of this VR could have.
func (k key) check() error {
	if vr := k.path[len(k.path)-1].VR(); vr == "UI" {
		for _, u := range splitList(k.value) {
			if !dicom.ValidUID(u) {
				return badRequest("a value that should be a UID is none")
			}
		}
	} else if isTemporal(vr) {
		if _, _, err := parseRange(vr, k.value); err != nil {
			return badRequest("a value that should be a %s or a range of them is none", vr)
		}
	}
	return nil
}

// page cuts a result of n to the query's window: [from, to), and whether the
// server's own bound or the limit left more behind.
func (q query) page(n, most int) (from, to int, more bool) {
	from = min(q.offset, n)
	size := most
	if q.limit >= 0 {
		size = min(q.limit, most)
	}
	to = min(from+size, n)
	return from, to, to < n
}
