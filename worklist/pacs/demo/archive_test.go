package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	mimepart "mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// made is a small hospital: a chest CT of two series with its prior, an SR, and
// a radiograph of somebody else.
type made []Study

func (m made) Studies() []Study { return m }

const (
	ctStudy    = "1.2.3.1"
	priorStudy = "1.2.3.2"
	crStudy    = "1.2.3.3"
	ctStep     = "1.2.3.900"
	ctAcc      = "A1"
)

func header(study, series string, n int, extra ...func(*dicom.Dataset)) *dicom.Dataset {
	d := &dicom.Dataset{}
	d.SetStr(dicom.SOPClassUID, string(dicom.CTImageStorage))
	d.SetStr(dicom.SOPInstanceUID, fmt.Sprintf("%s.%d", series, n))
	d.SetStr(dicom.StudyInstanceUID, study)
	d.SetStr(dicom.SeriesInstanceUID, series)
	d.SetInt(dicom.InstanceNumber, n)
	d.SetInt(dicom.SeriesNumber, int(series[len(series)-1]-'0'))
	d.SetStr(dicom.Modality, "CT")
	d.SetStr(dicom.PatientName, "PHANTOM^ANNA")
	d.SetStr(dicom.PatientID, "P1")
	d.SetStr(dicom.StudyDate, "20260110")
	d.SetStr(dicom.StudyTime, "031500")
	d.SetStr(dicom.AccessionNumber, ctAcc)
	d.SetStr(dicom.StudyDescription, "CT chest")
	d.SetInt(dicom.Rows, 4)
	d.SetInt(dicom.Columns, 4)
	d.SetInt(dicom.SamplesPerPixel, 1)
	d.SetStr(dicom.PhotometricInterpretation, "MONOCHROME2")
	d.SetInt(dicom.BitsAllocated, 16)
	d.SetInt(dicom.BitsStored, 16)
	d.SetInt(dicom.HighBit, 15)
	d.SetInt(dicom.PixelRepresentation, 0)
	for _, f := range extra {
		f(d)
	}
	return d
}

func set(t dicom.Tag, v ...string) func(*dicom.Dataset) {
	return func(d *dicom.Dataset) { d.SetStr(t, v...) }
}

// pixels are 4×4 values that differ by instance.
func pixels(n int) func() ([]byte, error) {
	return func() ([]byte, error) {
		b := make([]byte, 32)
		for i := range b {
			b[i] = byte(i*7 + n)
		}
		return b, nil
	}
}

func hospital() made {
	ct := Study{Order: &Order{WorkitemUID: ctStep, Accession: ctAcc, Priority: "HIGH", Stat: true, DueAfter: time.Hour,
		Label: "CT chest", Indication: "72 f, cough", Requester: "HOUSE^GREG", Callback: "+44 20 7946 0958", PatientClass: "EMERGENCY", Bed: "ED 4"}}
	for n := 1; n <= 9; n++ {
		ct.Instances = append(ct.Instances, Instance{header(ctStudy, ctStudy+".1", n), pixels(n)})
	}
	ct.Instances = append(ct.Instances, Instance{header(ctStudy, ctStudy+".2", 1, set(dicom.Modality, "SR"),
		set(dicom.SOPClassUID, string(dicom.BasicTextSRStorage))), nil})
	prior := Study{Instances: []Instance{{header(priorStudy, priorStudy+".1", 1, set(dicom.StudyDate, "20250109"), set(dicom.AccessionNumber, "A0")), pixels(77)}}}
	cr := Study{Order: &Order{Priority: "LOW", Label: "Hand", DueAfter: 2 * time.Hour}, Instances: []Instance{{header(crStudy, crStudy+".1", 1,
		set(dicom.Modality, "CR"), set(dicom.PatientName, "MÜLLER^JÖRG"), set(dicom.PatientID, "P2"), set(dicom.AccessionNumber, "A2"),
		set(dicom.SOPClassUID, string(dicom.CRImageStorage)), set(dicom.StudyDate, "20260111"), set(dicom.StudyTime, "2230")), pixels(3)}}}
	return made{ct, prior, cr}
}

// serve starts an archive behind a test server and gives its base URL.
func serve(t testing.TB, o Options) (*Archive, string) {
	t.Helper()
	a, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.Handler())
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		srv.Close()
	})
	return a, srv.URL + basePath
}

