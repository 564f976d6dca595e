package dicom

import "testing"

func TestOneLineIsOneLineAndSafe(t *testing.T) {
	for in, want := range map[string]string{" a\t b\r\nc ": "a b c", "x\u2028y": "x y", "\x1b[2J": "\ufffd[2J", "": ""} {
		if got := OneLine(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestADayIsWrittenAsPeopleReadIt(t *testing.T) {
	for in, want := range map[string]string{"20251120": "2025-11-20", "2025.11.20": "2025-11-20", "20250230": "", "": "", "2025": ""} {
		if got := ISODay(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}
