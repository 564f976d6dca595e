package hl7

import (
	"errors"
	"strings"
	"testing"
)

const sample = "MSH|^~\\&|RIS|NORTH|PACS|HOME|20260301031200+0100||ORM^O01^ORM_O01|M1|P|2.5.1||||||8859/1\r" +
	"PID|1||P1^^^NORTH^MR~77^^^NAT&1.2.3&ISO^NI||M\xFCller^Anna^^^Dr.^^L\r\n" +
	"OBR|1|\"\"||CT^A\\T\\B\\S\\C\\F\\D\\R\\E\\E\\F^L|||||||||a\\.br\\b\\H\\c\\N\\\\X41FC0D42\\\\Z9\\ 5\\ \n"

func parse(t testing.TB, s string) *Message {
	t.Helper()
	m, err := Parse([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The expected values are read off chapter 2 by hand.
func TestAMessageIsReadAsChapterTwoSays(t *testing.T) {
	for _, s := range []string{sample, strings.ReplaceAll(strings.ReplaceAll(sample, "\r\n", "\r"), "\n", "\r"), "\xEF\xBB\xBF\r\n" + sample} {
		m := parse(t, s)
		for _, c := range []struct {
			want, segment string
			field         int
			at            []int
		}{
			{"|", "MSH", 1, nil}, {`^~\&`, "MSH", 2, nil}, {"RIS", "MSH", 3, nil}, {"O01", "MSH", 9, []int{2}}, {"M1", "MSH", 10, nil},
			{"P1", "PID", 3, nil}, {"MR", "PID", 3, []int{5}}, {"Müller", "PID", 5, nil}, {"Dr.", "PID", 5, []int{5}},
			{Null, "OBR", 2, nil}, {"", "OBR", 3, nil}, {`A&B^C|D~E\F`, "OBR", 4, []int{2}}, {"L", "OBR", 4, []int{3}},
			{"a\nbcAü\nB\\Z9\\ 5\\ ", "OBR", 13, nil}, {"", "OBR", 99, nil}, {"", "ZZZ", 1, nil}, {"", "PID", 5, []int{9, 9}},
		} {
			if got := m.Get(c.segment, c.field, c.at...); got != c.want {
				t.Errorf("%s-%d%v = %q, want %q", c.segment, c.field, c.at, got, c.want)
			}
		}
		ids := m.Segments("PID")[0].Repeat(3)
		if len(ids) != 2 || ids[1] != "77" || m.Segments("PID")[0].Repeat(3, 4, 2)[1] != "1.2.3" {
			t.Errorf("repetitions %q", ids)
		}
	}
}

func TestOtherDelimitersAndShortOnesAreRead(t *testing.T) {
	if m := parse(t, "MSH$%*!@$A%B@C$D!F!"); m.Get("MSH", 3, 2, 2) != "C" || m.Get("MSH", 4) != "D!F!"[:1]+"$" {
		t.Errorf("%q %q", m.Get("MSH", 3, 2, 2), m.Get("MSH", 4))
	}
	if m := parse(t, "MSH|^~|A^B\rPID|1"); m.Get("MSH", 3, 2) != "B" || m.Get("PID", 1) != "1" {
		t.Error("two encoding characters only")
	}
}

func TestCharacterSetsOfMSH18(t *testing.T) {
	head := "MSH|^~\\&|A||||||ORU^R01|1|P|2.5.1||||||"
	for set, c := range map[string]struct{ wire, want string }{
		"UNICODE UTF-8": {"Gr\xC3\xB6\xC3\x9Fe 山", "Größe 山"}, "8859/1": {"Gr\xF6\xDFe", "Größe"}, "": {"Gr\xF6\xDFe", "Größe"},
		"8859/15": {"\xA4", "€"}, "8859/2": {"\xB3", "ł"}, "8859/5": {"\xC6", "Ц"}, "8859/7": {"\xE1", "α"},
		"GB 18030-2000": {"\xC4\x7C\x81\x7C", "膢"}, "~": {"Gr\xC3\xB6", "Grö"},
	} {
		m, err := Parse([]byte(head + set + "\rNTE|1||" + c.wire))
		if set == "GB 18030-2000" { // a second byte that is a delimiter's must not end the field
			if err != nil || m.Get("NTE", 3) == "" || strings.Contains(m.Get("NTE", 3), "|") || m.Get("NTE", 4) != "" {
				t.Errorf("%s: %v %q", set, err, m.Get("NTE", 3))
			}
			continue
		}
		if err != nil || m.Get("NTE", 3) != c.want {
			t.Errorf("%q: %v, %q, want %q", set, err, m.Get("NTE", 3), c.want)
		}
	}
	var un *UnsupportedError
	if _, err := Parse([]byte(head + "ISO IR87\rNTE|1||x")); !errors.As(err, &un) {
		t.Errorf("a set that is not read: %v", err)
	}
}

func TestWhatIsNoMessageIsRefused(t *testing.T) {
	for _, s := range []string{"", "MSH", "MSH|^~\\", "GET / HTTP/1.1\r\n\r\n", "MSH|^^\\&|A", "MSH|||||||", "MSHA^~\\&A", "MSH|^~\\&|A\rPID", "MSH|^~\\&|A\rPI|1",
		"MSH|^~\\&|A\rOBX^1", "MSH|^~\\&|A\rthe rest of a broken line"} {
		if _, err := Parse([]byte(s)); s != "MSH|^~\\&|A\rPID" && !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %v", s, err)
		}
	}
	var un *UnsupportedError
	if _, err := Parse([]byte("FHS|^~\\&|A\rMSH|^~\\&|A")); !errors.As(err, &un) {
		t.Errorf("a batch: %v", err)
	}
	if _, err := Parse([]byte("MSH|^~\\&|A\r" + strings.Repeat("NTE\r", maxSegments+1))); !errors.As(err, &un) {
		t.Errorf("segments without end: %v", err)
	}
}

func TestTextNeverEndsAFieldASegmentOrAFrame(t *testing.T) {
	hostile := "a|b^c&d~e\\f\r\nMSH|^~\\&|\rg\th\x0B\x1C\x0D\x00\x1B[31m\u0085\x7F\xFF\"\""
	s := escape(hostile)
	if strings.ContainsAny(s, "|^&~\r\n\t\x0B\x1C\x00\x1B\x7F") {
		t.Errorf("%q", s)
	}
	m := parse(t, "MSH|^~\\&|"+s+"|B")
	want := "a|b^c&d~e\\f\nMSH|^~\\&|\ng h\n[31m\uFFFD\"\""
	if m.Get("MSH", 3) != want || m.Get("MSH", 4) != "B" {
		t.Errorf("%q, want %q", m.Get("MSH", 3), want)
	}
	if got := parse(t, "MSH|^~\\&|"+escape(`""`)).Get("MSH", 3); got != `""` {
		t.Errorf("two quotes are text, not a deletion: %q", got)
	}
}

// values lists every value of a message with its place.
func values(m *Message) (out []string) {
	for _, s := range m.Segments("") {
		out = append(out, s.Name())
		for f := 3; f <= 24; f++ {
			for c := 1; c <= 5; c++ {
				for sub := 1; sub <= 3; sub++ {
					if s.Name() == "MSH" && f == 18 {
						continue
					}
					all := s.Repeat(f, c, sub)
					for len(all) > 0 && all[len(all)-1] == "" {
						all = all[:len(all)-1]
					}
					out = append(out, strings.Join(all, "\x01"))
				}
			}
		}
	}
	return out
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(sample))
	f.Add([]byte("MSH|^~\\&|A|\"\"|^~&\\|\\E\\\\E\\|\\X0D1C\\~\\X\\\r\nPID|||||a\\.br\\\\.sp\\\\\nOBX"))
	f.Add([]byte("MSH$%*!@$A!F!!T!B$!X26!\rNTE$1$%%%$***$@@@"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(b)
		if err != nil {
			var un *UnsupportedError
			if !errors.Is(err, ErrInvalid) && !errors.As(err, &un) {
				t.Fatalf("%v", err)
			}
			return
		}
		wire := m.Encode()
		again, err := Parse(wire)
		if err != nil {
			t.Fatalf("%q: %v", wire, err)
		}
		was, is := values(m), values(again)
		for i := range was {
			if i >= len(is) || was[i] != is[i] {
				t.Fatalf("value %d: %q became %q in %q", i, was[i], is[min(i, len(is)-1)], wire)
			}
		}
		if string(again.Encode()) != string(wire) {
			t.Fatalf("%q encodes otherwise", wire)
		}
		if _, err := ReadAck(m); err == nil && len(m.Segments("MSA")) == 0 {
			t.Fatal("an acknowledgement without MSA")
		}
	})
}
