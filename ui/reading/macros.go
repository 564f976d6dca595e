package reading

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/nocturne/nocturne/worklist/report"
)

// Macro is a phrase that is typed by its name: "/nodule".
type Macro struct {
	Name string // two or more letters, digits, - or _
	Text string // in the notation of templates
}

// A phrase is short: a file of more bytes is not read as one.
const maxMacro = 64 << 10

// Macros reads every .txt file of the directories as a macro named by its file, by
// name; one of a later directory takes the place of an earlier one. A directory that
// is not there is empty. What cannot be read is left out and said in the error.
func Macros(dirs ...fs.FS) ([]Macro, error) {
	byName := map[string]Macro{}
	var bad []error
	for _, dir := range dirs {
		files, err := fs.ReadDir(dir, ".")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			bad = append(bad, fmt.Errorf("read macros: %w", err))
		}
		for _, f := range files {
			name, ok := strings.CutSuffix(f.Name(), ".txt")
			if !ok || f.IsDir() {
				continue
			}
			m, err := readMacro(dir, f, name)
			if err != nil {
				bad = append(bad, fmt.Errorf("macro %s: %w", path.Base(f.Name()), err))
				continue
			}
			byName[strings.ToLower(name)] = m
		}
	}
	out := make([]Macro, 0, len(byName))
	for _, m := range byName {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Macro) int { return strings.Compare(a.Name, b.Name) })
	return out, errors.Join(bad...)
}

func readMacro(dir fs.FS, f fs.DirEntry, name string) (Macro, error) {
	if !macroName(name) {
		return Macro{}, errors.New("a macro's name is two or more letters, digits, - or _")
	}
	info, err := f.Info()
	if err != nil {
		return Macro{}, err
	}
	if info.Size() > maxMacro {
		return Macro{}, fmt.Errorf("it has more than %d bytes", maxMacro)
	}
	b, err := fs.ReadFile(dir, f.Name())
	if err != nil {
		return Macro{}, err
	}
	text := strings.TrimRight(report.Foreign(string(b)), "\n ")
	if text == "" {
		return Macro{}, errors.New("it is empty")
	}
	return Macro{Name: name, Text: text}, nil
}

func macroName(s string) bool {
	return len(s) >= 2 && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
}
