package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/nocturne/nocturne/assets"
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
	own, errOwn := template.Load(os.DirFS(filepath.Join(env.Home, "templates")), true)
	return template.NewSet(append(ours, own...)...), errors.Join(errOurs, errOwn)
}
