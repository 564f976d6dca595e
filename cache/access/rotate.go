package access

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/nocturne/nocturne/cache/seal"
)

// Rotate gives the home's reader a new key. It is written beside the old one; then
// rewrap, which is given what wraps one study's key anew, walks all studies; then the old
// one is dropped. A crash at any time leaves a home that opens, and the next Rotate goes
// on where it ended. again gives nil for a key that is wrapped anew already, and a
// *seal.DamageError for one that nobody can open.
//
// ErrInUse while another program of the home has the ring open: it would wrap under the
// old key what is to be opened with the new one.
func Rotate(home string, o Options, rewrap func(again func(box []byte, context string) ([]byte, error)) error) error {
	alone, err := lockAlone(o.fs(), home)
	if err != nil {
		return err
	}
	defer alone.Close()
	done, err := lockWriting(o.fs(), home)
	if err != nil {
		return err
	}
	defer done()
	f, err := readRing(o.fs(), home)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNoRing
	}
	if err != nil {
		return err
	}
	master, source, err := f.master(home, o)
	if err != nil {
		return err
	}
	defer master.Zero()
	if err := f.twoReaders(home, &master, o); err != nil {
		return fmt.Errorf("write the new key: %w", err)
	}
	r, err := f.ring(home, &master, source, o)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := rewrap(r.again); err != nil {
		return err
	}
	f.fill(&master, r.keys.key(placeHome), r.keys.key(placeReader))
	if err := f.write(home, o); err != nil {
		return fmt.Errorf("drop the old key: %w", err)
	}
	return nil
}

// twoReaders makes the ring have a new reader's key and the old one, durably. One that
// has two already is of a rotation that was cut short.
func (f *ringFile) twoReaders(home string, master *seal.Key, o Options) error {
	r, err := f.ring(home, master, Unprotected, o)
	if err != nil {
		return err
	}
	defer r.Close()
	if r.readers == 1 {
		next := seal.NewKey()
		defer next.Zero()
		f.fill(master, r.keys.key(placeHome), &next, r.keys.key(placeReader))
		return f.write(home, o)
	}
	return stands(home, o) // who wrote it may have been ended before its name was durable
}

// again wraps what the old key opens under the new one.
func (r *Ring) again(box []byte, context string) ([]byte, error) {
	study, reader, err := r.unwrap(box, context)
	if err != nil || reader == 0 {
		return nil, err
	}
	defer study.Zero()
	return r.Wrap(study, context)
}