// call makes a request; header comes in pairs.
func call(t testing.TB, method, url string, body []byte, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequest(method, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", method, url, err)
	}
	return resp, b
}

func want(t testing.TB, resp *http.Response, body []byte, status int) {
	t.Helper()
	if resp.StatusCode != status {
		t.Fatalf("%s %s: status %d, want %d: %.200s (Warning %q)", resp.Request.Method, resp.Request.URL.Path, resp.StatusCode, status, body, resp.Header.Get("Warning"))
	}
}

// sets reads an answer that is an array of data sets.
func sets(t testing.TB, body []byte) []*dicom.Dataset {
	t.Helper()
	if len(body) == 0 {
		return nil
	}
	var out []*dicom.Dataset
	if err := json.Unmarshal(body, &out); err != nil {
		t.Fatalf("not DICOM JSON: %v", err)
	}
	return out
}

// bodyParts reads a multipart answer to its end.
func bodyParts(t testing.TB, resp *http.Response, body []byte) (parts [][]byte, heads []string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	mr := mimepart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		p, err := mr.NextRawPart()
		if err == io.EOF {
			return parts, heads
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		parts, heads = append(parts, b), append(heads, p.Header.Get("Content-Type"))
	}
}

const files = `multipart/related; type="application/dicom"; transfer-syntax=*`

func TestOnlyLoopbackIsServed(t *testing.T) {
	a, err := New(Options{Sources: []Source{hospital()}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, listen := range []string{"0.0.0.0:0", ":0", "192.168.1.1:0", "[::]:0", "example.org:0", "nonsense"} {
		if _, err := a.Serve(t.Context(), listen); err == nil {
			t.Errorf("%s was served", listen)
		}
	}
	urls, err := a.Serve(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if urls.Studies != 3 || !strings.HasPrefix(urls.DICOMweb, "http://127.0.0.1:") {
		t.Errorf("served as %+v", urls)
	}
	resp, body := call(t, "GET", urls.UPS+"/workitems", nil)
	want(t, resp, body, 200)
}

func TestForeignNamesAndOriginsAreRefused(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	req, _ := http.NewRequest("GET", base+"/studies", nil)
	req.Host = "evil.example:80"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	want(t, resp, nil, http.StatusMisdirectedRequest)
	resp, body := call(t, "GET", base+"/studies", nil, "Origin", "http://evil.example")
	want(t, resp, body, http.StatusForbidden)
}

// folder writes objects as files and one that is none.
func folder(t testing.TB, studies made) string {
	t.Helper()
	dir := t.TempDir()
	n := 0
	for _, st := range studies {
		for _, in := range st.Instances {
			b, err := part10(in.Header, in.Render)
			if err != nil {
				t.Fatal(err)
			}
			n++
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("IM%03d", n)), b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func TestBadFilesAreListedAndSkipped(t *testing.T) {
	dir := folder(t, hospital())
	good, err := os.ReadFile(filepath.Join(dir, "IM001"))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"README.txt": []byte("not DICOM at all"), "empty": {}, "twice": good, "bare": good[132:], ".hidden": good} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, base := serve(t, Options{Dirs: []string{dir}})
	got := map[string]string{}
	for _, s := range a.Skipped() {
		got[filepath.Base(s.Path)] = s.Reason
	}
	for _, name := range []string{"README.txt", "empty", "twice", "bare"} {
		if got[name] == "" {
			t.Errorf("%s is not listed: %v", name, got)
		}
	}
	if len(got) != 4 {
		t.Errorf("skipped %v", got)
	}
	resp, body := call(t, "GET", base+"/instances", nil)
	want(t, resp, body, 200)
	if n := len(sets(t, body)); n != 12 {
		t.Errorf("%d instances are served, want 12", n)
	}
}

func TestNewestStudyOfAFolderPatientIsTheTask(t *testing.T) {
	_, base := serve(t, Options{Dirs: []string{folder(t, hospital())}})
	resp, body := call(t, "GET", base+"/workitems?ScheduledHumanPerformersSequence.HumanPerformerName=READER^DEMO", nil)
	want(t, resp, body, 200)
	var studies []string
	for _, d := range sets(t, body) {
		studies = append(studies, d.Item(dicom.InputInformationSequence).Str(dicom.StudyInstanceUID))
	}
	if len(studies) != 2 || strings.Contains(strings.Join(studies, " "), priorStudy) {
		t.Errorf("workitems for %v, want the CT and the CR only", studies)
	}
}
