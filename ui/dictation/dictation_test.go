package dictation

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be a recogniser: it plays the lines of its argument
// when it is told to start, and says what it was told.
func TestMain(m *testing.M) {
	if os.Getenv("DICTATION_FAKE") != "" {
		fake(os.Args[1])
		return
	}
	os.Exit(m.Run())
}

func fake(script string) {
	fmt.Println(`{"type":"ready"}`)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		switch in.Text() {
		case `{"do":"start"}`:
			fmt.Print(script)
		case `{"do":"stop"}`:
			fmt.Println(`{"type":"final","text":"last words"}`)
		}
	}
	fmt.Println(`{"type":"final","text":"after the end"}`)
}

func start(t *testing.T, script string) *Recogniser {
	t.Helper()
	t.Setenv("DICTATION_FAKE", "1")
	r, err := Start(t.Context(), []string{os.Args[0], script})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func next(t *testing.T, r *Recogniser) Event {
	t.Helper()
	select {
	case e := <-r.Events():
		return e
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was said for 10 s")
	}
	return Event{}
}

func TestWhatIsSaidComesInOrderWithItsSession(t *testing.T) {
	r := start(t, `{"type":"partial","text":"no acute"}`+"\n"+`{"type":"final","text":"no acute\u001b[2J finding"}`+"\n"+`{"type":"command","name":"Next Field"}`+"\n"+`{"type":"key","key":"F4"}`+"\n")
	if e := next(t, r); e.Kind != Ready || e.Session != 0 {
		t.Errorf("first %+v", e)
	}
	session, err := r.Listen()
	if err != nil || session != 1 {
		t.Fatalf("session %d, %v", session, err)
	}
	for _, want := range []Event{{Kind: Partial, Text: "no acute"}, {Kind: Final, Text: clean("no acute\x1b[2J finding")},
		{Kind: Command, Name: "next field"}, {Kind: Key, Key: "f4"}} {
		want.Session = 1
		if e := next(t, r); e != want {
			t.Errorf("%+v, want %+v", e, want)
		}
	}
	if err := r.Pause(); err != nil {
		t.Fatal(err)
	}
	if e := next(t, r); e.Text != "last words" || e.Session != 1 {
		t.Errorf("after stop: %+v", e)
	}
	if session, _ = r.Listen(); session != 2 {
		t.Errorf("session %d", session)
	}
}

func TestWhatIsNoEventDoesNothing(t *testing.T) {
	r := start(t, strings.Join([]string{"garbage", `{"type":"final","text":5}`, `{"type":"key","key":"enter"}`, `{"type":"command","name":"sign"}`,
		`{"type":"unheard of"}`, `[]`, "", `{"type":"final","text":"heard"}`}, "\n")+"\n")
	next(t, r)
	if _, err := r.Listen(); err != nil {
		t.Fatal(err)
	}
	if e := next(t, r); e.Kind != Final || e.Text != "heard" {
		t.Errorf("%+v", e)
	}
}

func TestAnEndIsToldWithItsReason(t *testing.T) {
	r := start(t, `{"type":"final","text":"`+strings.Repeat("word ", maxLine/5)+`"}`+"\n")
	next(t, r)
	if _, err := r.Listen(); err != nil {
		t.Fatal(err)
	}
	r.in.Close()
	if e := next(t, r); e.Kind != Ended || !strings.Contains(e.Text, "too long") {
		t.Errorf("%+v", e)
	}
	if _, err := Start(t.Context(), nil); err != ErrNone {
		t.Errorf("no program: %v", err)
	}
	if _, err := Start(t.Context(), []string{"/does/not/exist"}); err == nil {
		t.Error("a program that is not there was started")
	}
}

func TestSpokenMarksAreWritten(t *testing.T) {
	for said, want := range map[string]string{
		"no bleed period no shift":                             "no bleed. no shift",
		"nodule comma 8 mm open bracket image 3 close bracket": "nodule, 8 mm (image 3)",
		"normal Full Stop new paragraph liver colon normal":    "normal.\n\nliver: normal",
		"T two hyphen weighted":                                "T two-weighted",
		"":                                                     "",
		"a period of time":                                     "a. of time", // which is why it is a choice
	} {
		if got := Punctuate(said); got != want {
			t.Errorf("%q is %q, want %q", said, got, want)
		}
	}
}

func TestSaidTextGoesOnWhereTheCaretStands(t *testing.T) {
	for _, c := range []struct{ before, text, want string }{
		{"", "no bleed", "No bleed"}, {"Normal.", "no bleed", " No bleed"}, {"Normal. ", "no bleed", "No bleed"},
		{"There is", "no bleed", " no bleed"}, {"There is ", "no bleed", "no bleed"}, {"There is", ", however", ", however"},
		{"(", "image 3", "image 3"}, {"x\n", "über", "Über"}, {"x", "", ""},
	} {
		if got := Fit(c.before, c.text); got != c.want {
			t.Errorf("%q after %q is %q, want %q", c.text, c.before, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`{"type":"final","text":"x"}`, `{"type":"key","key":"f2"}`, `{`, `null`, `{"type":"command","name":"undo"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		if e, ok := parse(line); ok && (strings.ContainsRune(e.Text, 0x1b) || e.Kind == Key && !Buttons[e.Key]) {
			t.Errorf("%q became %+v", line, e)
		}
	})
}
