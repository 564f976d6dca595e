package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/viewer"
	"github.com/nocturne/nocturne/worklist/report"
)

// markOf is the one mark of a tiny case; its label names the case.
func markOf(c tinyCase) viewer.Mark {
	return viewer.Mark{ID: c.uid + ".9.1", Kind: viewer.Length, StudyUID: c.uid, SeriesUID: c.uid + ".1", SOPUID: c.uid + ".1.1",
		Points: [][2]float64{{10, 10}, {30, 10}}, Values: []viewer.Value{{Name: "length", Number: 20, Unit: "mm"}},
		Calibration: "Pixel Spacing", Label: "mark of " + c.accession, Slice: 1, Modality: "CT", StudyDate: "20260105"}
}

// ready gives every case a mark, and every other a report that could be signed.
func ready(t *testing.T, home string, l *ledger.Ledger, cases []tinyCase) {
	t.Helper()
	for i, c := range cases {
		body, err := json.Marshal(markOf(c))
		if err == nil {
			err = l.SaveMarks(t.Context(), c.uid, []ledger.Annotation{{StudyUID: c.uid, ID: markOf(c).ID, Body: body, Saved: time.Now()}})
		}
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 1 {
			continue
		}
		if out, code := nocturne(t, home, "report", "draft", c.accession, "--set", "impression=Of "+c.accession+"."); code != exitOK {
			t.Fatalf("draft: %s", out)
		}
	}
}

// TestScenario5bRapidKeysStayInTheirCase: 200 keys as fast as a terminal takes
// them, with words for each case in between. No word, number or signature lands on
// another case, whether the site locks, slowly, or not at all.
func TestScenario5bRapidKeysStayInTheirCase(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	for _, site := range []string{"locking", "not locking"} {
		t.Run(site, func(t *testing.T) {
			a, cases := spawnNight(t, 20)
			slow, ups := newCrossing(t, a), ""
			if site == "locking" {
				ups = slow.base(a.UPS)
				slow.after = func(r *http.Request) bool {
					if claims(r) { // the answer comes when the next case may be on screen
						time.Sleep(400 * time.Millisecond)
					}
					return true
				}
			}
			home := nightHome(t, "READER^DEMO", a.DICOMweb, ups)
			l := book(t, home)
			ready(t, home, l, cases)
			c := startConsole(t, nil, home, 100, 30)
			c.openCase("alder")
			said := rapid(t, c, cases)
			time.Sleep(time.Second)
			checkStayed(t, l, cases, said)
			for _, tc := range cases {
				if got := a.stored(t, tc.uid); len(got) != 0 {
					t.Errorf("%s was signed", tc.accession)
				}
			}
		})
	}
}

// rapid presses 200 keys in bursts and types words that name the case on screen.
// It returns how often each case's words were typed.
func rapid(t *testing.T, c *console, cases []tinyCase) map[string]int {
	t.Helper()
	random := rand.New(rand.NewPCG(5, 2))
	keys := []string{"F6", "F12", "F4", "F6", "F12", "F4", "F5"}
	said, words, pressed := map[string]int{}, 0, 0
	send := func(burst ...string) {
		for _, key := range burst {
			pressed += min(1, len(key)-1) // letters are not counted
		}
		if out, err := c.tmux(append([]string{"send-keys"}, burst...)...); err != nil {
			t.Fatalf("%v %s", err, out)
		}
	}
	for begun := time.Now(); pressed < 200 || words < 8 && time.Since(begun) < 20*time.Second; {
		on := onScreen(c, cases)
		if on == "" { // the list, or a sheet
			send("F12", []string{"Down", "PageDown", "Up", "Home"}[random.IntN(4)], "Enter")
			time.Sleep(200 * time.Millisecond)
			continue
		}
		for tries := random.IntN(2) * 12; tries > 0 && !strings.Contains(c.screen(), "KEYS → REPORT"); tries-- {
			send("F3")
			time.Sleep(60 * time.Millisecond)
		}
		if screen := c.screen(); onScreen(c, cases) == on && strings.Contains(screen, "KEYS → REPORT") {
			c.typeText("word" + on + " ")
			said[on]++
			words++
			send("F4")
		}
		// What follows F6 at once was meant for this case: it goes there or nowhere.
		burst := append([]string{"F6"}, strings.Split("stray"+on, "")...)
		for range random.IntN(3) * (3 + random.IntN(5)) {
			burst = append(burst, keys[random.IntN(len(keys))])
		}
		send(append(burst, "F12", "Enter", "F12")...)
		time.Sleep(time.Duration(random.IntN(200)) * time.Millisecond)
	}
	return said
}

// onScreen is the accession number of the case whose page is on screen.
func onScreen(c *console, cases []tinyCase) string {
	lines := strings.SplitN(c.screen(), "\n", 3)
	for _, tc := range cases {
		if len(lines) > 1 && strings.Contains(lines[0], "ID TINY") && strings.Contains(lines[1], "acc "+tc.accession) && strings.HasPrefix(strings.TrimSpace(lines[0]), strings.Split(tc.name, "^")[0]) {
			return tc.accession
		}
	}
	return ""
}

