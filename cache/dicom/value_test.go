package dicom

import (
	"math/big"
	"strings"
	"testing"
	"time"
)

func TestNamesAreTakenApartAndShown(t *testing.T) {
	for in, want := range map[string][2]string{
		"PHANTOM^Anna^M":       {"PHANTOM^Anna^M", "PHANTOM, Anna M"},
		"PHANTOM^Anna^M^Dr^Jr": {"PHANTOM^Anna^M^Dr^Jr", "PHANTOM, Dr Anna M Jr"},
		"Anna Phantom":         {"Anna Phantom", "Anna Phantom"},
		"^Anna":                {"^Anna", "Anna"},
		"OB^^^^":               {"OB", "OB"},
		"Yamada^Tarou=山田^太郎=やまだ^たろう": {"Yamada^Tarou=山田^太郎=やまだ^たろう", "Yamada, Tarou"},
		"=山田^太郎":              {"=山田^太郎", "山田, 太郎"},
		"Wang^X=王^小東=":        {"Wang^X=王^小東", "Wang, X"},
		"A^B^C^D^E^F":         {"A^B^C^D^E^F", "A, D B C E^F"},
		"":                    {"", ""},
		"^^^^==":              {"", ""},
		"E\x1b[2J^X\nY\u202e": {"E\x1b[2J^X\nY\u202e", "E\uFFFD[2J, X Y\uFFFD"},
	} {
		p := ParsePN(in)
		if p.String() != want[0] || p.Display() != want[1] {
			t.Errorf("%q: %q, %q", in, p.String(), p.Display())
		}
		if again := ParsePN(p.String()); again != p {
			t.Errorf("%q is not stable", in)
		}
	}
}

