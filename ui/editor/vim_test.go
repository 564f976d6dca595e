package editor

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/nocturne/nocturne/worklist/report"
)

// What vim does with the same keys (TestVimItselfDoesTheSame asks it); "|" is the
// caret, in normal mode on the rune behind it.
var vimCases = []struct{ name, text, keys, want string }{
	{"l", "abc", "l", "a|bc"}, {"3l stays in the line", "ab\ncd", "3 l", "a|b\ncd"}, {"h", "abc", "$ h", "a|bc"}, {"$", "abc", "$", "ab|c"},
	{"0", "abc", "$ 0", "|abc"}, {"^", "  abc", "$ ^", "  |abc"}, {"j", "abc\ndef", "l j", "abc\nd|ef"}, {"k", "abc\ndef", "j k", "|abc\ndef"},
	{"w", "no acute, no", "w", "no |acute, no"}, {"w stops at signs", "no acute, no", "w w", "no acute|, no"}, {"2w", "no acute, no", "2 w", "no acute|, no"},
	{"b", "no acute", "$ b", "no |acute"}, {"e", "no acute", "e e", "no acut|e"}, {"gg", "a\nb\nc", "G g g", "|a\nb\nc"}, {"G", "a\nb\ncd", "G", "a\nb\n|cd"},
	{"2G", "a\nb\nc", "2 G", "a\n|b\nc"},
	{"x", "abc", "x", "|bc"}, {"3x", "abcd", "3 x", "|d"}, {"x at the end", "abc", "$ x", "a|b"}, {"X", "abc", "$ X", "a|c"}, {"r", "abc", "r z", "|zbc"},
	{"dd", "a\nb\nc", "j d d", "a\n|c"}, {"dd last", "a\nb", "j d d", "|a"}, {"2dd", "a\nb\nc", "2 d d", "|c"}, {"d2d is 2dd", "a\nb\nc", "d 2 d", "|c"},
	{"dj", "a\nb\nc", "d j", "|c"}, {"dk", "a\nb\nc", "j d k", "|c"}, {"dG", "a\nb\nc", "j d G", "|a"}, {"dgg", "a\nb\nc", "j d g g", "|c"},
	{"dw", "no acute finding", "d w", "|acute finding"}, {"d2w", "no acute finding", "d 2 w", "|finding"}, {"dw at the line's end", "one\ntwo", "d w", "|\ntwo"},
	{"de", "no acute", "d e", "| acute"}, {"db", "no acute", "$ d b", "no |e"}, {"d$", "no acute", "w d $", "no| "}, {"D", "no acute", "w D", "no| "}, {"d0", "no acute", "w d 0", "|acute"},
	{"diw", "no acute x", "w d i w", "no | x"}, {"daw", "no acute x", "w d a w", "no |x"}, {"dl", "abc", "d l", "|bc"}, {"dh", "abc", "$ d h", "a|c"},
	{"cw", "no acute", "c w n e w esc", "ne|w acute"}, {"ciw", "no acute x", "w l c i w b i g esc", "no bi|g x"}, {"cc", "a\nb", "c c z esc", "|z\nb"},
	{"c$", "no acute", "w c $ x esc", "no |x"}, {"C", "no acute", "w C x esc", "no |x"}, {"s", "abc", "s x y esc", "x|ybc"}, {"S", "abc\nd", "S x esc", "|x\nd"},
	{"i", "abc", "l i x esc", "a|xbc"}, {"a", "abc", "a x esc", "a|xbc"}, {"I", "  abc", "$ I x esc", "  |xabc"}, {"A", "abc", "A x esc", "abc|x"},
	{"o", "a\nb", "o x esc", "a\n|x\nb"}, {"O", "a\nb", "j O x esc", "a\n|x\nb"},
	{"yyp", "a\nb", "y y p", "a\n|a\nb"}, {"yyP", "a\nb", "j y y P", "a\n|b\nb"}, {"ywP", "no acute", "y w P", "no| no acute"}, {"xp swaps", "abc", "x p", "b|ac"},
	{"ddp", "a\nb\nc", "d d p", "b\n|a\nc"}, {"3p", "a", "y l 3 p", "aaa|a"}, {"yiwP", "no acute", "w y i w P", "no acut|eacute"},
	{"u", "abc", "x x u", "|bc"}, {"u takes a whole change", "no acute", "c w n e w esc u", "|no acute"}, {"2u", "abc", "x x 2 u", "|abc"},
	{"ctrl+r", "abc", "x x u u ctrl+r", "|bc"}, {".", "abcd", "x .", "|cd"}, {". of cw", "a b c", "c w x esc w .", "x |x c"}, {". of dd", "a\nb\nc", "d d .", "|c"},
	{"3.", "abcdef", "x 3 .", "|ef"}, {"J", "a\nb", "J", "a| b"}, {"v d", "abcd", "v l d", "|cd"}, {"v c", "abcd", "v l c x esc", "|xcd"}, {"v iw y P", "no acute", "w v i w y P", "no acut|eacute"},
	{"V d", "a\nb\nc", "V j d", "|c"}, {"v esc", "abc", "v l esc", "a|bc"}, {"v e d", "no acute", "v e d", "| acute"},
	{"/", "no acute finding", "/ f i n enter", "no acute |finding"}, {"/ n", "aXaXa", "/ X enter n", "aXa|Xa"}, {"N", "aXaXa", "/ X enter N", "aXa|Xa"}, {"/ any case", "The Liver", "/ l i v enter", "The |Liver"},
	{"/ esc", "abc", "/ b esc x", "|bc"}, {"d/ is given up", "abc", "d esc x", "|bc"}, {"unknown", "abc", "Z x", "|bc"}, {"unknown after d", "abc", "d Z x", "|bc"},
	{"insert is plain", "abc", "i X Y Z", "XYZ|abc"}, {"left in insert", "abc", "A left X esc", "ab|Xc"},
}

