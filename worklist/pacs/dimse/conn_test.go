package dimse

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// wire is a transport whose fragments are as small as piece says.
type wire struct {
	in, out chan ul.PDV
	piece   int
}

func wires(piece int) (a, b *wire) {
	x, y := make(chan ul.PDV, 1024), make(chan ul.PDV, 1024)
	return &wire{x, y, piece}, &wire{y, x, piece}
}

func (w *wire) Read(ctx context.Context) (ul.PDV, error) {
	select {
	case p, ok := <-w.in:
		if !ok {
			return ul.PDV{}, io.EOF
		}
		return p, nil
	case <-ctx.Done():
		return ul.PDV{}, ctx.Err()
	}
}

func (w *wire) Write(_ context.Context, all ...ul.PDV) error {
	for _, p := range all {
		for d := bytes.Clone(p.Data); ; {
			n := min(w.piece, len(d))
			q := p
			q.Data, q.Last = d[:n], p.Last && n == len(d)
			w.out <- q
			if d = d[n:]; len(d) == 0 {
				break
			}
		}
	}
	return nil
}

// A C-ECHO-RQ and a C-GET-RSP, element by element after PS3.7 tables 9.3-12 and 9.3-7.
var commands = map[string]struct {
	c   Command
	hex string
}{
	"C-ECHO-RQ": {Command{Field: CEcho, ID: 7, Class: dicom.VerificationSOPClass},
		"0000000004000000" + "38000000" +
			"0000020012000000" + hex.EncodeToString([]byte("1.2.840.10008.1.1\x00")) +
			"0000000102000000" + "3000" + "0000100102000000" + "0700" + "0000000802000000" + "0101"},
	"C-GET-RSP": {Command{Field: CGet | Response, Responded: 258, Class: "1.2", Status: Pending, HasCounts: true, HasRemaining: true, Remaining: 300, Completed: 1, Warning: 2},
		"0000000004000000" + "5c000000" +
			"0000020004000000" + "312e3200" +
			"0000000102000000" + "1080" + "0000200102000000" + "0201" + "0000000802000000" + "0101" + "0000000902000000" + "00ff" +
			"0000201002000000" + "2c01" + "0000211002000000" + "0100" + "0000221002000000" + "0000" + "0000231002000000" + "0200"},
}

