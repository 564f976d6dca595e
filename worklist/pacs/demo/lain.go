package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/seal"
)

// objectContext is what a stored object is sealed as. Whose it is stands in itself.
const objectContext = "archive object"

// lain is an object's file, open: as it lies, or sealed.
type lain struct {
	*io.SectionReader
	file *os.File
}

func (l lain) Close() error { return l.file.Close() }

// openLain opens an object's file. Without a key it is read as it lies.
func openLain(path string, key *seal.Key) (lain, error) {
	f, err := os.Open(path)
	if err != nil {
		return lain{}, err
	}
	info, err := f.Stat()
	if err != nil {
		return lain{}, errors.Join(err, f.Close())
	}
	if key == nil {
		return lain{io.NewSectionReader(f, 0, info.Size()), f}, nil
	}
	r, err := seal.NewReader(f, info.Size(), key, objectContext)
	if err != nil {
		return lain{}, errors.Join(err, f.Close())
	}
	return lain{io.NewSectionReader(r, 0, r.Size()), f}, nil
}

// openStored opens the file of an instance and sees that it is as long as it was.
func (in *instance) openStored() (lain, error) {
	l, err := openLain(in.content.path, in.content.key)
	if err == nil && l.Size() != in.content.size {
		err = errors.Join(errFileChanged, l.Close())
	}
	if err != nil {
		return lain{}, fmt.Errorf("open object: %w", err)
	}
	return l, nil
}

// framed is a stored object whose frames are read one by one; a sealed one, which came
// to this archive as reports and marks do, is read whole.
func (in *instance) framed() (*dicom.File, error) {
	if in.content.key == nil {
		f, err := dicom.Open(in.content.path)
		if err != nil {
			return nil, fmt.Errorf("read object: %w", err)
		}
		return f, nil
	}
	l, err := in.openStored()
	if err != nil {
		return nil, err
	}
	defer l.Close()
	b, err := io.ReadAll(l)
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	f, err := dicom.Parse(b)
	if err != nil {
		return nil, fmt.Errorf("read object: %w", err)
	}
	return f, nil
}

// readStored makes an instance of a file that may be sealed.
func readStored(path string, key *seal.Key) (*instance, error) {
	if key == nil {
		return readInstance(path)
	}
	l, err := openLain(path, key)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	info, err := l.file.Stat()
	if err != nil {
		return nil, err
	}
	f, err := dicom.OpenReaderAt(l, l.Size())
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return fileInstance(f, content{path: path, key: key, size: l.Size(), mod: info.ModTime()})
}

// sealing wraps what a file is written through; Close of it does not close w.
func (d *disk) sealing(w io.Writer) (io.WriteCloser, error) {
	if d.key == nil {
		return asItIs{w}, nil
	}
	return seal.NewWriter(w, d.key, objectContext)
}

type asItIs struct{ io.Writer }

func (asItIs) Close() error { return nil }

// objectFile and stepPath name files: by UID, or by what only the key can make of it.
func (d *disk) objectFile(sop dicom.UID) string { return "objects/" + d.hidden(sop) + ".dcm" }
func (d *disk) stepPath(uid dicom.UID) string   { return "workitems/" + d.hidden(uid) + ".json" }

func (d *disk) hidden(uid dicom.UID) string {
	if d.key == nil {
		return string(uid)
	}
	return d.key.MAC("archive name", string(uid))
}

// sealStep and openStep are a workitem's file, which is small enough for one box.
func (d *disk) sealStep(name string, b []byte) []byte {
	if d.key == nil {
		return b
	}
	return d.key.Seal(b, name)
}

func (d *disk) openStep(name string, b []byte) ([]byte, error) {
	if d.key == nil {
		return b, nil
	}
	return d.key.Open(b, name)
}

// sealAll seals a folder that was written without a key. It may be ended anywhere and
// begun again.
func (d *disk) sealAll() error {
	plain := &disk{dir: d.dir} // sees what has a UID for a name: what is sealed has none
	err := plain.each("objects", ".dcm", func(path, name string) error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if _, err := d.saveObject(dicom.UID(name), b); err != nil {
			return err
		}
		return os.Remove(path)
	})
	if err != nil {
		return err
	}
	return plain.each("workitems", ".json", func(path, name string) error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		b = bytes.Replace(b, []byte("{"), fmt.Appendf(nil, `{"uid":%q,`, name), 1) // it stood in the name only
		to := d.stepPath(dicom.UID(name))
		if err := d.write(to, d.sealStep(to, b)); err != nil {
			return err
		}
		return os.Remove(path)
	})
}