func TestVim(t *testing.T) {
	for _, c := range vimCases {
		d := newDesk(t, c.text)
		d.Vim(true)
		d.press(strings.Fields(c.keys)...)
		b := d.Active().Buffer
		if got := string(b.text[:b.caret]) + "|" + string(b.text[b.caret:]); got != c.want {
			t.Errorf("%s: %q %s gives %q, want %q", c.name, c.text, c.keys, got, c.want)
		}
		if d.draft.Sections[report.Findings] != b.String() {
			t.Errorf("%s: the draft holds %q", c.name, d.draft.Sections[report.Findings])
		}
	}
}

func TestVimTakesFieldsWholeAndTabTypesIntoThem(t *testing.T) {
	d := newDesk(t, "Nodule ", size, "", " in ", side, "left", "\nend")
	d.Vim(true)
	d.press("tab", "8", "esc")
	if got := d.reads(); got != "Nodule 8 in left\nend" && got != "Nodule 8 mm in left\nend" {
		t.Errorf("reads %q", got)
	}
	d.press("y", "y", "p")
	if got := len(d.draft.Placed(report.Findings)); got != 2 {
		t.Errorf("a copied line brought %d spans", got)
	}
	d.press("u", "g", "g", "d", "d", "p")
	if got := d.draft.Placed(report.Findings); len(got) != 2 || !strings.HasPrefix(d.reads(), "end\nNodule 8") {
		t.Errorf("a moved line: %q with %d spans", d.reads(), len(got))
	}
}

func TestPlainIsTheDefaultAndTheModeIsShown(t *testing.T) {
	d := newDesk(t, "abc")
	d.press("x", "d", "d")
	if got := d.reads(); got != "xddabc" {
		t.Errorf("plain keys gave %q", got)
	}
	d.Vim(true)
	for keys, want := range map[string]string{"": "FINDINGS · NORMAL", "i": "FINDINGS · INSERT", "v": "FINDINGS · VISUAL", "/": "FINDINGS · /"} {
		d.Vim(true)
		d.press(strings.Fields(keys)...)
		if got := ansi.Strip(d.View(true)); !strings.Contains(got, want) {
			t.Errorf("%q shows\n%s", keys, got)
		}
	}
}

var vimKeys = strings.Fields("h j k l w b e 0 ^ $ g G x X d c y i a I A o O p P u ctrl+r . v V n N J D C Y s S r 2 3 esc esc enter space tab backspace left right up down Z é / f")

func TestNoVimKeysBreakAFrame(t *testing.T) {
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 9))
		d := newDesk(t, "Start ", size, "", " and ", side, "left", "\n", normal, "All normal here.", " ", pulled, "Old text.", "\nend")
		d.Resize(30, 8)
		d.Vim(true)
		first := d.Active().Buffer.String()
		for range 150 {
			d.press(vimKeys[rng.IntN(len(vimKeys))])
			if rng.IntN(40) == 0 {
				d.Insert("pasted\ntext ")
				d.take()
			}
			whole(t, d, seed)
		}
		unwind(t, d, first, seed)
	}
}
