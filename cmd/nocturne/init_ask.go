package main

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nocturne/nocturne/cache/access"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/term"
)

// fillIn asks a terminal for what the flags did not say.
func (env *environment) fillIn(b *beginning) error {
	if b.passphraseFile != "" {
		b.passphrase = func() (string, error) { return env.newPassphrase(b.passphraseFile) }
	}
	said := b.reader.Name != "" && (b.site.DICOMweb != "" || b.site.DIMSE != "")
	in, ok := env.In.(*os.File)
	switch {
	case said:
		return b.settle()
	case !ok || !term.IsTerminal(int(in.Fd())):
		return usagef("there is no terminal to ask: --reader FAMILY^GIVEN, and --url or --dimse with --called-ae")
	}
	for _, q := range []struct {
		ask  string
		into *string
		need func() bool
	}{
		{"Your name, FAMILY^GIVEN: ", &b.reader.Name, nil},
		{"Your login or staff number (Enter: none): ", &b.reader.ID, nil},
		{"Organization that verifies your reports: ", &b.reader.Organization, nil},
		{"Short name of the site, as NORTH: ", &b.site.Name, nil},
		{"Its DICOMweb address, https://… (Enter: it has none): ", &b.site.DICOMweb, nil},
		{"Its worklist (UPS), the address before /workitems (Enter: none): ", &b.site.UPS, func() bool { return b.site.DICOMweb != "" }},
		{"Its DIMSE address, host:port (Enter: none): ", &b.site.DIMSE, nil},
		{"Its AE title: ", &b.site.CalledAE, func() bool { return b.site.DIMSE != "" }},
		{"Our AE title there (Enter: NOCTURNE): ", &b.site.CallingAE, func() bool { return b.site.DIMSE != "" }},
	} {
		if *q.into != "" || q.need != nil && !q.need() {
			continue
		}
		answer, err := env.askLine(in, q.ask)
		if err != nil {
			return err
		}
		*q.into = answer
	}
	if b.passphrase == nil && !b.keychain && env.Getenv(access.PassphraseFileEnv) == "" {
		if err := env.askWhetherSealed(in, b); err != nil {
			return err
		}
	}
	return b.settle()
}

// askWhetherSealed lets the reader of a home without a protected key choose.
func (env *environment) askWhetherSealed(in *os.File, b *beginning) error {
	had, err := access.Sources(env.Home, env.ringOptions())
	if err != nil || len(had) > 0 && had[0] != access.Unprotected {
		return err
	}
	p, err := env.askHidden(in, "Passphrase for all that is kept here, at least 8 characters (Enter: none): ")
	if err != nil || p == "" {
		return err
	}
	again, err := env.askHidden(in, "once more: ")
	if err == nil && again != p {
		err = errors.New("the two are not the same: nothing was set up")
	}
	b.passphrase = func() (string, error) { return p, nil }
	return err
}

// settle checks what was said and fills in what is the same for everybody.
func (b *beginning) settle() error {
	if b.site.Name == "" {
		b.site.Name = "SITE"
	}
	if b.site.UPS == "" && !b.site.DIMSEUPS {
		b.site.AllStudies = true // who has no worklist reads from the list of studies
	}
	c := defaultConfig()
	c.Reader, c.Sites = b.reader, []SiteConfig{b.site}
	if b.site.DICOMweb == "" && b.site.DIMSE == "" {
		return usagef("a site needs --url or --dimse")
	}
	if err := c.check(); err != nil {
		return usageError{err}
	}
	return nil
}

// config is config.toml with what was said, and nothing of what is as usual.
func (b *beginning) config() ([]byte, error) {
	type reader struct {
		Name         string `toml:"name"`
		ID           string `toml:"id,omitempty"`
		Organization string `toml:"organization,omitempty"`
	}
	type site struct {
		Name         string `toml:"name"`
		DICOMweb     string `toml:"dicomweb,omitempty"`
		UPS          string `toml:"ups,omitempty"`
		DIMSE        string `toml:"dimse,omitempty"`
		CalledAE     string `toml:"called_ae,omitempty"`
		CallingAE    string `toml:"calling_ae,omitempty"`
		User         string `toml:"user,omitempty"`
		PasswordFile string `toml:"password_file,omitempty"`
		AllStudies   bool   `toml:"all_studies,omitempty"`
	}
	var out bytes.Buffer
	out.WriteString("# Written by nocturne init. Every key: nocturne config reference\n\n")
	s := b.site
	err := toml.NewEncoder(&out).Encode(struct {
		Reader reader `toml:"reader"`
		Site   []site `toml:"site"`
	}{reader{b.reader.Name, b.reader.ID, b.reader.Organization},
		[]site{{s.Name, s.DICOMweb, s.UPS, s.DIMSE, s.CalledAE, s.CallingAE, s.User, s.PasswordFile, s.AllStudies}}})
	if err != nil {
		return nil, fmt.Errorf("write config.toml: %w", err)
	}
	return out.Bytes(), nil
}

// writeConfig puts config.toml in its place, whole, and never in the place of another.
func (env *environment) writeConfig(text []byte) error {
	if err := disk.OS.MkdirAll(env.Home); err != nil {
		return fmt.Errorf("write config.toml: %w", err)
	}
	whole := filepath.Join(env.Home, "config-"+rand.Text())
	err := disk.Replace(disk.OS, whole+".part", whole, text)
	if err == nil {
		err = errors.Join(disk.OS.Link(whole, env.configFile()), disk.OS.Remove(whole), disk.OS.SyncDir(env.Home))
	}
	if errors.Is(err, fs.ErrExist) {
		return errConfigured
	}
	if err != nil {
		return fmt.Errorf("write config.toml: %w", err)
	}
	return nil
}

// askLine asks a terminal for a line, byte by byte: what is typed ahead is for the next
// question, or for who asks without showing.
func (env *environment) askLine(in io.Reader, prompt string) (string, error) {
	fmt.Fprint(env.Err, prompt)
	var line []byte
	one := make([]byte, 1)
	for len(line) < 1<<10 {
		n, err := in.Read(one)
		if n == 1 && one[0] == '\n' {
			break
		}
		if err != nil {
			return "", fmt.Errorf("read the answer: %w", err)
		}
		line = append(line, one[:n]...)
	}
	return strings.TrimSpace(string(line)), nil
}
