package syslog

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/audit"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
	"github.com/nocturne/nocturne/worklist/transit"
)

// rsyslog receives as sites have it: TLS by GnuTLS or OpenSSL, client certificates
// required, every message into a file with what it understood of it.
func TestRsyslogTakesEveryMessageByTLSAndUnderstandsItsHeader(t *testing.T) {
	t.Parallel()
	binary, driver := rsyslogd(t)
	dir := t.TempDir()
	authority := pacstest.NewAuthority(t, "Audit CA")
	server := authority.Issue(t, pacstest.Leaf{Name: "127.0.0.1"})
	cert, key := pacstest.KeyFiles(t, server)
	ours, oursKey := pacstest.KeyFiles(t, authority.Issue(t, pacstest.Leaf{Name: "desk-7"}))
	ca := authority.File(t)
	port := free(t)
	out, config := filepath.Join(dir, "out"), filepath.Join(dir, "rsyslog.conf")
	text := fmt.Sprintf(`global(workDirectory="%[1]s" defaultNetstreamDriverCAFile="%[2]s" defaultNetstreamDriverCertFile="%[3]s" defaultNetstreamDriverKeyFile="%[4]s" maxMessageSize="512k")
module(load="imtcp" streamDriver.name="%[5]s" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
template(name="t" type="string" string="%%pri%%|%%hostname%%|%%app-name%%|%%procid%%|%%msgid%%|%%structured-data%%|%%timestamp:::date-rfc3339%%|%%msg%%\n")
ruleset(name="r") { action(type="omfile" file="%[6]s" template="t" flushOnTXEnd="on") }
input(type="imtcp" port="%[7]s" address="127.0.0.1" ruleset="r")
`, dir, ca, cert, key, driver, out, port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, binary, "-n", "-f", config, "-i", filepath.Join(dir, "pid"))
	l, f, at := desk(t, &receiver{address: "127.0.0.1:" + port, ca: ca}, 40)
	f.Identity = transit.Identity{CA: ca, Certificate: ours, Key: oursKey}
	f.times.close = 3 * time.Second
	until(t, "rsyslog to listen", func() bool { return f.Probe(t.Context()) == nil })
	if err := l.Record(t.Context(), audit.Opened(audit.Study{UID: "1.2.3", PatientName: "MÜLLER^ÄNNE"})); err != nil {
		t.Fatal(err)
	}
	if err := f.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if at.at.N != 41 {
		t.Errorf("rsyslog closed behind %d of 41 records", at.at.N)
	}
	var lines []string
	until(t, "41 messages and a head", func() bool {
		b, _ := os.ReadFile(out)
		lines = strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
		return len(lines) == 42
	})
	for i, line := range lines[:41] {
		want := fmt.Sprintf("85|desk-7.example|nocturne|4711|DICOM+RFC3881|[meta sequenceId=\"%d\"]|", i+1)
		if !strings.HasPrefix(line, want) {
			t.Fatalf("message %d: %.120q", i+1, line)
		}
		_, x, _ := strings.Cut(line, "<?xml")
		e, err := audit.ParseXML([]byte("<?xml" + x))
		if err != nil || i == 40 && e.Objects[1].Name != "MÜLLER^ÄNNE" {
			t.Errorf("message %d: %v", i+1, err)
		}
	}
	if !strings.Contains(lines[41], "|AUDIT-TREE-HEAD|") || !strings.Contains(lines[41], "size=41") {
		t.Errorf("%.120q", lines[41])
	}
	f.Identity = transit.Identity{CA: ca}
	if err := f.Flush(t.Context()); err != nil {
		t.Error("nothing is to be sent, and nobody asked:", err)
	}
	if err := f.Probe(t.Context()); err == nil {
		t.Error("without a certificate of ours rsyslog takes the connection")
	}
}

// rsyslogd is the program and the TLS driver that it has.
func rsyslogd(t *testing.T) (binary, driver string) {
	for _, p := range []string{"/usr/sbin/rsyslogd", "/sbin/rsyslogd"} {
		if _, err := os.Stat(p); err == nil {
			binary = p
		}
	}
	for so, name := range map[string]string{"lmnsd_ossl.so": "ossl", "lmnsd_gtls.so": "gtls"} {
		if found, _ := filepath.Glob("/usr/lib/*/rsyslog/" + so); len(found) > 0 {
			driver = name
		}
	}
	if binary == "" || driver == "" {
		if os.Getenv("NOCTURNE_PEERS") == "require" {
			t.Fatal("rsyslog with TLS is not installed (rsyslog, rsyslog-gnutls)")
		}
		t.Skip("rsyslog with TLS is not installed (rsyslog, rsyslog-gnutls): messages are sent to our own receiver alone")
	}
	return binary, driver
}

func start(t *testing.T, binary string, args ...string) {
	cmd := exec.Command(binary, args...)
	said := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			t.Log(said)
		}
	})
}

func free(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}