func TestForeignTextIsHarmlessOnATerminal(t *testing.T) {
	for in, want := range map[string]string{
		"plain\n\ttext ü 王 😀":  "plain\n\ttext ü 王 😀",
		"a\r\nb\rc\u2028d":     "a\nb\nc\nd",
		"\x1b]0;x\a\x7f\x00":   "\uFFFD]0;x\uFFFD\uFFFD\uFFFD",
		"\u009b2J\u0085x":      "\uFFFD2J\nx",
		"a\u202eb\u2066c":      "a\uFFFDb\uFFFDc",
		"a\u200bb\u2060\ufeff": "a\uFFFDb\uFFFD\uFFFD",
		"a\U000E0041b\u00ad":   "a\uFFFDb\uFFFD",
		"bad\xff\x9c":          "bad\uFFFD",
		"\u3164\u115f":         "\uFFFD\uFFFD",
	} {
		if got := Clean(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if got := Clean(Clean(in)); got != Clean(in) {
			t.Errorf("%q is not stable", in)
		}
	}
}

func TestDatesAndTimes(t *testing.T) {
	for in, want := range map[string]string{"20240229": "2024-02-29", "1997.04.24": "1997-04-24", " 20250101 ": "2025-01-01",
		"20230229": "", "2025": "", "20251301": "", "abcdefgh": "", "00000000": "", "": ""} {
		d, ok := ParseDA(in)
		if ok != (want != "") || ok && d.Format("2006-01-02") != want {
			t.Errorf("DA %q: %v %v", in, d, ok)
		}
	}
	for in, want := range map[string]string{"235959.123456": "23:59:59.123456", "07": "07:00:00.000000", "0730": "07:30:00.000000",
		"14:04:38": "14:04:38.000000", "120060": "12:00:59.000000", "112749.5 ": "11:27:49.500000", "24": "", "1": "", "126000": "", "12.5": "", "": "", "-1": "", "0x": ""} {
		c, ok := ParseTM(in)
		if ok != (want != "") || ok && c.Format("15:04:05.000000") != want {
			t.Errorf("TM %q: %v %v", in, c, ok)
		}
	}
	zone := time.FixedZone("", 3600)
	for in, want := range map[string]string{"20250131123456.789+0530": "2025-01-31T12:34:56+05:30", "2025": "2025-01-01T00:00:00+01:00",
		"202502": "2025-02-01T00:00:00+01:00", "20250203": "2025-02-03T00:00:00+01:00", "2025020304-0800": "2025-02-03T04:00:00-08:00",
		"20250131+0000": "2025-01-31T00:00:00Z", "20250131-1300": "", "202": "", "20250131x": "", "20251": "", "2025.5": "", "-0100": "", "": ""} {
		c, ok := ParseDTIn(in, zone)
		if ok != (want != "") || ok && c.Format(time.RFC3339) != want {
			t.Errorf("DT %q: %v %v", in, c, ok)
		}
	}
	at := time.Date(2025, 1, 2, 3, 4, 5, 678_000, zone)
	if FormatDA(at)+FormatTM(at) != "20250102030405.000678" || FormatDT(at) != "20250102030405.000678+0100" {
		t.Errorf("%s %s %s", FormatDA(at), FormatTM(at), FormatDT(at))
	}
	if back, ok := ParseDT(FormatDT(at)); !ok || !back.Equal(at) {
		t.Errorf("%v", back)
	}
}

func TestAgeIsToldInTheUnitThatFits(t *testing.T) {
	at := time.Date(2025, 6, 15, 23, 0, 0, 0, time.UTC)
	for birth, want := range map[string]string{"20250615": "0 d", "20250606": "9 d", "20250602": "13 d", "20250601": "2 wk", "20250525": "3 wk",
		"20250316": "13 wk", "20250315": "3 mo", "20230616": "23 mo", "20230615": "2 y", "19530616": "71 y", "19530615": "72 y", "20240229": "15 mo", "20250616": ""} {
		b, ok := ParseDA(birth)
		if got := AgeAt(b, at); !ok || got != want {
			t.Errorf("%s: %q, want %q", birth, got, want)
		}
	}
	if got := AgeAt(time.Time{}, at); got != "" {
		t.Errorf("no birth date: %q", got)
	}
}

func TestNewUIDsAreValidAndDiffer(t *testing.T) {
	seen := map[UID]bool{}
	for range 1000 {
		u := NewUID()
		n, ok := new(big.Int).SetString(strings.TrimPrefix(string(u), "2.25."), 10)
		if !ValidUID(string(u)) || seen[u] || !ok || n.BitLen() > 128 || n.Bit(76)|n.Bit(77)<<1|n.Bit(78)<<2|n.Bit(79)<<3 != 4 {
			t.Fatalf("%s", u)
		}
		seen[u] = true
	}
	for uid, want := range map[string]bool{"1.2.840.10008.1.2": true, "0.0": true, "1": true, "1.0.2": true, "": false, "1.02": false, "1..2": false, "1.2 ": false, "1.2/..": false,
		strings.Repeat("1", 64): true, strings.Repeat("1", 65): false} {
		if ValidUID(uid) != want {
			t.Errorf("%q: %v", uid, !want)
		}
	}
	if implementationClassUID == "" || !ValidUID(implementationClassUID) {
		t.Error(implementationClassUID)
	}
}

func TestUIDsHaveNamesAndImagesAreKnown(t *testing.T) {
	for u, want := range map[UID]string{CTImageStorage: "CT Image Storage", BasicTextSRStorage: "Basic Text SR Storage", JPEGBaseline: "JPEG Baseline (Process 1)", "1.2.3": "1.2.3"} {
		if u.Name() != want {
			t.Errorf("%s: %s", u, u.Name())
		}
	}
	for u, want := range map[UID]bool{CTImageStorage: true, USMultiframeImageStorage: true, BasicTextSRStorage: false, SegmentationStorage: false, GSPSStorage: false, "1.2.3": false} {
		if IsImageSOPClass(u) != want {
			t.Errorf("%s: %v", u, !want)
		}
	}
}
