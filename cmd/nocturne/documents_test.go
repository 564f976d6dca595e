package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/oracle"
)

func documentRows(t *testing.T, paths ...string) (rows []documentRow, code int) {
	t.Helper()
	out, _, code := call(t, append([]string{"documents", "--json"}, paths...)...)
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return rows, code
}

// TestEveryReportOfTheDataReadsWithAllItsText: no TEXT item that dcmdump finds in a
// structured report is missing from what is printed.
func TestEveryReportOfTheDataReadsWithAllItsText(t *testing.T) {
	dump, compared := oracle.Tool(t, "dcmdump"), 0
	for _, row := range oracle.Rows(t) {
		if !strings.HasSuffix(row["sop_class"], " SR Storage") || row["dcmftest"] != "yes" {
			continue
		}
		path := oracle.Data(t, row["file"])
		rows, code := documentRows(t, path)
		if code != 0 || len(rows) != 1 || rows[0].Kind != "SR" {
			t.Errorf("%s: exit %d, %+v", row["file"], code, rows)
			continue
		}
		said, err := exec.Command(dump, "+L", "+P", "0040,a160", path).Output()
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(rows[0].Text), " ")
		for line := range strings.SplitSeq(string(said), "\n") {
			_, value, ok := strings.Cut(line, "UT [")
			end := strings.LastIndex(value, "]")
			if !ok || end < 0 || strings.Contains(value, `\0`) {
				continue // of several lines, or none
			}
			compared++
			if want := strings.Join(strings.Fields(value[:end]), " "); want != "" && !strings.Contains(text, want) {
				t.Errorf("%s does not say a text of %d letters", row["file"], len(want))
			}
		}
	}
	if compared < 10 {
		t.Errorf("%d texts were compared", compared)
	}
}

func TestAPDFOfTheDataReadsAsText(t *testing.T) {
	path := oracle.Data(t, "studies", "mr-flair+pdf-report")
	oracle.Tool(t, "pdftotext")
	files, err := filepath.Glob(filepath.Join(path, "DOC*.dcm"))
	if err != nil || len(files) == 0 {
		t.Skip("the real data have no PDF there")
	}
	rows, code := documentRows(t, files...)
	if code != 0 || rows[0].Kind != "PDF" || rows[0].Pages == 0 || rows[0].Bytes == 0 || strings.TrimSpace(rows[0].Text) == "" {
		t.Errorf("exit %d, %+v", code, rows)
	}
}

func TestWithoutAProgramAPDFSaysWhatToInstall(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(oracle.Data(t, "studies", "mr-flair+pdf-report"), "DOC*.dcm"))
	if err != nil || len(files) == 0 {
		t.Skip("the real data have no PDF there")
	}
	t.Setenv("PATH", t.TempDir())
	rows, code := documentRows(t, files...)
	if code != 0 || rows[0].Text != "" || !strings.Contains(rows[0].Note, "poppler-utils") {
		t.Errorf("exit %d, note %q", code, rows[0].Note)
	}
}

func TestWhatIsNoDocumentFails(t *testing.T) {
	_, code := documentRows(t, oracle.Data(t, "charset", "chrFren.dcm"))
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
}

func TestAnECGSaysItsStatementsAndLeads(t *testing.T) {
	rows, code := documentRows(t, oracle.Data(t, "ts", "pydicom-test_files", "waveform_ecg.dcm"))
	if code != 0 || rows[0].Kind != "ECG" || rows[0].Title != "12-lead ECG" {
		t.Fatalf("exit %d, %+v", code, rows)
	}
	for _, want := range []string{"RR Interval: 982 ms", "Lead aVR", "12 CHANNELS · 10 s at 1000 Hz"} { // by dcmdump
		if !strings.Contains(rows[0].Text, want) {
			t.Errorf("it does not say %q", want)
		}
	}
}
