package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/nocturne/nocturne/assets"
	"github.com/nocturne/nocturne/worklist/report"
	"github.com/nocturne/nocturne/worklist/report/template"
)

// templates are the report templates of the program, and those of the home's
// templates directory, which take the place of the program's of the same identifier.
// Files that cannot be read are said in the error; the set is whole without them.
func (env *environment) templates() (*template.Set, error) {
	shipped, err := fs.Sub(assets.Reports, "report")
	if err != nil {
		return nil, err
	}
	ours, errOurs := template.Load(shipped, false)
	own, errOwn := template.Load(os.DirFS(filepath.Join(env.home(), "templates")), true)
	return template.NewSet(append(ours, own...)...), errors.Join(errOurs, errOwn)
}

// begin applies the template of that name, or the best one, to the draft; "" applies
// none. What was left because the reader's words stand there is said.
func (h *house) begin(env *environment, d *report.Draft, name string, facts report.Facts, now time.Time) error {
	template.Refresh(d, facts, now)
	if name == "" {
		return nil
	}
	return env.withTemplates(func(set *template.Set) error {
		t, why := set.Find(name), "named"
		if name == "auto" {
			best := set.Choose(d, facts)
			if len(best) == 0 {
				return fmt.Errorf("no template fits this study; nocturne templates list names them")
			}
			t, why = best[0].Template, best[0].Reason
		}
		if t == nil {
			return fmt.Errorf("there is no template %q; nocturne templates list names them", name)
		}
		fmt.Fprintf(env.Err, "template %s: %s\n", t.Short(), why)
		for _, s := range t.Apply(d, facts, now).Kept {
			fmt.Fprintf(env.Err, "%s is kept as it is: it holds your words\n", s)
		}
		return nil
	})
}
