package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/user"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/nocturne/nocturne/cache/pixel"
	"github.com/nocturne/nocturne/viewer/keymap"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/transit"
	"github.com/pelletier/go-toml/v2"
)

// Config is $NOCTURNE_HOME/config.toml. Each field's doc tag is its line in
// `nocturne config reference`.
type Config struct {
	Reader    ReaderConfig    `toml:"reader" doc:"who reads here; signs reports and claims cases"`
	Sites     []SiteConfig    `toml:"site" doc:"one table for each archive the reader is assigned cases by"`
	Contacts  []ContactConfig `toml:"contact" doc:"one table for each person who is told critical results, in the order to call them"`
	Policy    PolicyConfig    `toml:"policy" doc:"what this reader's sites allow"`
	Report    ReportConfig    `toml:"report" doc:"how reports are written"`
	Keys      KeysConfig      `toml:"keys" doc:"which keys do what"`
	Window    WindowConfig    `toml:"window" doc:"where the image window opens"`
	Alarm     AlarmConfig     `toml:"alarm" doc:"how a STAT makes itself heard"`
	Dictation DictationConfig `toml:"dictation" doc:"the speech recogniser that F2 starts"`
	Audit     []AuditConfig   `toml:"audit" doc:"one table for each receiver that the audit log is sent to"`
	Limits    LimitsConfig    `toml:"limits" doc:"what a file may cost before it is refused"`
}

// ReaderConfig names the reader.
type ReaderConfig struct {
	Name         string `toml:"name" doc:"person name in DICOM form, FAMILY^GIVEN; default: the system's user"`
	ID           string `toml:"id" doc:"login or staff number written beside the name"`
	Organization string `toml:"organization" doc:"verifying organization in every signed report"`
	Role         string `toml:"role" doc:"attending, or trainee: signs preliminary reports, which an attending makes final"`
}

// SiteConfig is one archive. Secrets are referenced, never written here.
type SiteConfig struct {
	Name         string `toml:"name" doc:"short name shown in the list, NORTH"`
	DICOMweb     string `toml:"dicomweb" doc:"base URL for QIDO, WADO and STOW"`
	UPS          string `toml:"ups" doc:"base URL before /workitems; empty: the site has no worklist"`
	User         string `toml:"user" doc:"user name for HTTP basic authentication"`
	PasswordEnv  string `toml:"password_env" doc:"environment variable that holds the password"`
	PasswordFile string `toml:"password_file" doc:"file that holds the password (mode 0600)"`
	AllStudies   bool   `toml:"all_studies" doc:"without UPS: list all studies instead of those with the reader's name"`
	Phone        string `toml:"phone" doc:"number to call when a report cannot be delivered"`
	LoginConfig
	SendConfig
	DIMSEConfig
}

// PolicyConfig holds the switches of the safety rules.
type PolicyConfig struct {
	RecallSeconds    int `toml:"recall_seconds" doc:"time to take a signed routine report back before it is sent (0 for STAT and on the command line)"`
	PollSeconds      int `toml:"poll_seconds" doc:"time between two looks at a site's worklist"`
	LockMinutes      int `toml:"lock_minutes" doc:"minutes without a key until terminal and window are blanked (0: never); not while somebody has to be called"`
	Critical1Minutes int `toml:"critical1_minutes" doc:"time in which a critical result of category 1 must be told"`
	Critical2Minutes int `toml:"critical2_minutes" doc:"the same of category 2"`
	Critical3Minutes int `toml:"critical3_minutes" doc:"the same of category 3"`
	// N22 is the site's to relax, never the program's default.
	MammographyOnAnyDisplay bool `toml:"mammography_on_any_display" doc:"let mammograms be signed without a display of 5 MP checked within 30 days; the report says so (only where the site's policy allows)"`

	SignPIN bool `toml:"sign_pin" doc:"ask for the reader's PIN at every signature (nocturne pin set)"`

	Prefetch       string `toml:"prefetch" doc:"what is fetched before it is opened: on (every case of the list, and priors), claimed (what the reader holds and STAT: for a line that is slow or paid by the byte) or off"`
	PrefetchPriors int    `toml:"prefetch_priors" doc:"how many earlier studies of a case are fetched after it, the most relevant first"`

	TerminalImage bool `toml:"terminal_image" doc:"show images in the terminal even where a window could open"`
}

