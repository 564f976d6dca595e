package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
)

// form is a STOW-RS body.
func form(objects ...[]byte) []byte {
	var b bytes.Buffer
	for _, o := range objects {
		b.WriteString("--b\r\nContent-Type: application/dicom\r\n\r\n")
		b.Write(o)
		b.WriteString("\r\n")
	}
	b.WriteString("--b--\r\n")
	return b.Bytes()
}

const formType = `multipart/related; type="application/dicom"; boundary=b`

func object(t testing.TB, study string, n int, extra ...func(*dicom.Dataset)) []byte {
	t.Helper()
	b, err := part10(header(study, study+".8", n, extra...), pixels(n))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// stow posts objects and gives the status and what was stored and failed.
func stow(t testing.TB, url string, objects ...[]byte) (status int, ok []string, failed map[string]int) {
	t.Helper()
	resp, body := call(t, "POST", url, form(objects...), "Content-Type", formType, "Accept", dicomJSON)
	d := &dicom.Dataset{}
	if err := json.Unmarshal(body, d); err != nil {
		t.Fatalf("status %d: %v: %.100s", resp.StatusCode, err, body)
	}
	for _, it := range d.Seq(dicom.ReferencedSOPSequence) {
		ok = append(ok, it.Str(dicom.ReferencedSOPInstanceUID))
	}
	failed = map[string]int{}
	for _, it := range d.Seq(dicom.FailedSOPSequence) {
		failed[it.Str(dicom.ReferencedSOPInstanceUID)] = it.IntOr(dicom.FailureReason, 0)
	}
	return resp.StatusCode, ok, failed
}

func TestStoredObjectsComeBack(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	one, two := object(t, ctStudy, 1), object(t, ctStudy, 2)
	if status, ok, failed := stow(t, base+"/studies/"+ctStudy, one, two); status != 200 || len(ok) != 2 || len(failed) != 0 {
		t.Fatalf("status %d, stored %v, failed %v", status, ok, failed)
	}
	resp, body := call(t, "GET", base+"/studies/"+ctStudy+"/series/"+ctStudy+".8", nil, "Accept", files)
	want(t, resp, body, 200)
	parts, _ := bodyParts(t, resp, body)
	if len(parts) != 2 || !bytes.Equal(parts[0], one) || !bytes.Equal(parts[1], two) {
		t.Error("what was stored is not what comes back")
	}
	resp, body = call(t, "GET", base+"/studies?StudyInstanceUID="+ctStudy, nil)
	want(t, resp, body, 200)
	if n := sets(t, body)[0].Str(dicom.NumberOfStudyRelatedInstances); n != "12" {
		t.Errorf("the study has %s instances, want 12", n)
	}
}

func TestStoringTwiceIsHarmless(t *testing.T) {
	_, base := serve(t, Options{Sources: []Source{hospital()}})
	one := object(t, "1.2.4.1", 1)
	for range 2 {
		if status, ok, _ := stow(t, base+"/studies", one, one); status != 200 || len(ok) != 2 {
			t.Fatalf("status %d, stored %v", status, ok)
		}
	}
	other := object(t, "1.2.4.1", 1, set(dicom.PatientID, "OTHER"))
	status, ok, failed := stow(t, base+"/studies", other)
	if status != 409 || len(ok) != 0 || failed["1.2.4.1.8.1"] != reasonDuplicate {
		t.Errorf("other bytes under the same UID: %d %v %v", status, ok, failed)
	}
	resp, body := call(t, "GET", base+"/studies/1.2.4.1", nil, "Accept", files)
	want(t, resp, body, 200)
	if parts, _ := bodyParts(t, resp, body); len(parts) != 1 || !bytes.Equal(parts[0], one) {
		t.Error("what was held did not stay")
	}
}

func TestEachObjectIsAnsweredFor(t *testing.T) {
	_, base := serve(t, Options{})
	good, foreign := object(t, "1.2.4.1", 1), object(t, "1.2.4.2", 1)
	noUID := object(t, "1.2.4.1", 7, set(dicom.SeriesInstanceUID))
	status, ok, failed := stow(t, base+"/studies/1.2.4.1", good, foreign, []byte("no DICOM"), good[:len(good)-20], good[132:], noUID)
	if status != 202 || len(ok) != 1 || ok[0] != "1.2.4.1.8.1" {
		t.Errorf("status %d, stored %v", status, ok)
	}
	if failed["1.2.4.2.8.1"] != reasonProcessing || failed[""] != reasonNotReadable || failed["1.2.4.1.8.1"] != reasonInvalid || failed["1.2.4.1.8.7"] != reasonInvalid {
		t.Errorf("failed %v", failed)
	}
	cut := object(t, "1.2.4.1", 5)
	if status, _, failed := stow(t, base+"/studies", cut[:len(cut)-20]); status != 409 || failed["1.2.4.1.8.5"] != reasonInvalid {
		t.Errorf("an object cut short: %d %v", status, failed)
	}
	if status, _, failed := stow(t, base+"/studies/1.2.4.1", foreign); status != 409 || len(failed) != 1 {
		t.Errorf("nothing stored: %d %v", status, failed)
	}
}

func TestStoreRequestsAreChecked(t *testing.T) {
	_, base := serve(t, Options{})
	good := object(t, "1.2.4.1", 1)
	for name, c := range map[string]struct {
		kind   string
		body   []byte
		status int
	}{
		"single part":      {"application/dicom", good, 415},
		"no type":          {"multipart/related; boundary=b", form(good), 415},
		"metadata":         {`multipart/related; type="application/dicom+json"; boundary=b`, form(good), 415},
		"bare type":        {"multipart/related; type=application/dicom; boundary=b", form(good), 200},
		"no boundary":      {`multipart/related; type="application/dicom"`, form(good), 400},
		"no parts":         {formType, []byte("--b--\r\n"), 400},
		"empty":            {formType, nil, 400},
		"cut within":       {formType, form(good)[:200], 400},
		"no closing":       {formType, bytes.TrimSuffix(form(good), []byte("--b--\r\n")), 400},
		"other boundary":   {formType, []byte("--c\r\n\r\nx\r\n--c--"), 400},
		"wrong part type":  {formType, bytes.Replace(form(good), []byte("application/dicom"), []byte("text/plain; a=bcd"), 1), 409},
		"part type absent": {formType, bytes.Replace(form(good), []byte("Content-Type: application/dicom"), []byte("X-Nothing: at-all-in-here-xx"), 1), 200},
	} {
		resp, body := call(t, "POST", base+"/studies", c.body, "Content-Type", c.kind)
		if resp.StatusCode != c.status {
			t.Errorf("%s: %d, want %d: %.100s", name, resp.StatusCode, c.status, body)
		}
	}
}

func TestACutUploadTellsWhatArrived(t *testing.T) {
	_, base := serve(t, Options{})
	body := form(object(t, "1.2.4.1", 1), object(t, "1.2.4.1", 2))
	resp, answer := call(t, "POST", base+"/studies", body[:len(body)-40], "Content-Type", formType)
	want(t, resp, answer, 400)
	d := &dicom.Dataset{}
	if err := json.Unmarshal(answer, d); err != nil {
		t.Fatal(err)
	}
	if l := d.Seq(dicom.ReferencedSOPSequence); len(l) != 1 || l[0].Str(dicom.ReferencedSOPInstanceUID) != "1.2.4.1.8.1" {
		t.Errorf("told %d stored", len(l))
	}
}

func TestMemoryIsBounded(t *testing.T) {
	a, base := serve(t, Options{})
	a.inMemory = maxHeld - 10
	resp, body := call(t, "POST", base+"/studies", form(object(t, "1.2.4.1", 1)), "Content-Type", formType)
	want(t, resp, body, http.StatusInsufficientStorage)
	if a.Studies() != 0 {
		t.Error("it was held all the same")
	}
}

func TestParallelStoresOfOneObjectKeepOne(t *testing.T) {
	a, base := serve(t, Options{StoreDir: t.TempDir()})
	done := make(chan error)
	for i := range 8 {
		go func() {
			b, _ := part10(header("1.2.4.1", "1.2.4.1.8", 1, set(dicom.PatientID, fmt.Sprint(i))), pixels(1))
			resp, err := http.Post(base+"/studies", formType, bytes.NewReader(form(b)))
			if err == nil {
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode != 200 && resp.StatusCode != 409 {
					err = fmt.Errorf("status %d", resp.StatusCode)
				}
				if resp.StatusCode == 200 {
					err = errStored
				}
			}
			done <- err
		}()
	}
	stored := 0
	for range 8 {
		switch err := <-done; err {
		case errStored:
			stored++
		case nil:
		default:
			t.Error(err)
		}
	}
	if stored != 1 || a.Studies() != 1 {
		t.Errorf("%d were told theirs is stored, want 1", stored)
	}
}

var errStored = fmt.Errorf("stored")
