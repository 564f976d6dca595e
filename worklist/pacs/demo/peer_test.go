package demo_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/demo"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// TestOrthancReadsAndStoresHere lets Orthanc's DICOMweb client, which knows
// nothing of us, query this archive, retrieve a study, and store it into a
// second one of ours.
func TestOrthancReadsAndStoresHere(t *testing.T) {
	url, user, password := pacstest.StartOrthanc(t)
	root := strings.TrimSuffix(strings.TrimSuffix(url, "/"), "/dicom-web")
	ask := func(method, path, body string) []byte {
		t.Helper()
		req, err := http.NewRequest(method, root+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth(user, password)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%s %s: %s %v: %.300s", method, path, resp.Status, err, b)
		}
		return b
	}
	from, to := archive(t, demo.Options{Sources: []demo.Source{slices(20)}}), archive(t, demo.Options{})
	ask("PUT", "/dicom-web/servers/from", fmt.Sprintf(`{"Url":%q}`, from+"/"))
	ask("PUT", "/dicom-web/servers/to", fmt.Sprintf(`{"Url":%q}`, to+"/"))

	found := ask("POST", "/dicom-web/servers/from/qido", `{"Uri":"/studies","Arguments":{"PatientName":"phantom*","ModalitiesInStudy":"CT"}}`)
	if !bytes.Contains(found, []byte("1.2.3.5")) {
		t.Fatalf("Orthanc did not find the study: %.300s", found)
	}
	ask("POST", "/dicom-web/servers/from/retrieve", `{"Resources":[{"Study":"1.2.3.5"}],"Synchronous":true}`)
	var studies []string
	if err := json.Unmarshal(ask("GET", "/studies", ""), &studies); err != nil || len(studies) != 1 {
		t.Fatalf("Orthanc holds %v: %v", studies, err)
	}
	ask("POST", "/dicom-web/servers/to/stow", fmt.Sprintf(`{"Resources":[%q],"Synchronous":true}`, studies[0]))
	for n := 1; n <= 20; n++ {
		path := fmt.Sprintf("/studies/1.2.3.5/series/1.2.3.5.1/instances/1.2.3.5.1.%d/frames/1", n)
		if a, b := frame(t, from+path), frame(t, to+path); len(a) != 512 || !bytes.Equal(a, b) {
			t.Errorf("slice %d changed on its way: %d and %d bytes", n, len(a), len(b))
		}
	}
}

func archive(t *testing.T, o demo.Options) string {
	t.Helper()
	a, err := demo.New(o)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(a.Handler())
	t.Cleanup(func() { a.Close(); srv.Close() })
	return srv.URL + "/dicom-web"
}

func frame(t *testing.T, url string) []byte {
	t.Helper()
	req, _ := http.NewRequest("GET", url, nil)
	req.Header.Set("Accept", "application/octet-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%s: %s %v", url, resp.Status, err)
	}
	return b
}

// slices is a CT study of so many slices of 16×16.
type slices int

func (n slices) Studies() []demo.Study {
	var st demo.Study
	for i := 1; i <= int(n); i++ {
		d := &dicom.Dataset{}
		for t, v := range map[dicom.Tag]string{
			dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: fmt.Sprintf("1.2.3.5.1.%d", i),
			dicom.StudyInstanceUID: "1.2.3.5", dicom.SeriesInstanceUID: "1.2.3.5.1", dicom.Modality: "CT",
			dicom.PatientName: "PHANTOM^JÖRG", dicom.PatientID: "P5", dicom.PhotometricInterpretation: "MONOCHROME2",
		} {
			d.SetStr(t, v)
		}
		for t, v := range map[dicom.Tag]int{
			dicom.Rows: 16, dicom.Columns: 16, dicom.SamplesPerPixel: 1, dicom.BitsAllocated: 16, dicom.BitsStored: 16,
			dicom.HighBit: 15, dicom.PixelRepresentation: 1, dicom.InstanceNumber: i,
		} {
			d.SetInt(t, v)
		}
		st.Instances = append(st.Instances, demo.Instance{Header: d, Render: func() ([]byte, error) {
			return bytes.Repeat([]byte{byte(i), byte(255 - i)}, 256), nil
		}})
	}
	return []demo.Study{st}
}
