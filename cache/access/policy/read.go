package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// most is the largest policy file, in bytes.
const most = 1 << 20

// Parse reads a policy of the site's. A key that it does not know is an error with its
// line, and so is a value that cannot be meant: then Wrong says it.
func Parse(name string, text []byte) Site {
	sum := sha256.Sum256(text)
	s := Site{Name: name, File: Default(), Said: true, Digest: hex.EncodeToString(sum[:])}
	s.Wrong = decode(text, &s.File)
	if s.Wrong == nil {
		s.Wrong = s.check()
	}
	s.zone = time.Local
	if z, err := time.LoadLocation(s.TimeZone); err == nil && s.TimeZone != "" {
		s.zone = z
	}
	return s
}

func decode(text []byte, into *File) error {
	err := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields().Decode(into)
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		e := strict.Errors[0]
		row, _ := e.Position()
		return fmt.Errorf("line %d: unknown key %s (nocturne policy reference lists them)", row, strings.Join(e.Key(), "."))
	}
	var bad *toml.DecodeError
	if errors.As(err, &bad) {
		row, _ := bad.Position()
		return fmt.Errorf("line %d: %w", row, err)
	}
	return err
}

// Book is the policies of a home's sites, read again when their files change. Safe for
// concurrent use.
type Book struct {
	dir string

	mu    sync.Mutex
	sites map[string]page // guarded by mu
}

type page struct {
	site  Site
	stamp stamp
}

// stamp tells one state of a file from the next.
type stamp struct {
	size int64
	at   time.Time
}

// NewBook is the policies below a folder; nothing is read yet.
func NewBook(dir string) *Book { return &Book{dir: dir, sites: map[string]page{}} }

// Path is where a site's policy is or would be.
func (b *Book) Path(site string) string { return filepath.Join(b.dir, site+".toml") }

// Read reads a site's policy as its file is now.
func (b *Book) Read(site string) Site {
	if site == "" || strings.ContainsAny(site, `/\:`) || site != filepath.Base(site) {
		return Unwritten(site) // no file can be named for it
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	info, err := os.Stat(b.Path(site))
	now := stamp{}
	if err == nil {
		now = stamp{info.Size(), info.ModTime()}
	}
	if p, ok := b.sites[site]; ok && p.stamp == now && (err == nil || errors.Is(err, fs.ErrNotExist)) {
		return p.site
	}
	s := b.fromDisk(site)
	b.sites[site] = page{s, now}
	return s
}

// Known is a site's policy as it was read last, without looking at the disk unless it
// never was.
func (b *Book) Known(site string) Site {
	b.mu.Lock()
	p, ok := b.sites[site]
	b.mu.Unlock()
	if ok {
		return p.site
	}
	return b.Read(site)
}

func (b *Book) fromDisk(site string) Site {
	f, err := os.Open(b.Path(site))
	if errors.Is(err, fs.ErrNotExist) {
		return Unwritten(site)
	}
	wrong := func(err error) Site {
		s := Unwritten(site)
		s.Said, s.Wrong = true, err
		return s
	}
	if err != nil {
		return wrong(errors.New("policy/" + site + ".toml cannot be opened"))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return wrong(errors.New("policy/" + site + ".toml cannot be read"))
	case len(text) > most:
		return wrong(errors.New("policy/" + site + ".toml is larger than 1 MiB"))
	}
	return Parse(site, text)
}

// Files are the sites that the folder has a policy for, by name.
func (b *Book) Files() []string {
	var out []string
	entries, _ := os.ReadDir(b.dir) // none: no policies
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), ".toml"); ok && !e.IsDir() {
			out = append(out, name)
		}
	}
	return out
}
