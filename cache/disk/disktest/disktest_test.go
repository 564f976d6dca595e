package disktest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/disk"
)

var (
	errLost  = errors.New("what was promised is lost")
	errHalf  = errors.New("half of it is served")
	errAlive = errors.New("what was removed is back")
)

// keeper writes "old" and then "new" under one name, by a way of its own.
type keeper func(d *Disk, what []byte) error

var (
	oldOne = bytes.Repeat([]byte("old "), 3000)
	newOne = bytes.Repeat([]byte("newer "), 3000)
)

// replacing is a story in which a file is replaced: one of the two must stand, whole,
// and the new one once that was promised.
func replacing(write keeper) Story {
	return Story{
		Before: func(d *Disk) error { return disk.Replace(d, d.Path("tmp"), d.Path("file"), oldOne) },
		Play: func() (run, check func(*Disk) error) {
			promised := false
			run = func(d *Disk) error {
				err := write(d, newOne)
				promised = err == nil
				return err
			}
			return run, func(d *Disk) error {
				b, err := disk.ReadFile(d, d.Path("file"))
				switch {
				case bytes.Equal(b, newOne), bytes.Equal(b, oldOne) && !promised:
					return nil
				case bytes.Equal(b, oldOne), errors.Is(err, fs.ErrNotExist):
					return errLost
				}
				return errHalf
			}
		},
	}
}

// all writes b with what a careless program forgets left out.
func all(d *Disk, path string, b []byte, sync bool) error {
	f, err := d.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(b); err != nil || !sync {
		return err
	}
	return f.Sync()
}

func TestACarefulWriterPasses(t *testing.T) {
	Every(t, replacing(func(d *Disk, b []byte) error { return disk.Replace(d, d.Path("tmp"), d.Path("file"), b) }))
}

