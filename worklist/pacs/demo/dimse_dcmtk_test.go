package demo

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// dcmtk runs one of DCMTK's programs; what it said and whether it ended well.
func dcmtk(t testing.TB, program string, args ...string) (string, bool) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		pacstest.Missing(t, "DCMTK ("+program+") is not installed")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "TCP_NODELAY=1")
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// to is how DCMTK's programs name an archive.
func to(address string, args ...string) []string {
	host, port, _ := net.SplitHostPort(address)
	return append(append([]string{"-v", "-aet", "TESTER", "-aec", DefaultAE}, args...), host, port)
}

// findscu gives the responses' identifiers.
func findscu(t testing.TB, address string, args ...string) []*dicom.Dataset {
	t.Helper()
	dir := t.TempDir()
	out, ok := dcmtk(t, "findscu", to(address, append([]string{"-X", "-od", dir}, args...)...)...)
	if !ok || !strings.Contains(out, "Received Final Find Response (Success)") {
		t.Fatalf("findscu %v: %s", args, out)
	}
	files, _ := filepath.Glob(filepath.Join(dir, "rsp*.dcm"))
	slices.Sort(files)
	var all []*dicom.Dataset
	for _, path := range files {
		f, err := dicom.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f.Dataset)
	}
	return all
}

func TestDCMTKFindsWhatIsHere(t *testing.T) {
	t.Parallel()
	_, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	if out, ok := dcmtk(t, "echoscu", to(address)...); !ok || !strings.Contains(out, "Success") {
		t.Fatalf("echoscu: %s", out)
	}
	host, port, _ := net.SplitHostPort(address)
	if out, ok := dcmtk(t, "echoscu", "-aec", "OTHER", host, port); ok || !strings.Contains(out, "Called AE Title Not Recognized") {
		t.Errorf("echoscu to another title: %s", out)
	}
	for name, c := range map[string]struct {
		args []string
		tag  dicom.Tag
		want []string
	}{
		"studies":    {[]string{"-S", "-k", "0008,0052=STUDY", "-k", "PatientName=PHANTOM*", "-k", "StudyInstanceUID"}, dicom.StudyInstanceUID, []string{ctStudy, priorStudy}},
		"an umlaut":  {[]string{"-S", "-k", "0008,0052=STUDY", "-k", "PatientID=P2", "-k", "PatientName"}, dicom.PatientName, []string{"MÜLLER^JÖRG"}},
		"patients":   {[]string{"-P", "-k", "0008,0052=PATIENT", "-k", "PatientID"}, dicom.PatientID, []string{"P1", "P2"}},
		"series":     {[]string{"-S", "-k", "0008,0052=SERIES", "-k", "StudyInstanceUID=" + ctStudy, "-k", "Modality", "-k", "NumberOfSeriesRelatedInstances"}, dicom.NumberOfSeriesRelatedInstances, []string{"9", "1"}},
		"an image":   {[]string{"-S", "-k", "0008,0052=IMAGE", "-k", "StudyInstanceUID=" + ctStudy, "-k", "SeriesInstanceUID=" + ctStudy + ".1", "-k", "InstanceNumber=4", "-k", "SOPInstanceUID"}, dicom.SOPInstanceUID, []string{ctStudy + ".1.4"}},
		"a worklist": {[]string{"-W", "-k", "AccessionNumber", "-k", "ScheduledProcedureStepSequence[0].Modality=CT", "-k", "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate=20260101-"}, dicom.AccessionNumber, []string{ctAcc}},
	} {
		if got := uids(findscu(t, address, c.args...), c.tag); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	out, _ := dcmtk(t, "findscu", to(address, "-S", "-k", "0008,0052=SERIES", "-k", "Modality")...)
	if !strings.Contains(out, "DataSetDoesNotMatchSOPClass") {
		t.Errorf("a series without its study: %s", out)
	}
	out, _ = dcmtk(t, "findscu", to(address, "-S", "--cancel", "1", "-k", "0008,0052=STUDY")...)
	if !strings.Contains(out, "Final Find Response") {
		t.Errorf("canceled after one answer: %s", out)
	}
}

func TestDCMTKRetrievesWhatIsHere(t *testing.T) {
	t.Parallel()
	a, address := serveDIMSE(t, Options{Sources: []Source{hospital()}})
	study := []string{"-S", "-k", "0008,0052=STUDY", "-k", "StudyInstanceUID=" + ctStudy}
	dir := t.TempDir()
	out, ok := dcmtk(t, "getscu", to(address, append(study, "-od", dir)...)...)
	if !ok {
		t.Fatalf("getscu: %s", out)
	}
	a.arrived(t, dir)

	storescp, err := exec.LookPath("storescp")
	if err != nil {
		pacstest.Missing(t, "DCMTK (storescp) is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	there := l.Addr().String()
	l.Close()
	moved := t.TempDir()
	scp := exec.Command(storescp, "-aet", "HOME", "-od", moved, there[strings.LastIndex(there, ":")+1:])
	scp.Env = append(os.Environ(), "TCP_NODELAY=1")
	if err := scp.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { scp.Process.Kill(); scp.Wait() }()
	waitFor(t, there)
	b, address := serveDIMSE(t, Options{Sources: []Source{hospital()}, Destinations: map[string]string{"HOME": there}})
	if out, ok := dcmtk(t, "movescu", to(address, append(study, "-aem", "HOME")...)...); !ok || !strings.Contains(out, "Received Final Move Response (Success)") {
		t.Fatalf("movescu: %s", out)
	}
	b.arrived(t, moved)
	if out, _ := dcmtk(t, "movescu", to(address, append(study, "-aem", "NOBODY")...)...); !strings.Contains(out, "MoveDestinationUnknown") {
		t.Errorf("movescu to nobody: %s", out)
	}
}

func waitFor(t testing.TB, address string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatalf("nobody listens: %v", err)
		}
	}
}

// arrived holds files that another program wrote to what is held of the CT study.
func (a *Archive) arrived(t testing.TB, dir string) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		h, err := dicom.ReadHead(b)
		if err != nil {
			t.Fatal(err)
		}
		in := orNone(a.held.object(h.Instance))
		whole, err := a.bytes(in)
		if err != nil {
			t.Fatal(err)
		}
		if at, _ := metaEnd(whole); !bytes.Equal(whole[at:], b[h.Offset:]) {
			t.Errorf("%d bytes came as %d other bytes", len(whole)-at, len(b)-h.Offset)
		}
	}
	if len(files) != 10 {
		t.Errorf("%d of 10 came", len(files))
	}
}

