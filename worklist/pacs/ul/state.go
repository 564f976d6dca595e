package ul

// state is one of the thirteen of PS3.8 9.2.1 (Tables 9-1 to 9-5).
type state byte

const (
	sta1  state = 1 + iota // Idle
	sta2                   // Transport connection open (awaiting A-ASSOCIATE-RQ PDU)
	sta3                   // Awaiting local A-ASSOCIATE response primitive
	sta4                   // Awaiting transport connection opening to complete
	sta5                   // Awaiting A-ASSOCIATE-AC or A-ASSOCIATE-RJ PDU
	sta6                   // Association established and ready for data transfer
	sta7                   // Awaiting A-RELEASE-RP PDU
	sta8                   // Awaiting local A-RELEASE response primitive
	sta9                   // Release collision requestor side; awaiting A-RELEASE response primitive
	sta10                  // Release collision acceptor side; awaiting A-RELEASE-RP PDU
	sta11                  // Release collision requestor side; awaiting A-RELEASE-RP PDU
	sta12                  // Release collision acceptor side; awaiting A-RELEASE response primitive
	sta13                  // Awaiting transport connection close indication
)

// event is one of the nineteen of PS3.8 Table 9-10.
type event byte

const (
	_                  event = iota
	evtAssociate             // 1  A-ASSOCIATE request primitive
	evtConnected             // 2  transport connect confirmation
	evtAC                    // 3  A-ASSOCIATE-AC PDU received
	evtRJ                    // 4  A-ASSOCIATE-RJ PDU received
	evtConnection            // 5  transport connection indication
	evtRQ                    // 6  A-ASSOCIATE-RQ PDU received
	evtAccept                // 7  A-ASSOCIATE response primitive (accept)
	evtReject                // 8  A-ASSOCIATE response primitive (reject)
	evtWrite                 // 9  P-DATA request primitive
	evtData                  // 10 P-DATA-TF PDU received
	evtRelease               // 11 A-RELEASE request primitive
	evtReleaseRQ             // 12 A-RELEASE-RQ PDU received
	evtReleaseRP             // 13 A-RELEASE-RP PDU received
	evtReleaseResponse       // 14 A-RELEASE response primitive
	evtAbort                 // 15 A-ABORT request primitive
	evtABORT                 // 16 A-ABORT PDU received
	evtClosed                // 17 transport connection closed indication
	evtARTIM                 // 18 ARTIM timer expired
	evtInvalid               // 19 unrecognized or invalid PDU received
)

// action is one of PS3.8 Tables 9-6 to 9-9; none is a blank cell.
type action byte

const (
	none action = iota
	ae1         // issue transport connect request
	ae2         // send A-ASSOCIATE-RQ
	ae3         // issue A-ASSOCIATE confirmation (accept)
	ae4         // issue A-ASSOCIATE confirmation (reject), close
	ae5         // issue transport connection response, start ARTIM
	ae6         // stop ARTIM; acceptable: issue A-ASSOCIATE indication; if not: send A-ASSOCIATE-RJ, start ARTIM
	ae7         // send A-ASSOCIATE-AC
	ae8         // send A-ASSOCIATE-RJ, start ARTIM
	dt1         // send P-DATA-TF
	dt2         // issue P-DATA indication
	ar1         // send A-RELEASE-RQ
	ar2         // issue A-RELEASE indication
	ar3         // issue A-RELEASE confirmation, close
	ar4         // send A-RELEASE-RP, start ARTIM
	ar5         // stop ARTIM
	ar6         // issue P-DATA indication
	ar7         // send P-DATA-TF
	ar8         // issue A-RELEASE indication (collision)
	ar9         // send A-RELEASE-RP
	ar10        // issue A-RELEASE confirmation
	aa1         // send A-ABORT (service user), start ARTIM
	aa2         // stop ARTIM, close
	aa3         // issue A-ABORT or A-P-ABORT indication, close
	aa4         // issue A-P-ABORT indication
	aa5         // stop ARTIM
	aa6         // ignore PDU
	aa7         // send A-ABORT
	aa8         // send A-ABORT (service provider), issue A-P-ABORT indication, start ARTIM
)

