package report

import (
	"slices"
	"testing"
	"time"
)

var someTime = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

func framed(t *testing.T) (*Draft, Span, Span) {
	t.Helper()
	d := New("1.2", "A1", "NORTH", someTime)
	size, _ := d.Frame(Span{Kind: NumberField, Name: "size", Unit: "mm", Required: true}, "")
	normal, _ := d.Frame(Span{Kind: Normal, Name: "liver"}, "Liver normal.")
	d.Edit(Findings, "Cyst of "+size+". "+normal, someTime)
	p := d.Placed(Findings)
	if len(p) != 2 {
		t.Fatalf("%d spans stand there", len(p))
	}
	return d, p[0].Span, p[1].Span
}

func TestARequiredFieldReadsAsItsNameUntilItIsFilled(t *testing.T) {
	d, size, _ := framed(t)
	if got := d.Plain(Findings); got != "Cyst of [size]. Liver normal." {
		t.Errorf("reads %q", got)
	}
	if u := d.Unfilled(); len(u) != 1 || u[0].Name != "size" || u[0].Section != Findings {
		t.Errorf("unfilled: %+v", u)
	}
	p := d.Placed(Findings)[0]
	text := []rune(d.Sections[Findings])
	d.Edit(Findings, string(slices.Insert(text, p.From, []rune("8 mm")...)), someTime)
	if got := d.Plain(Findings); got != "Cyst of 8 mm. Liver normal." || len(d.Unfilled()) != 0 {
		t.Errorf("reads %q, unfilled %d", got, len(d.Unfilled()))
	}
	if got := d.Placed(Findings)[0]; got.Rune != size.Rune || got.Text != "8 mm" {
		t.Errorf("the field holds %q", got.Text)
	}
}

func TestNormalTextIsAProposalUntilTheReaderWasThere(t *testing.T) {
	d, _, normal := framed(t)
	if u := d.Unconfirmed(); len(u) != 1 || u[0].Text != "Liver normal." {
		t.Fatalf("unconfirmed: %+v", u)
	}
	d.Confirm(normal.Rune)
	if u := d.Unconfirmed(); len(u) != 0 {
		t.Errorf("still unconfirmed: %+v", u)
	}
}

func TestFramesAreWholeWhateverIsCutOrPasted(t *testing.T) {
	d, size, normal := framed(t)
	end, open, other := string(rune(SpanEnd)), string(size.Rune), string(normal.Rune)
	for given, want := range map[string]string{
		"a" + open + "b":                       "a" + open + "b" + end,
		"a" + end + "b":                        "ab",
		open + "a" + other + "b" + end:         open + "a" + end + other + "b" + end,
		open + "a" + end + open + "b":          open + "a" + end + "b",
		open + "a" + end + end + "c":           open + "a" + end + "c",
		"x\U000F0123y" + open + end + "\uE000": "xy" + open + end,
	} {
		d.Edit(Findings, given, someTime)
		if got := d.Sections[Findings]; got != want {
			t.Errorf("%+q became %+q, want %+q", given, got, want)
		}
	}
}

func TestSpansOutliveTheDisk(t *testing.T) {
	d, _, normal := framed(t)
	d.Confirm(normal.Rune)
	b, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	if back.Sections[Findings] != d.Sections[Findings] || !slices.EqualFunc(back.Placed(Findings), d.Placed(Findings), samePlace) {
		t.Errorf("%+v came back as %+v", d.Placed(Findings), back.Placed(Findings))
	}
	d.Set(Impression, "see "+string(normal.Rune)+"this"+string(rune(SpanEnd)), someTime)
	if got := d.Sections[Impression]; got != "see this" {
		t.Errorf("text from outside forged a span: %+q", got)
	}
}

func samePlace(a, b Placed) bool {
	return a.Rune == b.Rune && a.Text == b.Text && a.From == b.From && a.To == b.To && a.Confirmed == b.Confirmed
}