func TestDCMTKStoresHere(t *testing.T) {
	t.Parallel()
	src := filepath.Join(oracle.Data(t, "ts"), "ct-one-slice-every-syntax")
	a, address := serveDIMSE(t, Options{StoreDir: t.TempDir()})
	for flag, name := range map[string]string{
		"-xt": "CTImage.dcm_JPEGLSLosslessTransferSyntax_1.2.840.10008.1.2.4.80.dcm",
		"-xe": "CTImage.dcm_LittleEndianExplicitTransferSyntax_1.2.840.10008.1.2.1.dcm",
	} {
		file, err := os.ReadFile(filepath.Join(src, name))
		if err != nil {
			t.Skip(err)
		}
		path := filepath.Join(t.TempDir(), "a.dcm")
		os.WriteFile(path, file, 0o600)
		sop := dicom.NewUID()
		if out, ok := dcmtk(t, "dcmodify", "-nb", "-m", "SOPInstanceUID="+string(sop), path); !ok {
			t.Fatalf("dcmodify: %s", out)
		}
		for range 2 {
			out, ok := dcmtk(t, "storescu", append(to(address, flag), path)...)
			if !ok || !strings.Contains(out, "Received Store Response (Success)") {
				t.Fatalf("storescu %s: %s", flag, out)
			}
		}
		in := a.held.object(sop)
		if in == nil {
			t.Fatal("not held")
		}
		sent, _ := os.ReadFile(path)
		kept, err := a.bytes(in)
		from, _ := metaEnd(sent)
		at, _ := metaEnd(kept)
		if err != nil || !bytes.Equal(kept[at:], sent[from:]) {
			t.Errorf("%s is held as other bytes: %v", name, err)
		}
	}
}

func TestDCMTKComesOverTLS(t *testing.T) {
	t.Parallel()
	authority := pacstest.NewAuthority(t, "Tests")
	own := authority.Issue(t, pacstest.Leaf{})
	_, address := serveDIMSE(t, Options{DIMSETLS: &tls.Config{Certificates: []tls.Certificate{authority.Issue(t, pacstest.Leaf{})},
		ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: authority.Pool(), MinVersion: tls.VersionTLS12}})
	certificate, key := pacstest.KeyFiles(t, own)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: authority.Certificate.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, ok := dcmtk(t, "echoscu", to(address, "+tls", key, certificate, "+cf", ca)...); !ok {
		t.Errorf("echoscu with a certificate: %s", out)
	}
	if out, ok := dcmtk(t, "echoscu", to(address, "+tla", "+cf", ca)...); ok {
		t.Errorf("echoscu without one is answered: %s", out)
	}
}