// next is the state after an action (Tables 9-6 to 9-9). Two actions lead to
// either of two: AE-6 by whether the request was acceptable, AR-8 by whether we
// were the requestor.
var next = [...][2]state{
	ae1: {sta4}, ae2: {sta5}, ae3: {sta6}, ae4: {sta1}, ae5: {sta2}, ae6: {sta3, sta13}, ae7: {sta6}, ae8: {sta13},
	dt1: {sta6}, dt2: {sta6},
	ar1: {sta7}, ar2: {sta8}, ar3: {sta1}, ar4: {sta13}, ar5: {sta1}, ar6: {sta7}, ar7: {sta8}, ar8: {sta9, sta10}, ar9: {sta11}, ar10: {sta12},
	aa1: {sta13}, aa2: {sta1}, aa3: {sta1}, aa4: {sta1}, aa5: {sta1}, aa6: {sta13}, aa7: {sta13}, aa8: {sta13},
}

// table is PS3.8 Table 9-10: a row an event, a column a state; what is not
// listed is a blank cell.
var table = [...][14]action{
	//                    Sta2       Sta3       Sta4       Sta5       Sta6       Sta7       Sta8       Sta9       Sta10       Sta11       Sta12       Sta13
	evtAssociate:       {sta1: ae1},
	evtConnected:       {sta4: ae2},
	evtAC:              {sta2: aa1, sta3: aa8, sta5: ae3, sta6: aa8, sta7: aa8, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa6},
	evtRJ:              {sta2: aa1, sta3: aa8, sta5: ae4, sta6: aa8, sta7: aa8, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa6},
	evtConnection:      {sta1: ae5},
	evtRQ:              {sta2: ae6, sta3: aa8, sta5: aa8, sta6: aa8, sta7: aa8, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa7},
	evtAccept:          {sta3: ae7},
	evtReject:          {sta3: ae8},
	evtWrite:           {sta6: dt1, sta8: ar7},
	evtData:            {sta2: aa1, sta3: aa8, sta5: aa8, sta6: dt2, sta7: ar6, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa6},
	evtRelease:         {sta6: ar1},
	evtReleaseRQ:       {sta2: aa1, sta3: aa8, sta5: aa8, sta6: ar2, sta7: ar8, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa6},
	evtReleaseRP:       {sta2: aa1, sta3: aa8, sta5: aa8, sta6: aa8, sta7: ar3, sta8: aa8, sta9: aa8, sta10: ar10, sta11: ar3, sta12: aa8, sta13: aa6},
	evtReleaseResponse: {sta8: ar4, sta9: ar9, sta12: ar4},
	evtAbort:           {sta3: aa1, sta4: aa2, sta5: aa1, sta6: aa1, sta7: aa1, sta8: aa1, sta9: aa1, sta10: aa1, sta11: aa1, sta12: aa1},
	evtABORT:           {sta2: aa2, sta3: aa3, sta5: aa3, sta6: aa3, sta7: aa3, sta8: aa3, sta9: aa3, sta10: aa3, sta11: aa3, sta12: aa3, sta13: aa2},
	evtClosed:          {sta2: aa5, sta3: aa4, sta4: aa4, sta5: aa4, sta6: aa4, sta7: aa4, sta8: aa4, sta9: aa4, sta10: aa4, sta11: aa4, sta12: aa4, sta13: ar5},
	evtARTIM:           {sta2: aa2, sta13: aa2},
	evtInvalid:         {sta2: aa1, sta3: aa8, sta5: aa8, sta6: aa8, sta7: aa8, sta8: aa8, sta9: aa8, sta10: aa8, sta11: aa8, sta12: aa8, sta13: aa7},
}

// machine is the state of one association. requestor tells which side it is.
type machine struct {
	now       state
	requestor bool
}

// happens looks the event up and goes to the state after its action. A blank
// cell changes nothing and gives none. refused is for AE-6 alone: the request
// was not acceptable.
func (m *machine) happens(e event, refused bool) action {
	act := table[e][m.now]
	if act == none {
		return none
	}
	to := next[act]
	switch {
	case act == ae6 && refused, act == ar8 && !m.requestor:
		m.now = to[1]
	default:
		m.now = to[0]
	}
	return act
}
