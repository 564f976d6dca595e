package pacstest

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// StartOrthanc starts a throw-away Orthanc with its DICOMweb plugin on a free
// port and ends it with the test. url is its DICOMweb base. Nobody but this
// machine is answered, and DICOM is off. Without Orthanc the test is skipped, or
// fails when NOCTURNE_PEERS=require.
func StartOrthanc(t testing.TB) (url, user, password string) {
	t.Helper()
	binary, plugin := orthancPaths()
	if binary == "" || plugin == "" {
		Missing(t, "Orthanc with its DICOMweb plugin is not installed")
	}
	user, password = "reader", "s3cret"
	for try := 0; ; try++ {
		port := freePort(t)
		base := fmt.Sprintf("http://127.0.0.1:%d", port)
		err := runOrthanc(t, binary, orthancConfig(t, plugin, port, user, password), base, user, password)
		if err == nil {
			return base + "/dicom-web", user, password
		}
		if try == 2 {
			t.Fatalf("start Orthanc: %v", err)
		}
	}
}

// Missing skips the test because a peer is absent, or fails it when
// NOCTURNE_PEERS=require says that every peer must be there.
func Missing(t testing.TB, sentence string) {
	t.Helper()
	if os.Getenv("NOCTURNE_PEERS") == "require" {
		t.Fatal(sentence)
		return
	}
	t.Skip(sentence)
}

func orthancPaths() (binary, plugin string) {
	binary, err := exec.LookPath("Orthanc")
	if err != nil {
		binary = exists("/usr/sbin/Orthanc")
	}
	return binary, exists("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")
}

func exists(path string) string {
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

func freePort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

func orthancConfig(t testing.TB, plugin string, port int, user, password string) string {
	dir := t.TempDir()
	b, err := json.Marshal(map[string]any{
		"Name": "PEER", "StorageDirectory": filepath.Join(dir, "db"), "IndexDirectory": filepath.Join(dir, "db"),
		"Plugins": []string{plugin}, "HttpPort": port, "RemoteAccessAllowed": false, "DicomServerEnabled": false,
		"AuthenticationEnabled": true, "RegisteredUsers": map[string]string{user: password},
		"CheckRevisions": true, "OverwriteInstances": true, "WebDavEnabled": false,
		"DicomWeb": map[string]any{"Enable": true, "Root": "/dicom-web/", "EnableWado": false,
			"StudiesMetadata": "Full", "SeriesMetadata": "Full", "QidoCaseSensitive": false},
	})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "orthanc.json"), b, 0o600)
	}
	if err != nil {
		t.Fatalf("configure Orthanc: %v", err)
	}
	return filepath.Join(dir, "orthanc.json")
}

// runOrthanc starts the server and waits until REST answers.
func runOrthanc(t testing.TB, binary, config, base, user, password string) error {
	cmd := exec.Command(binary, config)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	stop := func() {
		cmd.Process.Kill()
		<-ended
	}
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); {
		select {
		case err := <-ended:
			return fmt.Errorf("it ended at once: %w", err)
		case <-time.After(25 * time.Millisecond):
		}
		if answers(base+"/system", user, password) {
			t.Cleanup(stop)
			return nil
		}
	}
	stop()
	return fmt.Errorf("no answer within 15 s")
}

func answers(url, user, password string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	req.SetBasicAuth(user, password)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}
