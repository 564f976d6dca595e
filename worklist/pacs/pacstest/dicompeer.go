package pacstest

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// DICOMPeer is a program that speaks DIMSE on this machine. It ends with the test.
type DICOMPeer struct {
	Address string // host:port
	AE      string
	Dir     string // where its files are
}

// Title is an AE title and where it is to be reached: a destination of C-MOVE, and who
// is told of storage commitment.
type Title struct {
	AE   string
	Port int
}

// FreePort is a port of this machine that nobody listens on.
func FreePort(t testing.TB) int { return freePort(t) }

// StartDCMQRSCP starts DCMTK's archive. It forks for every association, answers on all
// addresses of this machine and knows no TLS. Without DCMTK the test is skipped.
func StartDCMQRSCP(t testing.TB, known ...Title) DICOMPeer {
	t.Helper()
	binary, err := exec.LookPath("dcmqrscp")
	if err != nil {
		Missing(t, "DCMTK's dcmqrscp is not installed")
	}
	p := DICOMPeer{AE: "NORTH", Dir: t.TempDir()}
	db, port := filepath.Join(p.Dir, "db"), freePort(t)
	var hosts strings.Builder
	for i, k := range known {
		fmt.Fprintf(&hosts, "h%d = (%s, 127.0.0.1, %d)\n", i, k.AE, k.Port)
	}
	config := fmt.Sprintf("NetworkTCPPort = %d\nMaxPDUSize = 131072\nMaxAssociations = 32\n"+
		"HostTable BEGIN\n%sHostTable END\nVendorTable BEGIN\nVendorTable END\nAETable BEGIN\n%s %s RW (200, 1024mb) ANY\nAETable END\n",
		port, hosts.String(), p.AE, db)
	write(t, filepath.Join(p.Dir, "dcmqrscp.cfg"), config)
	if err := os.Mkdir(db, 0o700); err != nil {
		t.Fatal(err)
	}
	p.start(t, port, binary, "-c", filepath.Join(p.Dir, "dcmqrscp.cfg"))
	return p
}

// StartWLMSCPFS starts DCMTK's modality worklist with these entries, each a data set in
// Part 10. Without DCMTK the test is skipped.
func StartWLMSCPFS(t testing.TB, entries ...[]byte) DICOMPeer {
	t.Helper()
	binary, err := exec.LookPath("wlmscpfs")
	if err != nil {
		Missing(t, "DCMTK's wlmscpfs is not installed")
	}
	p := DICOMPeer{AE: "WORKLIST", Dir: t.TempDir()}
	dir := filepath.Join(p.Dir, p.AE)
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "lockfile"), "")
	for i, b := range entries {
		write(t, filepath.Join(dir, fmt.Sprintf("e%d.wl", i)), string(b))
	}
	port := freePort(t)
	p.start(t, port, binary, "-dfp", p.Dir, fmt.Sprint(port))
	return p
}

// StartOrthancDICOM starts an Orthanc that answers DIMSE alone. more are further keys of
// its configuration, by their names there.
func StartOrthancDICOM(t testing.TB, more map[string]any, known ...Title) DICOMPeer {
	t.Helper()
	binary, _ := orthancPaths()
	if binary == "" {
		Missing(t, "Orthanc is not installed")
	}
	p := DICOMPeer{AE: "ORTHANC", Dir: t.TempDir()}
	port, modalities := freePort(t), map[string]any{}
	for _, k := range known {
		modalities[k.AE] = map[string]any{"AET": k.AE, "Host": "127.0.0.1", "Port": k.Port, "AllowStorageCommitment": true}
	}
	config := map[string]any{
		"Name": p.AE, "StorageDirectory": filepath.Join(p.Dir, "db"), "IndexDirectory": filepath.Join(p.Dir, "db"),
		"Plugins": []string{}, "HttpServerEnabled": false, "DicomAet": p.AE, "DicomPort": port, "DicomCheckCalledAet": true,
		"DicomAlwaysAllowFind": true, "DicomAlwaysAllowGet": true, "DicomAlwaysAllowMove": true, "DicomAlwaysAllowStore": true,
		"DicomModalities": modalities, "OverwriteInstances": true, "DefaultEncoding": "Utf8",
	}
	for k, v := range more {
		config[k] = v
	}
	b, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(p.Dir, "orthanc.json"), string(b))
	p.start(t, port, binary, filepath.Join(p.Dir, "orthanc.json"))
	return p
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// start runs a server until the test ends and waits until it takes connections. DCMTK
// waits for acknowledgements unless it is told not to (Nagle).
func (p *DICOMPeer) start(t testing.TB, port int, binary string, args ...string) {
	t.Helper()
	p.Address = fmt.Sprintf("127.0.0.1:%d", port)
	log, err := os.Create(filepath.Join(p.Dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), "TCP_NODELAY=1")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
		log.Close()
	})
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); {
		select {
		case <-ended:
			t.Fatalf("%s ended at once: see its log", filepath.Base(binary))
		case <-time.After(20 * time.Millisecond):
		}
		if conn, err := net.DialTimeout("tcp", p.Address, time.Second); err == nil {
			conn.Close()
			return
		}
	}
	t.Fatalf("%s takes no connection within 15 s", filepath.Base(binary))
}

// Secured puts TLS in front of a server that has none, and returns where.
func Secured(t testing.TB, address string, config *tls.Config) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { forward(tls.Server(conn, config), address) })
		}
	})
	t.Cleanup(func() { l.Close(); all.Wait() })
	return l.Addr().String()
}

// forward copies both ways until both ends closed.
func forward(conn *tls.Conn, address string) {
	defer conn.Close()
	if conn.Handshake() != nil {
		return
	}
	to, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer to.Close()
	done := make(chan struct{})
	go func() {
		io.Copy(to, conn)
		to.(*net.TCPConn).CloseWrite()
		close(done)
	}()
	io.Copy(conn, to)
	conn.Close()
	<-done
}
