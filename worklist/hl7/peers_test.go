package hl7

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/dicom/sr"
	"github.com/nocturne/nocturne/cache/oracle"
	"github.com/nocturne/nocturne/worklist/report"
)

// reading is what a peer says it read.
type reading struct {
	ID, Patient, Family, Status string
	Texts                       [][2]string // LOINC, text
}

func python(t *testing.T) string {
	t.Helper()
	const debian = "/usr/bin/python3" // where Debian puts its packages
	if exec.Command(debian, "-c", "import hl7.mllp").Run() != nil {
		return oracle.Tool(t, "python3-hl7 (Debian)")
	}
	return debian
}

// texts are a release's paragraphs, from the release itself.
func texts(r report.Release) (out [][2]string) {
	for _, p := range r.Body() {
		for line := range strings.SplitSeq(p.Text, "\n") {
			if strings.TrimSpace(line) != "" {
				out = append(out, [2]string{p.Section.LOINC(), strings.TrimRight(line, " ")})
			}
		}
	}
	return out
}

func next(t *testing.T, lines <-chan string) (r reading) {
	t.Helper()
	select {
	case line := <-lines:
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("the peer read nothing")
	}
	return r
}

func TestPython3HL7ReadsTheReportAndAcknowledgesIt(t *testing.T) {
	address, lines := oracle.Serve(t, exec.CommandContext(t.Context(), python(t), "testdata/peers/receive.py"))
	for _, k := range kinds {
		r := release(k)
		b, id, err := ORU(r, options)
		if err != nil {
			t.Fatal(err)
		}
		a, err := Endpoint{Address: "mllp://" + address}.Exchange(context.Background(), b, id)
		if err != nil || a.Code != "AA" {
			t.Errorf("%s: %+v, %v", k, a, err)
		}
		got := next(t, lines)
		if got.ID != id || got.Patient != "P|1" || got.Family != "Müller" || !slices.Equal(got.Texts, texts(r)) {
			t.Errorf("%s: it read %+v, want %q", k, got, texts(r))
		}
	}
}

func TestPython3HL7SendsToOurServer(t *testing.T) {
	py := python(t)
	var got []string
	address := listen(t, &Server{Handle: func(m *Message) []byte { got = append(got, m.Get("PID", 5)); return accept(m) }})
	b, id, _ := ORU(release(report.Final), options)
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(address, "mllp://"))
	cmd := exec.CommandContext(t.Context(), py, "testdata/peers/send.py", port)
	cmd.Stdin = bytes.NewReader(b)
	out, err := cmd.CombinedOutput()
	if want := strings.Repeat("AA "+id+"\n", 2); err != nil || string(out) != want || strings.Join(got, " ") != "Müller Müller" {
		t.Errorf("%v %q, want %q; %q", err, out, want, got)
	}
}

// Escapes are compared as they were sent: these packages leave them to their callers.
func TestReceiversOfNPMReadTheReportAndAcknowledgeIt(t *testing.T) {
	for _, name := range []string{"node-hl7-server", "simple-hl7", "@medplum/hl7"} {
		t.Run(name, func(t *testing.T) {
			dir := oracle.NPM(t, name)
			address, lines := oracle.NodeServer(t, dir, "testdata/peers/receive.cjs", name)
			for _, k := range kinds {
				r := release(k)
				b, id, _ := ORU(r, options)
				a, err := Endpoint{Address: "mllp://" + address}.Exchange(context.Background(), b, id)
				if err != nil || !a.Accepted() {
					t.Errorf("%s: %+v, %v", k, a, err)
				}
				want := texts(r)
				for i := range want {
					want[i][1] = strings.NewReplacer(`\`, `\E\`, "|", `\F\`, "^", `\S\`, "&", `\T\`, "~", `\R\`).Replace(want[i][1])
				}
				if got := next(t, lines); got.ID != id || !slices.Equal(got.Texts, want) {
					t.Errorf("%s: it read %+v, want %q", k, got, want)
				}
			}
		})
	}
}

// Frames as TCP may bring them: split anywhere, and two in one write. Each case has a
// connection of its own: this receiver keeps what came before in its buffer and reads
// it again with the next message, which is why Exchange never sends two on one.
func TestFramesSplitAndJoinedArriveAtNodeHL7Server(t *testing.T) {
	dir := oracle.NPM(t, "node-hl7-server")
	address, lines := oracle.NodeServer(t, dir, "testdata/peers/receive.cjs", "node-hl7-server")
	var ids, frames []string
	for _, k := range kinds {
		b, id, _ := ORU(release(k), options)
		ids, frames = append(ids, id), append(frames, "\x0B"+string(b)+"\x1C\r")
	}
	f := frames[0]
	for _, c := range []struct {
		chunks, ids []string
	}{
		{[]string{f[:1], f[1:100], f[100 : len(f)-2], f[len(f)-2:]}, ids[:1]},
		{[]string{frames[1] + frames[2]}, ids[1:3]},
	} {
		acked, read := exchangeRaw(t, address, lines, c.chunks, len(c.ids))
		want := slices.Sorted(slices.Values(c.ids))
		if !slices.Equal(acked, want) || !slices.Equal(read, want) {
			t.Errorf("acknowledged %q, read %q, sent %q", acked, read, want)
		}
	}
}

// exchangeRaw writes the chunks with pauses between them and waits for n answers, which
// come sorted, as do the ids that the peer read.
func exchangeRaw(t *testing.T, address string, lines <-chan string, chunks []string, n int) (acked, read []string) {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	for _, chunk := range chunks {
		_, _ = io.WriteString(c, chunk)
		time.Sleep(20 * time.Millisecond)
	}
	r := bufio.NewReader(c)
	for range n {
		b, err := readBlock(r, maxAck)
		if err != nil {
			t.Fatal(err)
		}
		a, err := ReadAck(parse(t, string(b)))
		if err != nil || !a.Accepted() {
			t.Errorf("%+v, %v", a, err)
		}
		acked, read = append(acked, a.ControlID), append(read, next(t, lines).ID)
	}
	slices.Sort(acked)
	slices.Sort(read)
	return acked, read
}

func TestMessagesHoldToTheGrammarOf251(t *testing.T) {
	dir := oracle.NPM(t, "hl7-dictionary")
	var all []string
	for _, k := range kinds {
		b, _, _ := ORU(release(k), options)
		all = append(all, string(b))
	}
	little := release(report.Final)
	little.Request, little.Accession, little.Others, little.Priority, little.Indication = sr.Request{}, "", nil, "", ""
	b, _, _ := ORU(little, Options{})
	in, err := json.Marshal(append(all, string(b)))
	if err != nil {
		t.Fatal(err)
	}
	if wrong := strings.TrimSpace(oracle.Node(t, dir, string(in), "testdata/peers/grammar.cjs")); wrong != "" {
		t.Error(wrong)
	}
	// The check itself finds what is wrong.
	broken := strings.Replace(all[1], "|ORU^R01^ORU_R01|", "||", 1)
	broken = strings.Replace(broken, "\rOBR|", "\rOBX|", 1)
	in, _ = json.Marshal([]string{broken})
	if wrong := oracle.Node(t, dir, string(in), "testdata/peers/grammar.cjs"); !strings.Contains(wrong, "MSH-9 is required") || !strings.Contains(wrong, "OBR is missing") {
		t.Errorf("a broken message passes: %s", wrong)
	}
}