// KeysConfig chooses the key map.
type KeysConfig struct {
	Map    string `toml:"map" doc:"default, ohif, horos, weasis, vim, or the name of a file in keymaps/ of the home, without .toml"`
	Editor string `toml:"editor" doc:"plain or vim: how the report is edited (:set editor vim, for a while)"`
}

// ReportConfig is the style of a report.
type ReportConfig struct {
	Unit      string `toml:"unit" doc:"unit of lengths in the text: mm or cm"`
	PlusMinus bool   `toml:"plus_minus" doc:"write measurements with their uncertainty, one standard deviation: 8.0 ± 0.5 mm"`
}

func (r ReportConfig) style() report.Style {
	return report.Style{Centimetres: r.Unit == "cm", PlusMinus: r.PlusMinus}
}

// WindowConfig places the image window.
type WindowConfig struct {
	Monitor string `toml:"monitor" doc:"by number from 1 (\"2\") or by a part of its name (\"EIZO\"); empty: the main one"`
}

// AlarmConfig is the STAT alarm (N11).
type AlarmConfig struct {
	Command string `toml:"command" doc:"program started for a STAT, without arguments, until it is acknowledged"`
}

// DictationConfig names a recogniser (package ui/dictation says how it speaks).
type DictationConfig struct {
	Command           []string `toml:"command" doc:"program and arguments that speak JSON lines on standard input and output; empty: none"`
	SpokenPunctuation bool     `toml:"spoken_punctuation" doc:"it writes marks as words: period, comma, new paragraph"`
}

// LimitsConfig bounds what foreign bytes may cost.
type LimitsConfig struct {
	FrameMB int `toml:"frame_mb" doc:"largest frame that is decoded, in MiB"`
	CacheGB int `toml:"cache_gb" doc:"how large the cache may be, in GB (0: as the disk allows); beyond it nothing is fetched ahead, and what was used least lately is erased"`
	FreeGB  int `toml:"free_gb" doc:"what is left free on the disk, in GB, in the same way"`

	KeepDays int `toml:"keep_days" doc:"days from a study's sign-off, or from its last use, until its images are erased; a site's policy file goes before"`
}

const maxFrameMB = 1 << 17 // the largest frame that Rows, Columns and three samples of 64 bits can say, and some

func defaultConfig() Config {
	return Config{
		Reader: ReaderConfig{Name: systemReader(), Organization: unknownOrganization, Role: "attending"},
		Report: ReportConfig{Unit: "mm"},
		Keys:   KeysConfig{Map: keymap.Default, Editor: "plain"},
		Policy: PolicyConfig{RecallSeconds: 15, PollSeconds: 5, Prefetch: "on", PrefetchPriors: 3, Critical1Minutes: 60, Critical2Minutes: 6 * 60, Critical3Minutes: 72 * 60},
		Limits: LimitsConfig{FrameMB: 1024, FreeGB: 5, KeepDays: 7},
	}
}

const trainee = "trainee"

const unknownOrganization = "Unknown organization"

func systemReader() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return strings.ToUpper(filepath.Base(u.Username))
	}
	return ""
}

// loadConfig reads config.toml; a home without one has the defaults. A key it
// does not know is an error, so that a misspelt one is never silently ignored.
func loadConfig(home string) (Config, error) {
	c := defaultConfig()
	f, err := os.Open(filepath.Join(home, "config.toml"))
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("read config.toml: %w", err)
	}
	defer f.Close()
	if err := toml.NewDecoder(f).DisallowUnknownFields().Decode(&c); err != nil {
		return c, fmt.Errorf("read config.toml: %w", tomlError(err))
	}
	return c, c.check()
}

func tomlError(err error) error {
	var strict *toml.StrictMissingError
	if errors.As(err, &strict) && len(strict.Errors) > 0 {
		e := strict.Errors[0]
		row, _ := e.Position()
		return fmt.Errorf("line %d: unknown key %s (nocturne config reference lists them)", row, strings.Join(e.Key(), "."))
	}
	return err
}