func TestACommandSetIsTheStandardsBytes(t *testing.T) {
	for name, row := range commands {
		want, err := hex.DecodeString(row.hex)
		if err != nil {
			t.Fatal(err)
		}
		if got := row.c.Encode(); !bytes.Equal(got, want) {
			t.Errorf("%s:\n%x\n%x", name, got, want)
		}
		if got, err := DecodeCommand(want); err != nil || !reflect.DeepEqual(got, row.c) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestACommandSetThatLacksWhatItMustHaveIsABreach(t *testing.T) {
	for name, row := range commands {
		b, _ := hex.DecodeString(row.hex)
		for n := range len(b) {
			_, err := DecodeCommand(b[:n])
			if n < len(b)-4*10 && !errors.As(err, new(*ProtocolError)) {
				t.Errorf("%s cut after %d bytes: %v", name, n, err)
			}
		}
	}
	if _, err := DecodeCommand(make([]byte, mostCommand+8)); !errors.As(err, new(*ProtocolError)) {
		t.Errorf("a huge command set: %v", err)
	}
}

func TestAMessageArrivesAsItWasSentHoweverItIsCut(t *testing.T) {
	ctx := context.Background()
	for _, piece := range []int{5, 100, 1 << 20} {
		for _, size := range []int{0, 1, 99, 100, 101, 3*chunk - 1, 3 * chunk} {
			if size/piece > 900 {
				continue
			}
			a, b := wires(piece)
			data := bytes.Repeat([]byte{1, 2, 3, 4, 5, 6, 7}, size/7+1)[:size]
			from, to := NewConn(a), NewConn(b)
			for _, r := range []io.Reader{bytes.NewReader(data), io.MultiReader(bytes.NewReader(data))} {
				if err := from.Send(ctx, Message{Context: 3, Command: Command{Field: CStore, ID: 1, Class: "1.2", Instance: "1.3"}, Data: r}); err != nil {
					t.Fatal(err)
				}
				m, err := to.Receive(ctx)
				if err != nil || m.Context != 3 || m.Command.Instance != "1.3" || !m.Command.HasData {
					t.Fatalf("%+v %v", m, err)
				}
				if got, err := io.ReadAll(m.Data); err != nil || !bytes.Equal(got, data) {
					t.Errorf("%d bytes in pieces of %d: %d came, %v", size, piece, len(got), err)
				}
			}
		}
	}
}

func TestWhatIsNotReadIsPassedOver(t *testing.T) {
	ctx := context.Background()
	a, b := wires(10)
	from, to := NewConn(a), NewConn(b)
	for id := range uint16(3) {
		if err := from.Send(ctx, Message{Context: 1, Command: Command{Field: CStore, ID: id}, Data: strings.NewReader(strings.Repeat("x", 100))}); err != nil {
			t.Fatal(err)
		}
	}
	for id := range uint16(3) {
		m, err := to.Receive(ctx)
		if err != nil || m.Command.ID != id {
			t.Fatalf("%+v %v", m, err)
		}
		io.ReadFull(m.Data, make([]byte, 15))
	}
}

func TestADataSetThatIsCutOffNeverEndsWell(t *testing.T) {
	ctx := context.Background()
	for name, spoil := range map[string]func(*wire){
		"released": func(w *wire) { close(w.out) },
		"command":  func(w *wire) { w.out <- ul.PDV{Context: 1, Command: true, Last: true} },
		"other":    func(w *wire) { w.out <- ul.PDV{Context: 3, Last: true} },
	} {
		a, b := wires(1 << 20)
		head := Command{Field: CStore, ID: 1, HasData: true}
		a.Write(ctx, ul.PDV{Context: 1, Command: true, Last: true, Data: head.Encode()}, ul.PDV{Context: 1, Data: []byte("half")})
		spoil(a)
		m, err := NewConn(b).Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.ReadAll(m.Data)
		if !errors.Is(err, pacs.ErrTruncated) && !errors.As(err, new(*ProtocolError)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	a, b := wires(10)
	close(a.out)
	if _, err := NewConn(b).Receive(ctx); err != io.EOF {
		t.Errorf("an orderly release: %v", err)
	}
}

func TestACancelIsSeenWhileARequestIsServed(t *testing.T) {
	ctx := context.Background()
	a, b := wires(20)
	from, to := NewConn(a), NewConn(b)
	p := to.pump(ctx)
	defer p.stop()
	for range 2 {
		if err := from.SendDataset(ctx, 1, Command{Field: CFind, ID: 9, Class: "1.2"}, &dicom.Dataset{}, dicom.ImplicitVRLittleEndian); err != nil {
			t.Fatal(err)
		}
	}
	m, err := to.Receive(ctx)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-to.Canceled(9):
		t.Fatal("canceled before it was")
	default:
	}
	io.ReadAll(m.Data)
	if m, err = to.Receive(ctx); err != nil || m.Command.ID != 9 {
		t.Fatal(err)
	}
	io.ReadAll(m.Data)
	if err := from.Send(ctx, Message{Context: 1, Command: Command{Field: CCancel, Responded: 9}}); err != nil {
		t.Fatal(err)
	}
	<-to.Canceled(9)
}

func TestAForeignCommentShowsNoIdentifier(t *testing.T) {
	got := clean("No such study\r\n1.2.840.10008.99 for DOE^JANE \x1b[31m")
	if got != "No such study … for … [31m" {
		t.Errorf("%q", got)
	}
}

func FuzzCommand(f *testing.F) {
	for _, row := range commands {
		b, _ := hex.DecodeString(row.hex)
		f.Add(b)
	}
	f.Add(Command{Field: NGet, ID: 1, Class: "1.2", Instance: "1.3", Attributes: []dicom.Tag{dicom.PatientName}}.Encode())
	f.Add(Command{Field: CStore, ID: 1, Originator: "NORTH", OriginatorID: 3, HasData: true}.Encode())
	f.Add(binary.LittleEndian.AppendUint32([]byte{0, 0, 0, 1}, 1<<31))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := DecodeCommand(b)
		if err != nil {
			if !errors.As(err, new(*ProtocolError)) {
				t.Fatalf("error of a foreign type: %v", err)
			}
			return
		}
		once := c.Encode()
		back, err := DecodeCommand(once)
		if err != nil {
			t.Fatalf("what was written is broken: %v", err)
		}
		if twice := back.Encode(); !bytes.Equal(once, twice) {
			t.Fatalf("not stable\n%x\n%x", once, twice)
		}
	})
}