func checkStayed(t *testing.T, l *ledger.Ledger, cases []tinyCase, said map[string]int) {
	t.Helper()
	words, tokens := 0, 0
	for _, tc := range cases {
		stored, ok, err := l.Draft(t.Context(), tc.uid)
		if err != nil {
			t.Fatal(err)
		}
		if !ok { // never opened
			continue
		}
		d, err := report.Decode(stored.Body)
		if err != nil {
			t.Fatal(err)
		}
		text := d.Text()
		for _, other := range cases {
			if other != tc && strings.Contains(text, other.accession) {
				t.Errorf("%s holds something of %s:\n%s", tc.accession, other.accession, text)
			}
		}
		if n := strings.Count(text, "word"+tc.accession); n != said[tc.accession] {
			t.Errorf("%s holds %d words of %d typed:\n%s", tc.accession, n, said[tc.accession], text)
		}
		words += said[tc.accession]
		if began := fmt.Sprintf("Of %s.", tc.accession); !strings.HasPrefix(d.Plain(report.Impression)+began, began) {
			t.Errorf("%s has lost its impression:\n%s", tc.accession, text)
		}
		for _, token := range d.Used() {
			tokens++
			if token.MarkID != markOf(tc).ID {
				t.Errorf("%s holds the number of %s", tc.accession, token.MarkID)
			}
		}
		if stored.SignedAs != "" {
			t.Errorf("%s was signed", tc.accession)
		}
	}
	if rows, err := l.Outbox(t.Context()); err != nil || len(rows) > 0 {
		t.Errorf("the outbox has %d reports: %v", len(rows), err)
	}
	if words < 8 || tokens < 3 {
		t.Errorf("nothing was tried: %d words, %d numbers", words, tokens)
	}
	t.Logf("%d words and %d numbers in %d reports", words, tokens, len(cases))
}

// TestScenario2StatDuringASentence: a STAT arrives while a sentence is half typed.
// The banner comes, the caret stays; F6 opens the STAT, F5 brings the half sentence
// back.
func TestScenario2StatDuringASentence(t *testing.T) {
	t.Parallel()
	needs(t, "tmux")
	dir, cases := tinyNight(t, 3)
	arrives := time.Now().Add(8 * time.Second)
	a := spawnArchive(t, "--dir", dir, "--events", events(t, `{"after":"8s","event":"stat","study":"T03"}`))
	home := a.ownHome(t)
	l := book(t, home)
	c := startConsole(t, nil, home, 100, 30)
	c.openOurs("alder")
	c.press("F3")
	c.see(5*time.Second, `KEYS → REPORT`)
	c.typeText("The liver is nor")
	if strings.Contains(c.screen(), "STAT ") {
		t.Fatalf("the STAT came too early for this test:\n%s", c.screen())
	}
	c.see(20*time.Second, `STAT CT abdomen T03 · CEDAR, TINY · NORTH · due`)
	took := time.Since(arrives)
	if took > 2500*time.Millisecond { // a poll of 1 s, and what starting the archive took
		t.Errorf("the banner came %v after the STAT", took)
	}
	c.typeText("mal.")
	screen := c.see(5*time.Second, `The liver is normal\.`)
	if !strings.Contains(screen, "ALDER, TINY · ID") || !strings.Contains(screen, "KEYS → REPORT") {
		t.Errorf("the STAT moved the focus:\n%s", screen)
	}
	c.typeText(" The spleen is nor")
	c.see(5*time.Second, `The spleen is nor`)

	c.press("F6")
	c.see(5*time.Second, `CEDAR, TINY · ID[\s\S]*yours since`)
	if s := a.step(t, cases[2].uid); s.state != "IN PROGRESS" {
		t.Errorf("F6 opened without claiming: %v", s)
	}
	if strings.Contains(c.screen(), "F6 opens it") {
		t.Errorf("the alarm goes on for the case on screen:\n%s", c.screen())
	}
	time.Sleep(150 * time.Millisecond)
	begun := time.Now()
	c.press("F5")
	c.see(5*time.Second, `ALDER, TINY · ID`)
	back := time.Since(begun)
	c.see(5*time.Second, `yours since`)
	c.see(5*time.Second, `KEYS → REPORT`) // the keys are where they were
	time.Sleep(150 * time.Millisecond)
	c.see(5*time.Second, `The liver is normal\. The spleen is nor`)
	c.typeText("mal.")
	eventually(t, 5*time.Second, "the whole sentence on disk", func() bool {
		return onDisk(t, l, cases[0].uid, report.Findings) == "The liver is normal. The spleen is normal."
	}, c.screen)
	if text := onDisk(t, l, cases[2].uid, report.Findings); text != "" {
		t.Errorf("the STAT's report holds %q", text)
	}
	t.Logf("the banner came %v after the STAT, the first case was back after %v", took.Round(time.Millisecond), back.Round(time.Millisecond))
}
