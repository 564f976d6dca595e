package link

import (
	"runtime/debug"
	"slices"

	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/viewer"
)

// maxSecrets bounds the different keys of one add message: one a study.
const maxSecrets = 64

// seals puts the keys of objects beside them: each key once, and for each object which
// one is its own, 0 for none. It is the only place where a key is written out, and what
// it is written into is cleared when the pipe has it.
func (m Message) seals() (Message, error) {
	if m.Kind != Add && m.Kind != Soon || !slices.ContainsFunc(m.Objects, func(o viewer.Object) bool { return o.Key != nil }) {
		return m, nil
	}
	m.Secrets, m.Under = nil, make([]int, len(m.Objects))
	for i, o := range m.Objects {
		if o.Key == nil {
			continue
		}
		at := slices.IndexFunc(m.Secrets, func(k *seal.Key) bool { return *k == *o.Key })
		if at < 0 {
			at = len(m.Secrets)
			m.Secrets = append(m.Secrets, o.Key)
		}
		m.Under[i] = at + 1
	}
	if len(m.Secrets) > maxSecrets {
		return m, malformed("%d keys at once", len(m.Secrets))
	}
	return m, nil
}

// unseals gives the objects their keys.
func (m *Message) unseals() error {
	if len(m.Secrets) == 0 && len(m.Under) == 0 {
		return nil
	}
	if m.Kind != Add && m.Kind != Soon || len(m.Under) != len(m.Objects) || len(m.Secrets) > maxSecrets || slices.Contains(m.Secrets, nil) {
		return malformed("keys that belong to nothing")
	}
	for i, at := range m.Under {
		if at < 0 || at > len(m.Secrets) {
			return malformed("an object under a key that did not come")
		}
		if at > 0 {
			m.Objects[i].Key = m.Secrets[at-1]
		}
	}
	m.Secrets, m.Under = nil, nil
	return nil
}

// keyring is every key of the case on screen that the window's end holds, each once. It
// belongs to Child.read.
type keyring struct{ held []*seal.Key }

// take keeps the keys of objects: those that are held already are given in their place,
// and what came is cleared.
func (r *keyring) take(objects []viewer.Object) {
	fresh := map[*seal.Key]*seal.Key{}
	for i := range objects {
		k := objects[i].Key
		if k == nil {
			continue
		}
		if fresh[k] == nil {
			fresh[k] = r.own(k)
		}
		objects[i].Key = fresh[k]
	}
}

func (r *keyring) own(k *seal.Key) *seal.Key {
	for _, h := range r.held {
		if *h == *k {
			k.Zero()
			return h
		}
	}
	r.held = append(r.held, k)
	return k
}

// give hands all keys over to be cleared when the side has left the case they were of.
func (r *keyring) give(blank bool) (forget func()) {
	old := r.held
	r.held = nil
	return func() {
		for _, k := range old {
			k.Zero()
		}
		if blank {
			go debug.FreeOSMemory() // what is forgotten leaves the memory too: pixels, headers
		}
	}
}
