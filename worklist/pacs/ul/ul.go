// Package ul is the DICOM Upper Layer protocol for TCP/IP (PS3.8), both roles:
// associations, their negotiation, and the presentation data values (PDVs) that
// DIMSE messages are cut into.
//
//	PDU or sub-item                          written   read
//	A-ASSOCIATE-RQ, -AC, -RJ                 yes       yes, at most 512 KiB
//	P-DATA-TF                                yes       yes, at most what we announced; several PDVs each
//	A-RELEASE-RQ, -RP, A-ABORT               yes       yes
//	maximum length (D.1)                     yes       yes; 0 is unlimited
//	implementation UID and version (D.3.3.2) yes       yes
//	asynchronous operations (D.3.3.3)        yes       yes
//	role selection (D.3.3.4)                 yes       yes
//	SOP class extended negotiation (D.3.3.5) yes       yes
//	common extended negotiation (D.3.3.6)    no        skipped
//	user identity (D.3.3.7)                  yes       yes
//
// What an association may do next stands in one table (state.go, PS3.8 Table
// 9-10). No goroutine belongs to an association: its work is done in the calls
// of those who use it, and a context ends every one of them at once.
package ul

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"time"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Context is a presentation context that is proposed (PS3.8 9.3.2.2): ID odd and
// unique, Transfers in the order of preference. SCU or SCP asks for the roles of
// the requestor (PS3.7 D.3.3.4); neither leaves it SCU.
type Context struct {
	ID        byte
	Abstract  dicom.UID
	Transfers []dicom.UID
	SCU, SCP  bool
}

// Accepted is a presentation context that both sides agreed on. SCU and SCP are
// the roles that the requestor may take: SCU alone, unless others were agreed.
type Accepted struct {
	ID                 byte
	Abstract, Transfer dicom.UID
	SCU, SCP           bool
}

// Identity is who asks (PS3.7 D.3.3.7): Type 1 a name, 2 name and passcode, 3
// Kerberos, 4 SAML, 5 JWT. It prints as nothing. In what an acceptor answered,
// Primary is the server response and Type 0.
type Identity struct {
	Type               byte
	Primary, Secondary []byte
	WantResponse       bool
}

// Format implements fmt.Formatter: a secret is never printed.
func (Identity) Format(fmt.State, rune) {}

// Timeouts bound the phases of an association. Zero is the default, given here;
// a negative Idle is none. Negotiate is also the ARTIM timer (PS3.8 9.1.5).
type Timeouts struct {
	Connect   time.Duration // 10 s: TCP
	Negotiate time.Duration // 20 s: TLS and A-ASSOCIATE together
	Idle      time.Duration // 30 s in which 1 KiB or the end of a message must come; four times that for the first word of an answer
	Release   time.Duration // 5 s
}

// Request is an A-ASSOCIATE-RQ (PS3.8 9.3.2), to send and as received. As
// received, text is clean (dicom.Clean). MaxPDU 0 is unlimited in what the other
// side said, and the default in what we say. Invoked and Performed are the
// asynchronous operations window (0: unlimited), 1 and 1 where both are 0 to send.
type Request struct {
	CallingAE, CalledAE string
	Contexts            []Context
	MaxPDU              uint32
	Invoked, Performed  uint16
	Extended            map[dicom.UID][]byte
	Identity            *Identity
	Implementation      dicom.UID
	Version             string
}

// Answer is what an acceptor agrees to. A context of the request that is missing
// in Contexts is refused for the reason in Refused (PS3.8 Table 9-18), or because
// its abstract syntax is not supported. Response answers an Identity that wanted one.
type Answer struct {
	Contexts           []Accepted
	Refused            map[byte]Result
	MaxPDU             uint32
	Invoked, Performed uint16
	Extended           map[dicom.UID][]byte
	Response           []byte
	Implementation     dicom.UID
	Version            string
}

// Result is the answer to one presentation context (PS3.8 Table 9-18).
type Result byte

// The results.
const (
	Acceptance           Result = 0
	UserRejection        Result = 1
	NoReason             Result = 2
	AbstractNotSupported Result = 3
	TransferNotSupported Result = 4
)

// Options are the same for both roles. TLS, where not nil, is how the connection
// is secured (see worklist/transit). Dial, for tests and tunnels, connects instead
// of the network.
type Options struct {
	TLS      *tls.Config
	Timeouts Timeouts
	Dial     func(ctx context.Context, address string) (net.Conn, error)
}

// PDV is a presentation data value (PS3.8 9.3.5.1, E.2): a fragment of a command
// or of a data set. Data of one that was read is valid until the next Read.
type PDV struct {
	Context       byte
	Command, Last bool
	Data          []byte
}

// The name under which this house is known in associations; the same as in the
// files it writes.
const (
	implementation dicom.UID = "2.25.315885634804609999467553103481664388637"
	version        string    = "NOCTURNE_1"
)

const (
	applicationContext = "1.2.840.10008.3.1.1.1"
	defaultPDU         = 128 << 10 // what we ask for: over loopback 64 to 256 KiB move the same, 16 KiB two thirds
	mostPDU            = 4 << 20   // more is never announced
	leastPDU           = 16        // a peer that takes less cannot be served
	mostAssociate      = 512 << 10 // an A-ASSOCIATE PDU is smaller: 128 contexts of 50 syntaxes
	mostContexts       = 128       // PS3.8 9.3.2.2: odd numbers of a byte
)

func (t Timeouts) filled() Timeouts {
	or := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	or(&t.Connect, 10*time.Second)
	or(&t.Negotiate, 20*time.Second)
	or(&t.Idle, 30*time.Second)
	or(&t.Release, 5*time.Second)
	return t
}
