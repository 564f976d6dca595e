// Package bir holds the image side against the functions of IHE Basic Image
// Review (RAD TF-1 "BIR"; display.md D1): the least that whoever gets a disc of
// images may expect. Nothing is ticked: every item opens a case on a real Desk,
// works it by keys, pointer and wheel, and reads what comes out, as Scene, State
// and painted pixels. What is expected comes from the standard's formulas and
// from how the objects were written, never from the Desk.
//
// Items about modalities run on the studies they are given (the program's
// phantoms). Items about a real window run on a viewer.Viewer they are given, and
// are skipped with a sentence where there is none.
package bir

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nocturne/nocturne/viewer"
)

// Item is the result of one function.
type Item struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Status   string `json:"status"` // Pass, Fail, Skip
	Evidence string `json:"evidence"`
}

// The statuses of an Item.
const (
	Pass = "pass"
	Fail = "fail"
	Skip = "skip"
)

// Study is a study to show: written files, current first where it has priors.
type Study struct {
	Name     string
	Order    viewer.Order
	Studies  []viewer.Study // the first is to be read
	Objects  []viewer.Object
	Modality string
}

// Options of a run.
type Options struct {
	Dir     string  // an empty folder for the objects that items write
	Studies []Study // of as many modalities as there are
	// Window starts the real window; nil: there is none, for the reason NoWindow.
	Window   func(context.Context) (viewer.Viewer, error)
	NoWindow string
}

// item is one function: it works a session and says in a trial what it measured.
type item struct {
	id, title string
	run       func(s *session, t *trial)
}

// Run holds the program against every function and gives the results in the order
// of the profile. It takes some seconds.
func Run(ctx context.Context, o Options) []Item {
	var out []Item
	for i, it := range items(o) {
		if ctx.Err() != nil {
			return append(out, Item{ID: it.id, Title: it.title, Status: Skip, Evidence: "interrupted"})
		}
		out = append(out, o.one(i, it))
	}
	return append(out, o.window(ctx)...)
}

// one runs an item on a session and in a folder of its own.
func (o Options) one(i int, it item) (result Item) {
	result = Item{ID: it.id, Title: it.title, Status: Fail}
	t := &trial{}
	defer func() {
		if r := recover(); r != nil {
			t.want(false, "the program broke off: %v", r)
		}
		result.Status, result.Evidence = t.result()
	}()
	dir := filepath.Join(o.Dir, fmt.Sprint(i))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.want(false, "no folder for its objects: %v", err)
		return
	}
	defer os.RemoveAll(dir)
	s := newSession(dir)
	defer s.d.Close()
	it.run(s, t)
	return
}

func items(o Options) []item {
	var all []item
	for _, some := range [][]item{
		showItems(o), scrollItems(o), windowItems(), grayItems(), viewItems(), wordItems(o), measureItems(), compareItems(), documentItems(),
	} {
		all = append(all, some...)
	}
	return all
}
