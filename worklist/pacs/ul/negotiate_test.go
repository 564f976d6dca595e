package ul

import (
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs/pacstest"
)

// TestARequestIsWrittenAsTheStandardLaysItOut compares an A-ASSOCIATE-RQ with one
// typed from PS3.8 Tables 9-11 to 9-16, D.1-1 and PS3.7 D.3-1 to D.3-14.
func TestARequestIsWrittenAsTheStandardLaysItOut(t *testing.T) {
	hexOf := func(s string) string { return hex.EncodeToString([]byte(s)) }
	want := strings.ReplaceAll(strings.Join([]string{
		"01 00 000000ef 0001 0000",
		hexOf("CALLED          "), hexOf("CALLING         "), strings.Repeat("00", 32),
		"10 00 0015", hexOf("1.2.840.10008.3.1.1.1"),
		"20 00 002e 05 00 00 00",
		"30 00 0011", hexOf("1.2.840.10008.1.1"),
		"40 00 0011", hexOf("1.2.840.10008.1.2"),
		"50 00 005c",
		"51 00 0004 00008000",
		"52 00 0003", hexOf("1.2"),
		"53 00 0004 0003 0002",
		"55 00 0001", hexOf("V"),
		"54 00 0015 0011", hexOf("1.2.840.10008.1.1"), "00 01",
		"56 00 0015 0011", hexOf("1.2.840.10008.1.1"), "07 08",
		"58 00 000a 02 01 0002", hexOf("me"), "0002", hexOf("pw"),
	}, ""), " ", "")
	r := Request{CalledAE: "CALLED", CallingAE: "CALLING", MaxPDU: 0x8000, Implementation: "1.2", Version: "V", Invoked: 3, Performed: 2,
		Contexts: []Context{{ID: 5, Abstract: verification, Transfers: []dicom.UID{dicom.ImplicitVRLittleEndian}, SCP: true}},
		Extended: map[dicom.UID][]byte{verification: {7, 8}},
		Identity: &Identity{Type: 2, WantResponse: true, Primary: []byte("me"), Secondary: []byte("pw")}}
	got, err := r.pdu()
	if err != nil {
		t.Fatal(err)
	}
	if hex.EncodeToString(got) != want {
		t.Errorf("written\n%x\nand the standard says\n%s", got, want)
	}
}

func TestBothSidesKnowWhatWasAgreed(t *testing.T) {
	t.Parallel()
	pacstest.NoGoroutinesLeft(t)
	r := Request{CallingAE: "US", CalledAE: "THEM", MaxPDU: 64 << 10, Invoked: 0, Performed: 7,
		Contexts: []Context{
			{ID: 1, Abstract: "1.2.1", Transfers: []dicom.UID{"1.3.1", "1.3.2"}, SCU: true, SCP: true},
			{ID: 3, Abstract: "1.2.2", Transfers: []dicom.UID{"1.3.1"}},
			{ID: 5, Abstract: "1.2.3", Transfers: []dicom.UID{"1.3.1"}},
			{ID: 7, Abstract: "1.2.4", Transfers: []dicom.UID{"1.3.1"}, SCP: true},
			{ID: 9, Abstract: "1.2.5", Transfers: []dicom.UID{"1.3.1"}, SCU: true, SCP: true},
		},
		Extended: map[dicom.UID][]byte{"1.2.1": {1, 0, 1}},
		Identity: &Identity{Type: 1, Primary: []byte("reader"), WantResponse: true}}
	var seen Request
	ours, theirs, err, theirErr := pair(t, r, Options{}, Options{}, func(r *Request) (Answer, *RejectError) {
		seen = *r
		return Answer{MaxPDU: 32 << 10, Invoked: 2, Performed: 3, Extended: map[dicom.UID][]byte{"1.2.1": {0, 1}}, Response: []byte("ticket"),
			Refused: map[byte]Result{5: TransferNotSupported},
			Contexts: []Accepted{{ID: 1, Transfer: "1.3.2", SCU: true, SCP: true}, {ID: 3, Transfer: "1.3.1", SCP: true},
				{ID: 7, Transfer: "1.3.9"}, {ID: 9, Transfer: "1.3.1", SCU: true}}}, nil
	})
	if err != nil || theirErr != nil {
		t.Fatal(err, theirErr)
	}
	want := []Accepted{{1, "1.2.1", "1.3.2", true, true}, {3, "1.2.2", "1.3.1", true, false}, {9, "1.2.5", "1.3.1", true, false}}
	refused := map[byte]Result{5: TransferNotSupported, 7: AbstractNotSupported}
	for side, a := range map[string]*Association{"requestor": ours, "acceptor": theirs} {
		if !reflect.DeepEqual(a.Accepted(), want) || !reflect.DeepEqual(a.Refused(), refused) {
			t.Errorf("the %s knows %v, refused %v", side, a.Accepted(), a.Refused())
		}
	}
	if p := ours.Peer(); p.MaxPDU != 32<<10 || p.Invoked != 2 || p.Performed != 3 || string(p.Extended["1.2.1"]) != "\x00\x01" || string(p.Identity.Primary) != "ticket" || p.CalledAE != "THEM" {
		t.Errorf("%+v", p)
	}
	r.Implementation, r.Version, r.Identity.Secondary = implementation, version, []byte{}
	if seen.Identity == nil || !reflect.DeepEqual(seen, r) || theirs.MaxPDU() != 64<<10 {
		t.Errorf("the acceptor saw %+v", seen)
	}
	if _, ok := ours.Find("1.2.1", "1.3.1"); ok {
		t.Error("a transfer syntax that was not chosen is found")
	}
	if k, ok := ours.Find("1.2.1", "1.3.1", "1.3.2"); !ok || k.ID != 1 {
		t.Error(k, ok)
	}
	if s := fmt.Sprintf("%v %+v %#v %s %d", *r.Identity, r, r.Identity, r.Identity, r.Identity); strings.Contains(s, "reader") || strings.Contains(s, "114") {
		t.Errorf("an identity is printed: %s", s)
	}
}