func TestACarelessWriterIsCaught(t *testing.T) {
	for name, c := range map[string]struct {
		write keeper
		want  error
	}{
		"the name is not synced": {func(d *Disk, b []byte) error {
			return errors.Join(all(d, d.Path("tmp"), b, true), d.Rename(d.Path("tmp"), d.Path("file")))
		}, errLost},
		"the bytes are not synced": {func(d *Disk, b []byte) error {
			if err := all(d, d.Path("tmp"), b, false); err != nil {
				return err
			}
			return errors.Join(d.Rename(d.Path("tmp"), d.Path("file")), d.SyncDir(d.Dir()))
		}, errHalf},
		"the old one goes before the new one comes": {func(d *Disk, b []byte) error {
			if err := all(d, d.Path("tmp"), b, true); err != nil {
				return err
			}
			return errors.Join(d.Remove(d.Path("file")), d.Rename(d.Path("tmp"), d.Path("file")), d.SyncDir(d.Dir()))
		}, errLost},
		"it is written in place": {func(d *Disk, b []byte) error {
			f, err := d.Append(d.Path("file"))
			if err != nil {
				return err
			}
			defer f.Close()
			if err := f.Truncate(0); err != nil {
				return err
			}
			if _, err := f.Write(b); err != nil {
				return err
			}
			return f.Sync()
		}, errHalf},
		"errors of the write are not looked at": {func(d *Disk, b []byte) error {
			f, err := d.Create(d.Path("tmp"))
			if err != nil {
				return err
			}
			defer f.Close()
			f.Write(b)
			if err := f.Sync(); err != nil {
				return err
			}
			return errors.Join(d.Rename(d.Path("tmp"), d.Path("file")), d.SyncDir(d.Dir()))
		}, errHalf},
		"a sync that failed is tried again": {func(d *Disk, b []byte) error {
			f, err := d.Create(d.Path("tmp"))
			if err != nil {
				return err
			}
			defer f.Close()
			if _, err := f.Write(b); err != nil {
				return err
			}
			if err := f.Sync(); err != nil {
				if err = f.Sync(); err != nil {
					return err
				}
			}
			return errors.Join(d.Rename(d.Path("tmp"), d.Path("file")), d.SyncDir(d.Dir()))
		}, errHalf},
	} {
		if err := replacing(c.write).Try(t.TempDir()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestARemovalThatIsNotSyncedComesBack(t *testing.T) {
	story := func(sync bool) Story {
		return Story{
			Before: func(d *Disk) error { return disk.Replace(d, d.Path("tmp"), d.Path("file"), oldOne) },
			Play: func() (run, check func(*Disk) error) {
				gone := false
				run = func(d *Disk) error {
					err := d.Remove(d.Path("file"))
					if err == nil && sync {
						err = d.SyncDir(d.Dir())
					}
					gone = err == nil
					return err
				}
				return run, func(d *Disk) error {
					if _, err := d.Stat(d.Path("file")); err == nil && gone {
						return errAlive
					}
					return nil
				}
			},
		}
	}
	Every(t, story(true))
	if err := story(false).Try(t.TempDir()); !errors.Is(err, errAlive) {
		t.Errorf("not caught: %v", err)
	}
}

// appending is a journal of numbered records: those promised stand, in order, and only
// the end may be torn.
func appending(sync bool) Story {
	const records = 5
	record := func(i int) string { return fmt.Sprintf("%d%s\n", i, strings.Repeat("-", 3000)) }
	return Story{Play: func() (run, check func(*Disk) error) {
		promised := 0
		run = func(d *Disk) error {
			f, err := d.Append(d.Path("journal"))
			if err != nil {
				return err
			}
			defer f.Close()
			if err := d.SyncDir(d.Dir()); err != nil {
				return err
			}
			for i := range records {
				if _, err := f.Write([]byte(record(i))); err != nil {
					return err
				}
				if err := f.Sync(); sync && err != nil {
					return err
				}
				promised++
			}
			return nil
		}
		return run, func(d *Disk) error {
			b, err := disk.ReadFile(d, d.Path("journal"))
			if err != nil && promised > 0 {
				return errLost
			}
			for i := range promised {
				if !strings.HasPrefix(string(b), record(i)) {
					return errLost
				}
				b = b[len(record(i)):]
			}
			return nil
		}
	}}
}

func TestAJournalStandsAsFarAsItWasSynced(t *testing.T) {
	Every(t, appending(true))
	if err := appending(false).Try(t.TempDir()); !errors.Is(err, errLost) {
		t.Errorf("a journal whose syncs are not looked at is not caught: %v", err)
	}
}

// TestEveryKindStrikesAndAnUndisturbedStoryMustEndWell: a harness that tried nothing
// would find nothing.
func TestEveryKindStrikesAndAnUndisturbedStoryMustEndWell(t *testing.T) {
	struck := map[Kind]int{}
	s := Story{Play: func() (run, check func(*Disk) error) {
		run = func(d *Disk) error {
			kind := d.fault.kind
			err := disk.Replace(d, d.Path("a"), d.Path("b"), newOne)
			if err != nil && IsFault(err) {
				struck[kind]++
			}
			return err
		}
		return run, func(*Disk) error { return nil }
	}}
	// Create, write, sync, close, rename, sync the folder: 5 changes and a look.
	Every(t, s)
	for k, want := range map[Kind]int{Fails: 6, Breaks: 6, Short: 1, Full: 2, Stumbles: 6, Killed: 5, Loses: 5, Tears: 5, Scatters: 5} {
		if struck[k] != want {
			t.Errorf("%v struck %d times, want %d", k, struck[k], want)
		}
	}
	s.Play = func() (run, check func(*Disk) error) {
		nothing := func(*Disk) error { return nil }
		return func(*Disk) error { return errLost }, nothing
	}
	if err := s.Try(t.TempDir()); !errors.Is(err, errLost) {
		t.Errorf("it failed undisturbed and was let pass: %v", err)
	}
}

func TestWhatIsDoneByOtherWaysIsNotThereAfterACrash(t *testing.T) {
	d, done, err := on(t.TempDir(), Image{"kept": nil, "kept/file": []byte("1")})
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	if err := disk.Replace(disk.OS, d.Path("tmp"), d.Path("kept", "other"), []byte("2")); err != nil {
		t.Fatal(err)
	}
	if im := d.after(Killed, 0); len(im) != 2 || im["kept/file"] == nil {
		t.Errorf("%v", im)
	}
}
