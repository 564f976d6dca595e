package reading

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nocturne/nocturne/assets"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/template"
)

func TestTheReadersPhrasesTakeThePlaceOfOurs(t *testing.T) {
	ours := fstest.MapFS{"neg.txt": {Data: []byte("No acute abnormality.\n")}, "x.txt": {Data: []byte("too short a name")}, "notes.md": {}}
	own := fstest.MapFS{"neg.txt": {Data: []byte("Normal.\r\n\x1b[2J")}, "empty.txt": {}}
	got, err := Macros(ours, own, fstest.MapFS{}, missing{})
	if len(got) != 1 || got[0].Name != "neg" || !strings.HasPrefix(got[0].Text, "Normal.\n") || strings.Contains(got[0].Text, "\x1b") {
		t.Errorf("%+q", got)
	}
	if err == nil || !strings.Contains(err.Error(), "x.txt") || !strings.Contains(err.Error(), "empty.txt") {
		t.Errorf("said %v", err)
	}
}

type missing struct{}

func (missing) Open(string) (fs.File, error) { return nil, fs.ErrNotExist }

// Every phrase of ours is understood: a bracket that is no field would go out as one.
func TestOurPhrasesHaveNoBracketsLeft(t *testing.T) {
	dir, _ := fs.Sub(assets.Macros, "macros")
	list, err := Macros(dir)
	if err != nil || len(list) < 10 {
		t.Fatalf("%d phrases, %v", len(list), err)
	}
	for _, m := range list {
		for _, p := range template.ParseText(m.Text) {
			if p.Kind == template.Literal && strings.ContainsAny(p.Text, "[]{}") || p.Kind == report.MergeField {
				t.Errorf("%s: %q is left", m.Name, p.Text)
			}
		}
	}
}