// setLimits makes the configured limits those of this process. A configuration
// that cannot be read sets the defaults; the command that needs it says why.
func (env *environment) setLimits() {
	c, err := loadConfig(env.Home)
	if err != nil {
		c = defaultConfig()
	}
	pixel.MaxFrame = int64(c.Limits.FrameMB) << 20
}

func (c Config) check() error {
	if c.Limits.FrameMB < 1 || c.Limits.FrameMB > maxFrameMB {
		return fmt.Errorf("config.toml: limits.frame_mb must lie in 1…%d", maxFrameMB)
	}
	if c.Report.Unit != "mm" && c.Report.Unit != "cm" {
		return fmt.Errorf("config.toml: report.unit is mm or cm")
	}
	if e := c.Keys.Editor; e != "" && e != "plain" && e != "vim" {
		return fmt.Errorf("config.toml: keys.editor is plain or vim")
	}
	if r := c.Reader.Role; r != "" && r != "attending" && r != trainee {
		return fmt.Errorf("config.toml: reader.role is attending or trainee")
	}
	if err := c.checkPrefetch(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i, s := range c.Sites {
		if s.Name == "" || seen[s.Name] {
			return fmt.Errorf("config.toml: site %d needs a name of its own", i+1)
		}
		seen[s.Name] = true
		for _, u := range []string{s.DICOMweb, s.UPS} {
			if p, err := url.Parse(u); u != "" && (err != nil || p.Host == "" || (p.Scheme != "http" && p.Scheme != "https")) {
				return fmt.Errorf("config.toml: site %s: %q is not an http or https URL", s.Name, u)
			}
		}
		if err := s.checkLogin(); err != nil {
			return fmt.Errorf("config.toml: site %s: %w", s.Name, err)
		}
		if err := errors.Join(s.SendConfig.check(), s.DIMSEConfig.check()); err != nil {
			return fmt.Errorf("config.toml: site %s: %w", s.Name, err)
		}
	}
	for _, a := range c.Audit {
		if err := a.check(); err != nil {
			return fmt.Errorf("config.toml: %w", err)
		}
	}
	return c.checkContacts()
}

// password resolves the site's secret by its reference.
func (s SiteConfig) password(getenv func(string) string) (string, error) {
	switch {
	case s.PasswordEnv != "":
		return getenv(s.PasswordEnv), nil
	case s.PasswordFile != "":
		if err := transit.OnlyOurs(s.PasswordFile); err != nil {
			return "", fmt.Errorf("site %s: read password file: %w", s.Name, err)
		}
		b, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return "", fmt.Errorf("site %s: read password file: %w", s.Name, err)
		}
		return strings.TrimRight(string(b), "\r\n"), nil
	}
	return "", nil
}

func (p PolicyConfig) recall(stat bool) time.Duration {
	if stat {
		return 0
	}
	return time.Duration(p.RecallSeconds) * time.Second
}

// configReference lists every key with its default and meaning, from the types.
func configReference() string {
	var b strings.Builder
	b.WriteString("# config.toml in $NOCTURNE_HOME. Every key, with its default.\n")
	reference(&b, reflect.ValueOf(defaultConfig()), "")
	return b.String()
}

func reference(b *strings.Builder, v reflect.Value, table string) {
	for i := range v.NumField() {
		f, field := v.Field(i), v.Type().Field(i)
		key, doc := field.Tag.Get("toml"), field.Tag.Get("doc")
		switch f.Kind() {
		case reflect.Struct:
			if field.Anonymous {
				reference(b, f, table)
				continue
			}
			fmt.Fprintf(b, "\n# %s\n[%s]\n", doc, key)
			reference(b, f, key)
		case reflect.Slice:
			if f.Type().Elem().Kind() == reflect.String {
				fmt.Fprintf(b, "%s = [] # %s\n", key, doc)
				continue
			}
			fmt.Fprintf(b, "\n# %s\n[[%s]]\n", doc, key)
			reference(b, reflect.Zero(f.Type().Elem()), key)
		case reflect.String:
			fmt.Fprintf(b, "%s = %q # %s\n", key, f.String(), doc)
		default:
			fmt.Fprintf(b, "%s = %v # %s\n", key, f.Interface(), doc)
		}
	}
}
