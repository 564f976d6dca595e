package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// rest is Orthanc's own interface, through which it is told what to ask.
type rest struct {
	t    testing.TB
	base string
}

func (r rest) ask(method, path string, body, answer any) {
	r.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		r.t.Fatal(err)
	}
	req, err := http.NewRequest(method, r.base+path, bytes.NewReader(b))
	if err != nil {
		r.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 {
		r.t.Fatalf("%s %s: %s %v: %.300s", method, path, resp.Status, err, got)
	}
	if answer != nil {
		if err := json.Unmarshal(got, answer); err != nil {
			r.t.Fatalf("%s: %v: %.300s", path, err, got)
		}
	}
}

// TestOrthancAsksByDIMSE lets Orthanc, as SCU, query this archive, move a study to
// itself, ask for its worklist, and store the study into a second one of ours that it
// asks to commit to it, by a report on an association of ours.
func TestOrthancAsksByDIMSE(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	peer := pacstest.StartOrthancDICOM(t, map[string]any{"HttpServerEnabled": true, "HttpPort": port, "RemoteAccessAllowed": false, "AuthenticationEnabled": false})
	o := rest{t, fmt.Sprintf("http://127.0.0.1:%d", port)}
	waitFor(t, fmt.Sprintf("127.0.0.1:%d", port))
	there := map[string]string{peer.AE: peer.Address}
	from, first := serveDIMSE(t, Options{AE: "FROM", Sources: []Source{hospital()}, Destinations: there})
	to, second := serveDIMSE(t, Options{AE: "TO", StoreDir: t.TempDir(), Destinations: there})
	for ae, address := range map[string]string{"FROM": first, "TO": second} {
		at, _ := net.ResolveTCPAddr("tcp", address)
		o.ask("PUT", "/modalities/"+ae, map[string]any{"AET": ae, "Host": "127.0.0.1", "Port": at.Port, "AllowStorageCommitment": true}, nil)
		o.ask("POST", "/modalities/"+ae+"/echo", map[string]any{}, nil)
	}
	var query struct{ Path string }
	o.ask("POST", "/modalities/FROM/query", map[string]any{"Level": "Study", "Query": map[string]string{"PatientName": "PHANTOM*", "ModalitiesInStudy": "SR"}}, &query)
	var answers []string
	if o.ask("GET", query.Path+"/answers", nil, &answers); len(answers) != 1 {
		t.Fatalf("Orthanc found %d studies", len(answers))
	}
	o.ask("POST", query.Path+"/retrieve", map[string]any{"TargetAet": peer.AE, "Synchronous": true}, nil)
	var items []map[string]any
	o.ask("POST", "/modalities/FROM/find-worklist", map[string]string{"AccessionNumber": ctAcc, "PatientName": ""}, &items)
	if len(items) != 1 || items[0]["PatientName"] != "PHANTOM^ANNA" {
		t.Errorf("Orthanc's worklist: %v", items)
	}
	var studies []string
	if o.ask("GET", "/studies", nil, &studies); len(studies) != 1 {
		t.Fatalf("Orthanc holds %d studies", len(studies))
	}
	var sent struct {
		FailedInstancesCount            int
		StorageCommitmentTransactionUID string
	}
	o.ask("POST", "/modalities/TO/store", map[string]any{"Resources": studies, "Synchronous": true, "StorageCommitment": true}, &sent)
	o.committed(sent.StorageCommitmentTransactionUID, 10)
	var was, is []string
	for _, in := range from.held.find(ctStudy, "", "") {
		was = append(was, pixelsOf(t, from, in.sop))
		is = append(is, pixelsOf(t, to, in.sop))
	}
	if sent.FailedInstancesCount != 0 || len(was) != 10 || !slices.Equal(was, is) {
		t.Errorf("%d failed, %d of 10 came back", sent.FailedInstancesCount, len(to.held.find(ctStudy, "", "")))
	}
}

// committed waits for the report of a storage commitment.
func (r rest) committed(transaction string, want int) {
	r.t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		var report struct {
			Status  string
			Success []any
		}
		r.ask("GET", "/storage-commitment/"+transaction, nil, &report)
		if report.Status != "Pending" || time.Now().After(end) {
			if report.Status != "Success" || len(report.Success) != want {
				r.t.Errorf("the commitment is %s for %d objects", report.Status, len(report.Success))
			}
			return
		}
	}
}

// pixelsOf are an object's pixels and whose they are.
func pixelsOf(t testing.TB, a *Archive, sop dicom.UID) string {
	t.Helper()
	in := a.held.object(sop)
	if in == nil {
		return "missing"
	}
	f, err := a.parse(in)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join([]string{f.Dataset.Str(dicom.PatientName), f.Dataset.Str(dicom.SOPInstanceUID), string(f.Pixel.Native)}, "|")
}
