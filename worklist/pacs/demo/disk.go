package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/nocturne/nocturne/cache/dicom"
	system "github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// disk is a StoreDir:
//
//	FORMAT              "nocturne archive 1"
//	LOCK                held by the one process that serves the folder
//	objects/UID.dcm     stored objects, as received
//	workitems/UID.json  a workitem with its state and Transaction UID
//
// With a key the contents are sealed, the names hidden, and FORMAT says so.
//
// Every file is written beside its place, synced, renamed, and its folder
// synced: after a crash there is the old file or the new one.
type disk struct {
	dir  string
	key  *seal.Key // nil: files are as they came
	lock *os.File
}

const (
	storeFormat  = "nocturne archive 1\n"
	sealedFormat = "nocturne archive 1, sealed\n"
)

// openDisk makes the folder when it is new, and refuses one of another format
// or one that is being served. One written without a key is sealed when there is one.
func openDisk(dir string, key *seal.Key) (*disk, error) {
	d := &disk{dir: dir, key: key}
	for _, sub := range []string{"objects", "workitems"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("open store: %w", err)
		}
	}
	lock, err := os.OpenFile(filepath.Join(dir, "LOCK"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if err := system.TryLock(lock); err != nil {
		return nil, errors.Join(errors.New("open store: another archive serves this folder"), lock.Close())
	}
	d.lock = lock
	if err := d.checkFormat(); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// checkFormat compares FORMAT with what this archive writes, and brings it there from
// nothing or from a folder without a key.
func (d *disk) checkFormat() error {
	ours := storeFormat
	if d.key != nil {
		ours = sealedFormat
	}
	b, err := os.ReadFile(filepath.Join(d.dir, "FORMAT"))
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("open store: %w", err)
	case string(b) == ours:
		return nil
	case string(b) == storeFormat:
		if err := d.sealAll(); err != nil {
			return fmt.Errorf("seal store: %w", err)
		}
	case err == nil:
		return errors.New("open store: the folder was written by another version, or with a key that is not given")
	}
	return d.write("FORMAT", []byte(ours))
}

// Close gives the folder free. A nil disk is closed.
func (d *disk) Close() error {
	if d == nil || d.lock == nil {
		return nil
	}
	err := d.lock.Close()
	d.lock = nil
	return err
}

// write puts b into place, durably.
func (d *disk) write(name string, b []byte) error {
	f, err := d.temp(path.Dir(name))
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // renamed when it stays
	if _, err := f.Write(b); err != nil {
		return errors.Join(fmt.Errorf("store file: %w", err), f.Close())
	}
	_, err = d.commit(f, name)
	return err
}

// temp begins a file in a folder of the store. Until commit, a crash leaves nothing
// that counts.
func (d *disk) temp(sub string) (*os.File, error) {
	f, err := os.CreateTemp(filepath.Join(d.dir, filepath.FromSlash(sub)), ".new-*")
	if err != nil {
		return nil, fmt.Errorf("store file: %w", err)
	}
	return f, nil
}

// commit puts a file of temp into place, durably, and closes it.
func (d *disk) commit(f *os.File, name string) (path string, err error) {
	path = filepath.Join(d.dir, filepath.FromSlash(name))
	err = errors.Join(f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err == nil {
		err = system.OS.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return "", fmt.Errorf("store file: %w", err)
	}
	return path, nil
}

// saveObject keeps an object as it came. The UID is valid: digits and dots.
func (d *disk) saveObject(sop dicom.UID, b []byte) (path string, err error) {
	f, err := d.temp("objects")
	if err != nil {
		return "", err
	}
	defer os.Remove(f.Name()) // renamed when it stays
	w, err := d.sealing(f)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return "", errors.Join(fmt.Errorf("store file: %w", err), f.Close())
	}
	return d.commit(f, d.objectFile(sop))
}

// stepFile is a workitem on disk.
type stepFile struct {
	UID         dicom.UID      `json:"uid,omitempty"` // where the name does not say it
	State       pacs.State     `json:"state"`
	Transaction dicom.UID      `json:"transaction_uid,omitempty"`
	Own         bool           `json:"own,omitempty"`
	Dataset     *dicom.Dataset `json:"dataset"`
}

func (d *disk) saveStep(st *step) error {
	f := stepFile{State: st.state, Transaction: st.transaction, Own: st.own, Dataset: st.data}
	if d.key != nil {
		f.UID = st.uid
	}
	b, err := json.Marshal(f)
	if err != nil {
		return fmt.Errorf("store workitem: %w", err)
	}
	name := d.stepPath(st.uid)
	return d.write(name, d.sealStep(name, b))
}

// restore reads everything back. A file that cannot be read fails the start:
// serving on without it would give away a claim.
func (a *Archive) restore() error {
	err := a.disk.each("objects", ".dcm", func(path, _ string) error {
		in, err := readStored(path, a.disk.key)
		if err != nil {
			return err
		}
		return a.held.add(in)
	})
	if err != nil {
		return err
	}
	return a.disk.each("workitems", ".json", func(path, name string) error {
		b, err := os.ReadFile(path)
		if err == nil {
			b, err = a.disk.openStep("workitems/"+name+".json", b)
		}
		if err != nil {
			return err
		}
		var f stepFile
		if err := json.Unmarshal(b, &f); err != nil {
			return err
		}
		if f.Dataset == nil || stateTable[cell{f.State, evCreate}].code != duplicateInstance {
			return errors.New("no workitem")
		}
		uid := f.UID
		if a.disk.key == nil {
			uid = dicom.UID(name)
		}
		a.steps.all[uid] = &step{uid: uid, state: f.State, transaction: f.Transaction, own: f.Own, data: f.Dataset}
		return nil
	})
}

// each visits the files of a folder and removes what a crash left half written.
func (d *disk) each(sub, ext string, f func(path, name string) error) error {
	dir := filepath.Join(d.dir, sub)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("read store: %w", err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		if strings.HasPrefix(e.Name(), ".new-") {
			os.Remove(path)
			continue
		}
		name, ok := strings.CutSuffix(e.Name(), ext)
		if !ok || d.key == nil && !dicom.ValidUID(name) {
			continue
		}
		if err := f(path, name); err != nil {
			return fmt.Errorf("read store: %s: %w", e.Name(), err)
		}
	}
	return nil
}
