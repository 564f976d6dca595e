package app

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/report"
)

// speaks is the environment variable that makes the test binary a recogniser: what it
// says at each thing it is told, separated by "|".
const speaks = "APP_RECOGNISER"

func recognise(script string) {
	parts := strings.Split(script, "|")
	in := bufio.NewScanner(os.Stdin)
	for i := 0; in.Scan(); i++ {
		if i < len(parts) && parts[i] != "" {
			fmt.Println(parts[i])
		}
	}
}

// dictates makes a night with a recogniser that says these lines.
func dictates(t *testing.T, lines ...string) *night {
	t.Helper()
	t.Setenv(speaks, strings.Join(lines, "|"))
	n := newNight(t)
	n.m.Dictation = DictationOptions{Command: []string{os.Args[0]}, Punctuation: true}
	n.read("A1")
	return n
}

func said(text string) string { return fmt.Sprintf(`{"type":"final","text":%q}`, text) }

func TestWhatIsSaidStandsAtTheCaretAndCommandsMoveIt(t *testing.T) {
	n := dictates(t, `{"type":"partial","text":"no acute"}`+"\n"+said("no acute infarct period mild atrophy period")+"\n"+
		`{"type":"command","name":"next section"}`+"\n"+said("no bleed"))
	n.key("f2")
	n.until("the words in both sections", func() bool {
		return n.section(report.Findings) == "No acute infarct. mild atrophy." && n.section(report.Impression) == "No bleed"
	})
	if !n.m.open.page.Dictating || !strings.Contains(n.frame(), "DICTATING") {
		t.Error("nothing says that dictation is on")
	}
	n.key("f2")
	n.says("Dictation is off")
	if n.m.open.page.Dictating {
		t.Error("it is still on")
	}
	n.until("the words on disk", func() bool { return n.stored(uid("A1"), report.Impression) == "No bleed" })
}

func TestWordsSaidForTheCaseBeforeGoIntoNoOther(t *testing.T) {
	n := dictates(t, said("first words"), said("late words"))
	n.key("f2")
	n.until("the first words", func() bool { return n.section(report.Findings) == "First words" })
	n.pass(time.Second)
	n.key("f6")
	n.ready("B1")
	n.until("the late words kept", func() bool {
		p, err := n.led.PartedDrafts(t.Context(), uid("A1"))
		return err == nil && len(p) == 1 && strings.Contains(string(p[0].Body), "late words")
	})
	if text := n.m.open.draft.Text(); strings.Contains(text, "words") || n.m.open.held != "" || n.m.open.page.Dictating {
		t.Errorf("the next case holds %q and %q", text, n.m.open.held)
	}
}

func TestARecogniserThatEndsIsToldAndNoReportIsNeeded(t *testing.T) {
	n := newNight(t)
	n.read("A1")
	n.pass(time.Second)
	n.key("f2")
	n.until("the reason", func() bool { return strings.Contains(n.m.status.text, "no recogniser is configured") })
	n.m.Dictation.Command = []string{"/does/not/exist"}
	n.key("f2")
	n.until("the failure", func() bool { return strings.Contains(n.m.status.text, "start the recogniser") })
}
