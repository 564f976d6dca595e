package main

import (
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"
)

// reluctant stands before an archive and keeps every object back until it is let go;
// lists and drawn pictures pass.
func reluctant(t *testing.T, a *archiveProcess) (letGo func()) {
	t.Helper()
	to, err := url.Parse(a.DICOMweb)
	if err != nil {
		t.Fatal(err)
	}
	free := make(chan struct{})
	archive := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: to.Scheme, Host: to.Host})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := r.URL.Path; r.Method == http.MethodGet && strings.Contains(p, "/instances/") && !strings.HasSuffix(p, "/rendered") {
			select {
			case <-free:
			case <-r.Context().Done():
				return
			}
		}
		archive.ServeHTTP(w, r)
	}))
	t.Cleanup(func() { s.CloseClientConnections(); s.Close() })
	a.DICOMweb, a.UPS = s.URL+to.Path, s.URL+to.Path
	return func() { close(free) }
}

// amber counts the pixels of the screen in the colour of a preview's frame.
func (d *desktop) amber(t *testing.T) int {
	t.Helper()
	out, err := d.command("import", "-window", "root", "-depth", "8", "png:-").Output()
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(strings.NewReader(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if r, g, b, _ := m.At(x, y).RGBA(); r>>8 == 255 && g>>8 == 176 && b>>8 == 32 {
				n++
			}
		}
	}
	return n
}

// An archive that draws before it sends: its picture of the middle slice is in the
// window, framed as what it is, and the first image takes its place (N8).
func TestAPreviewStandsMarkedUntilTheArchiveSendsAnImage(t *testing.T) {
	t.Parallel()
	d := startDesktop(t)
	dir, study := lateStudy(t)
	a := spawnArchive(t, "--dir", dir)
	letGo := reluctant(t, a)
	c := startConsole(t, d, a.ownHome(t), 140, 50)
	c.openCase("tardy")
	const bands = 20000 // pixels: two bands across the tile and its frame
	eventually(t, 15*time.Second, "the preview between its bands", func() bool { return d.amber(t) > bands }, c.screen)
	d.screenshot(t, "preview")
	c.see(5*time.Second, `waiting for the first image`)
	letGo()
	c.see(20*time.Second, `Im \d+/120`)
	eventually(t, 15*time.Second, "the preview to go", func() bool { return d.amber(t) < bands/10 }, c.screen)
	if s := c.state(study); len(s.Tiles) == 0 || s.Tiles[0].SOPUID == "" {
		t.Error("no image on the tile")
	}
}