func TestFragmentsAreNoLargerThanThePeerTakes(t *testing.T) {
	t.Parallel()
	r := echoRequest()
	r.MaxPDU = 4 << 10
	ours, theirs := established(t, r)
	go theirs.Write(t.Context(), PDV{Context: 1, Last: true, Data: make([]byte, 100_000)})
	pieces, n := 0, 0
	for last := false; !last; pieces++ {
		v, err := ours.Read(t.Context()) // would fail on a larger PDU
		if err != nil || len(v.Data) > 4090 || len(v.Data)%2 != 0 {
			t.Fatal(len(v.Data), err)
		}
		n, last = n+len(v.Data), v.Last
	}
	if n != 100_000 || pieces != 25 { // 24.4 of 4090 bytes
		t.Errorf("%d bytes in %d fragments", n, pieces)
	}
}

func TestWhatIsNoRequestIsNotSent(t *testing.T) {
	for name, spoil := range map[string]func(*Request){
		"a long title":       func(r *Request) { r.CalledAE = "SEVENTEEN_LETTERS" },
		"a blank title":      func(r *Request) { r.CallingAE = "  " },
		"a title of control": func(r *Request) { r.CallingAE = "A\nB" },
		"an even number":     func(r *Request) { r.Contexts[0].ID = 2 },
		"a number twice":     func(r *Request) { r.Contexts[1].ID = 1 },
		"no syntax":          func(r *Request) { r.Contexts[0].Transfers = nil },
		"no UID":             func(r *Request) { r.Contexts[0].Abstract = "1.2.x" },
		"no context":         func(r *Request) { r.Contexts = nil },
		"a long identity":    func(r *Request) { r.Identity = &Identity{Primary: make([]byte, 70_000)} },
	} {
		r := echoRequest()
		spoil(&r)
		if _, err := Dial(t.Context(), "127.0.0.1:1", r, Options{}); err == nil || strings.Contains(err.Error(), "connect") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnotherProtocolOrApplicationIsRejectedByTheProvider(t *testing.T) {
	t.Parallel()
	r := echoRequest()
	r.Implementation, r.Version = implementation, version
	good, err := r.pdu()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		at   int
		byte byte
		want RejectError
	}{
		"protocol version 2":  {headBytes + 1, 2, RejectError{1, 2, 2}},
		"another application": {headBytes + associateBytes + 4, '2', RejectError{1, 1, 2}},
	} {
		bad := append([]byte(nil), good...)
		bad[c.at] = c.byte
		ours, theirs := netPipe(t)
		go ours.Write(bad)
		answer := make(chan []byte, 1)
		go func() { _, body := nextPDU(ours); ours.Close(); answer <- body }()
		_, err := Accept(t.Context(), theirs, Options{}, all)
		if !errors.Is(err, &c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if got := <-answer; string(got) != string([]byte{0, c.want.Result, c.want.Source, c.want.Reason}) {
			t.Errorf("%s: the requestor heard %v", name, got)
		}
	}
}

// TestEveryWordIsTheStandards holds the words against PS3.8 Tables 9-21 and 9-26.
func TestEveryWordIsTheStandards(t *testing.T) {
	for e, want := range map[RejectError]string{
		{1, 1, 1}: "permanent, service user): no reason given", {1, 1, 2}: "permanent, service user): application context name not supported",
		{1, 1, 3}: "permanent, service user): calling AE title not recognized", {1, 1, 7}: "permanent, service user): called AE title not recognized",
		{2, 2, 1}: "transient, service provider, ACSE): no reason given", {1, 2, 2}: "service provider, ACSE): protocol version not supported",
		{2, 3, 1}: "transient, service provider, presentation): temporary congestion", {2, 3, 2}: "presentation): local limit exceeded",
		{9, 9, 9}: "reserved code 9, reserved code 9): reserved code 9",
	} {
		if !strings.HasSuffix(e.Error(), want) {
			t.Errorf("%v: %q", [3]byte{e.Result, e.Source, e.Reason}, e.Error())
		}
	}
	for e, want := range map[AbortError]string{
		{0, 0}: "aborted the association", {2, 0}: "reason not specified", {2, 1}: "unrecognized PDU", {2, 2}: "unexpected PDU",
		{2, 4}: "unrecognized PDU parameter", {2, 5}: "unexpected PDU parameter", {2, 6}: "invalid PDU parameter value",
	} {
		if !strings.HasSuffix(e.Error(), want) {
			t.Errorf("%v: %q", [2]byte{e.Source, e.Reason}, e.Error())
		}
	}
}
