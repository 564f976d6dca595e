package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/viewer/hang"
)

// keepHanging writes a layout that the reader keeps as hanging/kept-….toml in the home,
// or takes it away again, and says what that means. What is no hanging protocol is
// refused: the window is another process.
func (env *environment) keepHanging(a viewer.Action, text string) (said string, err error) {
	if a == viewer.HangForget {
		return env.forgetHanging(text)
	}
	p, err := hang.Parse([]byte(text))
	if err != nil {
		return "", fmt.Errorf("keep this layout: %w", err)
	}
	path := env.keptFile(p.Name)
	if !p.Kept() || path == "" {
		return "", errors.New("keep this layout: it has no name of a kept one")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("keep this layout: %w", err)
	}
	if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("keep this layout: %w", err)
	}
	if err := os.Rename(path+".new", path); err != nil {
		return "", fmt.Errorf("keep this layout: %w", err)
	}
	return fmt.Sprintf("Kept as “%s” (hanging/%s): opens %s. :hang forget undoes it.", p.Name, filepath.Base(path), p.Match.Says()), nil
}

func (env *environment) forgetHanging(name string) (string, error) {
	path := env.keptFile(name)
	if path == "" {
		return "", errors.New("forget this layout: it has no name")
	}
	if err := os.Remove(path); errors.Is(err, fs.ErrNotExist) {
		return "This layout was not kept in a file: it is forgotten.", nil
	} else if err != nil {
		return "", fmt.Errorf("forget this layout: %w", err)
	}
	return fmt.Sprintf("Forgotten: hanging/%s is gone; such cases hang as they did before.", filepath.Base(path)), nil
}

// keptFile is where a kept layout is written, by the letters and digits of its name; ""
// where it has none.
func (env *environment) keptFile(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	slug := strings.Join(words, "-")
	if len(words) < 2 || len(slug) > 100 {
		return ""
	}
	return filepath.Join(env.home(), "hanging", "kept-"+slug+".toml")
}
