package disktest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// Story is something that a program does with its disk, and what must be so afterwards
// however it went.
type Story struct {
	// Before makes what is on the disk beforehand, all of it durable. It may be nil.
	Before func(*Disk) error
	// Play begins anew, remembering nothing of another time. run does it, and
	// remembers what it was promised; undisturbed it must return nil, otherwise
	// what it returns does not matter. check looks at the disk as it is found
	// when the program is started again, any number of times.
	Play func() (run, check func(*Disk) error)
	// Twice: after every crash it is played again on what was found, with the same
	// promises, until the power goes once more.
	Twice bool
	// Most is how many moments of each kind are tried, spread evenly, without
	// NOCTURNE_LONG=1; 0 means every one.
	Most int
}

// Every plays a story once undisturbed and then with a fault of every kind at every
// operation, and checks each time what is found afterwards: by a program started again
// (after an error also by one that the power went from), and by one started after that.
func Every(t testing.TB, s Story) {
	t.Helper()
	tried, err := s.every(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d moments", tried)
}

// Try does what Every does and returns the first thing that is wrong: for tests of
// stories that must be caught. The disks lie in dir.
func (s Story) Try(dir string) error {
	_, err := s.every(dir)
	return err
}

func (s Story) every(dir string) (tried int, err error) {
	before, err := s.before(dir)
	if err != nil {
		return 0, fmt.Errorf("before it begins: %w", err)
	}
	d, err := s.once(dir, before, Killed, 0)
	if err != nil {
		return 0, fmt.Errorf("undisturbed: %w", err)
	}
	for _, k := range Kinds {
		total := d.total(k)
		step := 1
		if s.Most > 0 && os.Getenv("NOCTURNE_LONG") != "1" {
			step = max(1, (total+s.Most-1)/s.Most)
		}
		for n := 1 + int(k)%step; n <= total; n += step {
			if _, err := s.once(dir, before, k, n); err != nil {
				return tried, fmt.Errorf("%v at operation %d of %d: %w", k, n, total, err)
			}
			tried++
		}
	}
	return tried, nil
}

func (s Story) before(dir string) (Image, error) {
	if s.Before == nil {
		return nil, nil
	}
	d, done, err := on(dir, nil)
	if err != nil {
		return nil, err
	}
	defer done()
	if err := s.Before(d); err != nil {
		return nil, err
	}
	return d.after(Killed, 0), nil
}

// on makes a disk in a folder of its own. done takes it away.
func on(dir string, im Image) (d *Disk, done func(), err error) {
	at, err := os.MkdirTemp(dir, "disk-")
	if err != nil {
		return nil, nil, err
	}
	if at, err = filepath.EvalSymlinks(at); err != nil {
		return nil, nil, err
	}
	d, err = newDisk(at, im)
	return d, func() { os.RemoveAll(at) }, err
}

// once plays the story with one fault and checks what is found.
func (s Story) once(dir string, before Image, k Kind, n int) (*Disk, error) {
	d, done, err := on(dir, before)
	if err != nil {
		return nil, err
	}
	defer done()
	run, check := s.Play()
	d.arm(k, n)
	err = run(d)
	d.unplug()
	if n == 0 && err != nil {
		return nil, err
	}
	ways := []Kind{k}
	if !k.crashes() || n == 0 {
		ways = []Kind{Killed, Loses, Scatters} // it went on, and then it ended or the power went
	}
	for _, way := range ways {
		found := d.after(way, uint64(n))
		if err := again(dir, found, check); err != nil {
			return nil, fmt.Errorf("found after it %v: %w", way, err)
		}
		if s.Twice && k.crashes() && n > 0 {
			if err := twice(dir, found, run, check, rand.New(rand.NewPCG(uint64(k), uint64(n)))); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// twice plays on from what a crash left until the power goes again, early or late.
func twice(dir string, found Image, run, check func(*Disk) error, rnd *rand.Rand) error {
	d, done, err := on(dir, found)
	if err != nil {
		return err
	}
	defer done()
	way, n := Killed+Kind(rnd.IntN(int(Scatters-Killed)+1)), 1+rnd.IntN(1<<(1+rnd.IntN(7)))
	d.arm(way, n)
	run(d)
	d.unplug()
	if err := again(dir, d.after(way, rnd.Uint64()), check); err != nil {
		return fmt.Errorf("and played again, where it %v at operation %d: %w", way, n, err)
	}
	return nil
}

// again checks a disk, and once more what is left when the power goes after that.
func again(dir string, im Image, check func(*Disk) error) error {
	for _, when := range []string{"", "and the power gone once more: "} {
		d, done, err := on(dir, im)
		if err != nil {
			return err
		}
		err = check(d)
		d.unplug()
		im = d.after(Loses, 0)
		done()
		if err != nil {
			return fmt.Errorf("%s%w", when, err)
		}
	}
	return nil
}
