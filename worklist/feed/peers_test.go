package feed

import (
	"context"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/dicomweb"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, cfg dicomweb.Config) *dicomweb.Client {
	t.Helper()
	cfg.Name = "NORTH"
	c, err := dicomweb.New(cfg)
	must(t, err)
	t.Cleanup(c.Close)
	return c
}

func fill(t *testing.T, c *dicomweb.Client, st pacstest.Study) {
	t.Helper()
	got, err := c.Store(context.Background(), st.UID, st.Bytes()...)
	if err != nil || len(got.OK) != len(st.Objects) {
		t.Fatalf("stored %d: %v", len(got.OK), err)
	}
}

func TestANightAtTheEmbeddedArchive(t *testing.T) {
	a, err := demo.New(demo.Options{})
	must(t, err)
	t.Cleanup(func() { a.Close() })
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	base, ctx := server.URL+"/dicom-web", context.Background()
	c, seed, me := open(t, dicomweb.Config{BaseURL: base, UPSURL: base}), pacstest.NewSeed(t), "READER^DEMO"
	feed := New([]Site{{Name: "NORTH", Archive: c, Workitems: c.Workitems()}}, Options{Reader: me})
	if s := feed.Poll(ctx); s.Sites[0].Err != nil || len(s.Rows) != 0 {
		t.Fatalf("an empty archive: %d rows, %v", len(s.Rows), s.Sites[0].Err)
	}
	st := seed.Studies[0]
	fill(t, c, st)
	before := feed.Poll(ctx)
	uid, err := c.CreateWorkitem(ctx, dicom.NewUID(), pacstest.NewWorkitem(st, seed.PatientID(0), me))
	must(t, err)
	_, err = c.CreateWorkitem(ctx, dicom.NewUID(), pacstest.NewWorkitem(st, seed.PatientID(0), "OTHER^ONE"))
	must(t, err)
	after := feed.Poll(ctx)
	if len(after.Rows) != 1 || len(Diff(before, after)) != 1 {
		t.Fatalf("%d rows, %d ring, %v", len(after.Rows), len(Diff(before, after)), after.Sites[0].Err)
	}
	r := after.Rows[0]
	if r.WorkitemUID != string(uid) || r.Modality != "CT" || r.Expected != len(st.Objects) || r.Age != "64 y" || r.State != Assigned ||
		r.Priority != pacs.Stat || r.PatientName != st.Name || r.ClaimedBy != nil || !r.Lockable {
		t.Errorf("row %+v", r)
	}
	tx := dicom.NewUID()
	must(t, c.ChangeState(ctx, uid, tx, pacs.InProgress))
	must(t, c.UpdateWorkitem(ctx, uid, tx, pacstest.Performed("OTHER^ONE")))
	if r := feed.Poll(ctx).Rows[0]; r.State != Claimed || r.ClaimedBy == nil || *r.ClaimedBy != "OTHER^ONE" || time.Since(r.Since) > time.Minute || r.Mine {
		t.Errorf("claimed row %+v", r)
	}
	must(t, c.ChangeState(ctx, uid, tx, pacs.Completed))
	if r := feed.Poll(ctx).Rows[0]; r.State != Final || r.ClaimedBy != nil {
		t.Errorf("completed row %+v", r)
	}
	server.Close()
	if s := feed.Poll(ctx); len(s.Rows) != 1 || !s.Rows[0].Stale || s.Sites[0].Err == nil {
		t.Error("a dead archive took its rows along")
	}
}

func TestOrthancsStudiesAreAListWithoutLocks(t *testing.T) {
	url, user, password := pacstest.StartOrthanc(t)
	c, seed := open(t, dicomweb.Config{BaseURL: url, Login: func(context.Context) (dicomweb.Login, error) {
		return dicomweb.Login{User: user, Password: password}, nil
	}}), pacstest.NewSeed(t)
	for _, st := range seed.Studies {
		fill(t, c, st)
	}
	ctx := context.Background()
	all := New([]Site{{Name: "WEST", Archive: c, AllStudies: true}}, Options{Reader: "READER^DEMO"}).Poll(ctx)
	if len(all.Rows) != 3 || all.Sites[0].Err != nil {
		t.Fatalf("%d rows, %v", len(all.Rows), all.Sites[0].Err)
	}
	i := slices.IndexFunc(all.Rows, func(r Row) bool { return r.StudyUID == string(seed.Studies[0].UID) })
	r := all.Rows[i]
	if r.Lockable || r.Modality != "CT" || r.Expected != 8 || r.Age != "64 y" || r.Study != seed.Studies[0].Description {
		t.Errorf("row %+v", r)
	}
	mine := New([]Site{{Name: "WEST", Archive: c}}, Options{Reader: "READER^DEMO"}).Poll(ctx)
	if len(mine.Rows) != 0 || mine.Sites[0].Err != nil {
		t.Errorf("%d rows are assigned, %v", len(mine.Rows), mine.Sites[0].Err)
	}
	found, complete, err := Priors(ctx, Site{Name: "WEST", Archive: c}, r)
	if err != nil || !complete || len(found) != 0 {
		t.Errorf("%d priors, complete %v, %v", len(found), complete, err)
	}
}
