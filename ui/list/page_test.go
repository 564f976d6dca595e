package list

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/ui/theme"
	"github.com/nocturne/nocturne/worklist/feed"
	"github.com/nocturne/nocturne/worklist/pacs"
)

var update = flag.Bool("update", false, "write the golden frames anew")

var start = time.Date(2026, 11, 22, 3, 12, 0, 0, time.UTC)

func fixed() *Page { return New(func() time.Time { return start }) }

func rows() []feed.Row {
	other := "READER^OTHER"
	base := feed.Row{Site: "NORTH", State: feed.Available, Lockable: true, Arrived: start.Add(-time.Hour), Expected: 120}
	var out []feed.Row
	for i, name := range []string{"PHANTOM^ANNA", "PHANTOM^BERND^K", "PHANTOM^CAROLINA MARIA", "PHANTOM^ANNE"} {
		r := base
		r.PatientName, r.PatientID, r.StudyUID = name, fmt.Sprint("P", i), fmt.Sprint("1.2.", i)
		r.WorkitemUID, r.Accession = fmt.Sprint("9.", i), fmt.Sprint("A100", i)
		r.BirthDate, r.Sex, r.Age, r.Modality, r.Study = "19540302", "F", "72 y", "CT", "CT head without contrast"
		r.Indication = "72 f, fall on apixaban, GCS 13, ? bleed"
		r.Priority, r.Due = pacs.Routine, start.Add(time.Duration(i)*42*time.Minute-20*time.Minute)
		out = append(out, r)
	}
	out[0].Priority, out[0].Bed, out[0].Class = pacs.Stat, "ED 4", "emergency"
	out[1].ClaimedBy, out[1].Since, out[1].State = &other, start.Add(-time.Minute), feed.Claimed
	out[2].Mine, out[2].ClaimedBy, out[2].State, out[2].Cached = true, &other, feed.Claimed, 120
	out[0].Forecast = feed.Forecast{State: feed.Coming, Seconds: 14, Text: "ready in 14 s", Short: "14 s"}
	out[1].Forecast = feed.Forecast{State: feed.Queued, Text: "after 3 others", Short: "after 3"}
	out[3].Forecast = feed.Forecast{State: feed.Stopped, Text: "NORTH not answering", Short: "silent"}
	out[0].Similar, out[3].Similar = []string{"A1003"}, []string{"A1000"}
	return out
}

func TestFramesFillTheTerminalExactly(t *testing.T) {
	for _, size := range [][2]int{{80, 22}, {140, 48}, {60, 10}} {
		p := fixed()
		p.Set(rows())
		got := p.View(size[0], size[1])
		if len(got) != size[1] {
			t.Errorf("%v: %d rows", size, len(got))
		}
		for i, l := range got {
			if ansi.StringWidth(l) != size[0] {
				t.Errorf("%v: row %d is %d cells", size, i, ansi.StringWidth(l))
			}
		}
		golden(t, fmt.Sprintf("%dx%d", size[0], size[1]), ansi.Strip(strings.Join(got, "\n")))
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("frame %s changed:\n%s", name, got)
	}
}

func TestThePatientColumnHoldsSevenLettersAt80(t *testing.T) {
	if w := share(80)[2]; w < 8 {
		t.Errorf("patient column is %d cells", w)
	}
}

func TestTheCursorStaysOnItsCaseWhenTheListResorts(t *testing.T) {
	p := fixed()
	all := rows()
	p.Set(all)
	p.Move(2)
	stat := rows()[0]
	stat.StudyUID, stat.WorkitemUID = "1.2.9", "9.9"
	p.Set(append([]feed.Row{stat}, all...))
	if r, _ := p.Selected(); r.StudyUID != "1.2.2" {
		t.Errorf("the cursor went to %s", r.StudyUID)
	}
}

func TestFilterNeedsEveryWordAndFindsNamesAsShown(t *testing.T) {
	p := fixed()
	p.Set(rows())
	for filter, want := range map[string]int{"carolina": 1, "ct stat": 1, "phantom": 4, "phantom, anna": 1, "zebra": 0, "a1001": 1} {
		p.SetFilter(filter)
		if len(p.Rows()) != want {
			t.Errorf("%q shows %d rows, want %d", filter, len(p.Rows()), want)
		}
	}
}

func TestDueTurnsAmberAtFourFifthsAndRedWhenOver(t *testing.T) {
	r := feed.Row{Arrived: start, Due: start.Add(100 * time.Minute), State: feed.Available}
	for minute, want := range map[int]string{0: "1 h 40", 79: "21 min", 81: "19 min", 101: "-1 min"} {
		text, _ := Due(r, start.Add(time.Duration(minute)*time.Minute))
		if text != want {
			t.Errorf("after %d min: %q, want %q", minute, text, want)
		}
	}
	_, calm := Due(r, start.Add(79*time.Minute))
	_, amber := Due(r, start.Add(81*time.Minute))
	_, red := Due(r, start.Add(101*time.Minute))
	if calm.GetBold() || !amber.GetBold() || amber.GetForeground() == red.GetForeground() {
		t.Error("the due clock does not change its colour")
	}
}

func TestHostileNamesCannotWriteToTheTerminal(t *testing.T) {
	p := fixed()
	r := rows()[0]
	r.PatientName, r.Study, r.Indication = "EVIL\x1b]0;owned\x07^X", "CT\x1b[2J", "pain\x9b31m"
	p.Set([]feed.Row{r})
	frame := strings.Join(p.View(80, 22), "\n")
	if strings.Contains(frame, "\x1b]") || strings.Contains(frame, "\x1b[2J") || strings.Contains(frame, "\x9b") {
		t.Error("an escape sequence of the archive reached the screen")
	}
}

// W12: a study of which part is here says how much is not; one that nobody fetched
// yet, or that is whole, says nothing of the kind.
func TestTheListSaysWhatOfAStudyIsNotHere(t *testing.T) {
	for _, c := range []struct {
		have, of int
		want     bool
	}{{113, 120, true}, {0, 120, false}, {120, 120, false}, {7, 0, false}} {
		p := fixed()
		r := rows()[0]
		r.Cached, r.Expected, r.Forecast = c.have, c.of, feed.Forecast{}
		p.Set([]feed.Row{r})
		frame := strings.Join(p.View(80, 22), "\n")
		if got := strings.Contains(frame, "7 of 120 images are not here."); got != c.want {
			t.Errorf("%d of %d: %v", c.have, c.of, got)
		}
		if _, style := images(p, r); (style.GetForeground() == theme.Amber.GetForeground()) != c.want {
			t.Errorf("%d of %d: amber in the column is not %v", c.have, c.of, c.want)
		}
	}
}
