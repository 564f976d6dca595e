package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/report"
)

// tinyCase is one study of a tiny night: what stories are played on that are not
// about images.
type tinyCase struct{ uid, accession, name string }

var families = []string{"ALDER", "BIRCH", "CEDAR", "DOGWOOD", "ELM", "FIR", "GINKGO", "HAZEL", "IRONWOOD", "JUNIPER",
	"KAPOK", "LINDEN", "MAPLE", "NUTMEG", "OLIVE", "POPLAR", "QUINCE", "ROWAN", "SPRUCE", "TEAK"}

// tinyNight writes a folder of that many patients with one CT of three small
// slices each, the same in every run, for `archive --dir`.
func tinyNight(t testing.TB, patients int) (dir string, cases []tinyCase) {
	t.Helper()
	return tinyNightOf(t, patients, patients)
}

// tinyNightOf has the cases of fewer patients, in turn.
func tinyNightOf(t testing.TB, number, patients int) (dir string, cases []tinyCase) {
	t.Helper()
	dir = t.TempDir()
	for n := range number {
		i := n % patients
		c := tinyCase{uid: fmt.Sprintf("2.25.%d", 7000+n), accession: fmt.Sprintf("T%02d", n+1), name: families[i%len(families)] + "^TINY"}
		if i >= len(families) {
			c.name = families[i%len(families)] + strings.Repeat("X", i/len(families)) + "^TINY"
		}
		for k := range 3 {
			path := filepath.Join(dir, fmt.Sprintf("%s-%d.dcm", c.accession, k))
			if err := os.WriteFile(path, tinySlice(t, c, i, k), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		cases = append(cases, c)
	}
	return dir, cases
}

func tinySlice(t testing.TB, c tinyCase, patient, k int, edits ...func(*dicom.Dataset)) []byte {
	t.Helper()
	const edge = 64
	d := new(dicom.Dataset)
	for tag, v := range map[dicom.Tag]string{
		dicom.SOPClassUID: string(dicom.CTImageStorage), dicom.SOPInstanceUID: fmt.Sprintf("%s.1.%d", c.uid, k+1),
		dicom.StudyInstanceUID: c.uid, dicom.SeriesInstanceUID: c.uid + ".1", dicom.StudyID: "1", dicom.Modality: "CT",
		dicom.StudyDate: "20260105", dicom.StudyTime: "021500", dicom.AccessionNumber: c.accession, dicom.PatientName: c.name,
		dicom.PatientID: fmt.Sprintf("TINY-%02d", patient+1), dicom.PatientBirthDate: fmt.Sprintf("19%02d0229", 20+4*(patient%20)),
		dicom.PatientSex: "O", dicom.StudyDescription: "CT abdomen " + c.accession, dicom.PhotometricInterpretation: "MONOCHROME2",
		dicom.RescaleType: "HU", dicom.AdmittingDiagnosesDescription: "pain " + c.accession + ", ? cause",
	} {
		d.SetStr(tag, v)
	}
	for tag, v := range map[dicom.Tag]int{
		dicom.SeriesNumber: 1, dicom.InstanceNumber: k + 1, dicom.SamplesPerPixel: 1, dicom.Rows: edge, dicom.Columns: edge,
		dicom.BitsAllocated: 16, dicom.BitsStored: 16, dicom.HighBit: 15, dicom.PixelRepresentation: 1,
	} {
		d.SetInt(tag, v)
	}
	d.SetFloat(dicom.ImagePositionPatient, -32, -32, float64(5*k))
	d.SetFloat(dicom.ImageOrientationPatient, 1, 0, 0, 0, 1, 0)
	d.SetFloat(dicom.PixelSpacing, 1, 1)
	d.SetFloat(dicom.SliceThickness, 5)
	d.SetFloat(dicom.RescaleSlope, 1)
	d.SetFloat(dicom.RescaleIntercept, 0)
	d.SetFloat(dicom.WindowCenter, 40)
	d.SetFloat(dicom.WindowWidth, 400)
	for _, edit := range edits {
		edit(d)
	}
	pixels := make([]byte, edge*edge*2)
	for i := range edge * edge {
		pixels[2*i] = byte(i%edge + 10*k + patient)
	}
	var b bytes.Buffer
	if err := dicom.Write(&b, d, pixels); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// nightHome is a home whose reader and only site, NORTH, are configured.
func nightHome(t testing.TB, reader, dicomWeb, ups string) string {
	t.Helper()
	home := t.TempDir()
	if err := os.WriteFile(filepath.Join(home, "config.toml"), []byte(siteConfig(reader, dicomWeb, ups)), 0o600); err != nil {
		t.Fatal(err)
	}
	return home
}

func siteConfig(reader, dicomWeb, ups string) string {
	return fmt.Sprintf("[reader]\nname = %q\nid = \"one\"\norganization = \"Story Hospital\"\n\n[policy]\npoll_seconds = 1\nprefetch = \"off\"\n\n"+
		"[[site]]\nname = \"NORTH\"\ndicomweb = %q\nups = %q\nall_studies = true\nphone = \"+49 30 555\"\n", reader, dicomWeb, ups)
}

// ownHome is a home of the archive's own reader.
func (a *archiveProcess) ownHome(t testing.TB) string {
	return nightHome(t, "READER^DEMO", a.DICOMweb, a.UPS)
}

// spawnNight is an archive with a tiny night whose cases are assigned to nobody,
// so that every reader has them in the list.
func spawnNight(t *testing.T, patients int, args ...string) (*archiveProcess, []tinyCase) {
	t.Helper()
	dir, cases := tinyNight(t, patients)
	a := spawnArchive(t, append([]string{"--dir", dir}, args...)...)
	a.assignToNobody(t)
	return a, cases
}

// assignToNobody takes the scheduled reader out of every waiting workitem.
func (a *archiveProcess) assignToNobody(t testing.TB) {
	t.Helper()
	change := new(dicom.Dataset)
	change.SetSeq(dicom.ScheduledHumanPerformersSequence)
	body, err := json.Marshal([]*dicom.Dataset{change})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range datasets(t, a.UPS+"/workitems?ProcedureStepState=SCHEDULED") {
		resp, err := http.Post(a.UPS+"/workitems/"+d.Str(dicom.SOPInstanceUID), "application/dicom+json", bytes.NewReader(body))
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatalf("assign to nobody: %v %v", resp, err)
		}
		resp.Body.Close()
	}
}

// datasets asks the archive for DICOM JSON.
func datasets(t testing.TB, address string) []*dicom.Dataset {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var out []*dicom.Dataset
	if resp.StatusCode == http.StatusNoContent {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d, %v", address, resp.StatusCode, err)
	}
	return out
}

// stored lists the reports that the archive holds of a study.
func (a *archiveProcess) stored(t testing.TB, study string) []string {
	t.Helper()
	var out []string
	for _, d := range datasets(t, a.DICOMweb+"/studies/"+study+"/instances") {
		if d.Str(dicom.SOPClassUID) == string(dicom.BasicTextSRStorage) {
			out = append(out, d.Str(dicom.SOPInstanceUID))
		}
	}
	return out
}

// step is a workitem as the archive has it.
type stepSeen struct{ uid, state, performer string }

// steps are all workitems of a study, in no order.
func (a *archiveProcess) steps(t testing.TB, study string) []stepSeen {
	t.Helper()
	var out []stepSeen
	for _, d := range datasets(t, a.UPS+"/workitems") {
		if d.Item(dicom.ReferencedRequestSequence).Str(dicom.StudyInstanceUID) != study {
			continue
		}
		by := d.Item(dicom.UnifiedProcedureStepPerformedProcedureSequence).Item(dicom.ActualHumanPerformersSequence).Str(dicom.HumanPerformerName)
		out = append(out, stepSeen{d.Str(dicom.SOPInstanceUID), d.Str(dicom.ProcedureStepState), by})
	}
	return out
}

// step is the study's only workitem.
func (a *archiveProcess) step(t testing.TB, study string) stepSeen {
	t.Helper()
	all := a.steps(t, study)
	if len(all) != 1 {
		t.Fatalf("%d workitems of %s: %v", len(all), study, all)
	}
	return all[0]
}

// book opens a home's ledger beside the programs that use it.
func book(t testing.TB, home string) *ledger.Ledger {
	t.Helper()
	l, err := openLedger(home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// onDisk is a section of the draft as a restart would find it.
func onDisk(t testing.TB, l *ledger.Ledger, study string, s report.Section) string {
	t.Helper()
	stored, ok, err := l.Draft(t.Context(), study)
	if err != nil || !ok {
		return ""
	}
	d, err := report.Decode(stored.Body)
	if err != nil {
		t.Fatal(err)
	}
	return d.Plain(s)
}

// crossing stands before an archive and lets a test decide what passes. before
// sees a request that has not reached the archive, after one whose answer has
// not left; false cuts the connection.
type crossing struct {
	*httptest.Server
	before, after func(*http.Request) bool
}

func newCrossing(t testing.TB, a *archiveProcess) *crossing {
	t.Helper()
	target, err := url.Parse(a.DICOMweb)
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: target.Scheme, Host: target.Host})
	c := &crossing{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c.before != nil && !c.before(r) {
			panic(http.ErrAbortHandler)
		}
		answer := httptest.NewRecorder()
		pass.ServeHTTP(answer, r.WithContext(t.Context()))
		if c.after != nil && !c.after(r) {
			panic(http.ErrAbortHandler)
		}
		for k, v := range answer.Header() {
			w.Header()[k] = v
		}
		w.WriteHeader(answer.Code)
		w.Write(answer.Body.Bytes())
	}))
	c.Config.ErrorLog, pass.ErrorLog = log.New(io.Discard, "", 0), log.New(io.Discard, "", 0)
	t.Cleanup(func() { c.CloseClientConnections(); c.Close() })
	return c
}

// claims reports whether a request asks for a change of state.
func claims(r *http.Request) bool {
	return r.Method == http.MethodPut && strings.HasSuffix(r.URL.Path, "/state")
}

// base is an address of the archive as it is behind the crossing.
func (c *crossing) base(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return c.URL + u.Path
}
