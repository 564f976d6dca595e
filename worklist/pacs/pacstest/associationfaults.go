package pacstest

// NamedFault is a fault under the name that a test gives it.
type NamedFault struct {
	Name string
	AssociationFault
}

// RetrieveFaults are the ways in which a C-GET can fail half-way: an association that
// is rejected, aborted, reset, silent or dripping in each phase, and a connection that
// ends at every kind of boundary of the PDUs. The data sets that come are taken to be
// larger than two P-DATA-TFs.
func RetrieveFaults() []NamedFault {
	at := func(do Misdeed, pdu byte, nth, bytes int) AssociationFault {
		return AssociationFault{Do: do, PDU: pdu, Nth: nth, Bytes: bytes, N: 20, Says: [3]byte{0, 2, 0}}
	}
	says := func(result, source, reason byte) AssociationFault {
		return AssociationFault{Do: Reject, PDU: AssociateAC, Says: [3]byte{result, source, reason}}
	}
	return []NamedFault{
		{"rejected: no reason given", says(1, 1, 1)},
		{"rejected: called AE title", says(1, 1, 7)},
		{"rejected: protocol version", says(1, 2, 2)},
		{"rejected: temporary congestion", says(2, 3, 1)},
		{"rejected: local limit", says(2, 3, 2)},
		{"silent to the request", at(Hang, AssociateAC, 0, 0)},
		{"silent within the acceptance", at(Hang, AssociateAC, 0, 40)},
		{"silent after the acceptance", at(Hang, DataTransfer, 0, 0)},
		{"silent within a data set", at(Hang, DataTransfer, 2, 2000)},
		{"dripping acceptance", at(Trickle, AssociateAC, 0, 10)},
		{"dripping data set", at(Trickle, DataTransfer, 2, 100)},
		{"aborted before the first answer", at(SendAbort, DataTransfer, 0, 0)},
		{"aborted within a data set", at(SendAbort, DataTransfer, 3, 0)},
		{"reset in the acceptance", at(RST, AssociateAC, 0, 30)},
		{"reset within a data set", at(RST, DataTransfer, 2, 1000)},
		{"ended before anything", at(FIN, AtOnce, 0, 0)},
		{"ended within the header of the acceptance", at(FIN, AssociateAC, 0, 3)},
		{"ended within the acceptance", at(FIN, AssociateAC, 0, 90)},
		{"ended after the acceptance", at(FIN, DataTransfer, 0, 0)},
		{"ended within a PDU's header", at(FIN, DataTransfer, 2, 4)},
		{"ended after a PDU's header", at(FIN, DataTransfer, 2, 6)},
		{"ended within a PDV's header", at(FIN, DataTransfer, 2, 9)},
		{"ended after a PDV's header", at(FIN, DataTransfer, 2, 12)},
		{"ended within a PDV", at(FIN, DataTransfer, 2, 1001)},
		{"ended between two PDUs of a data set", at(FIN, DataTransfer, 2, 0)},
		{"ended between a command and its data set", at(FIN, DataTransfer, 1, 0)},
		{"garbage in a PDU's place", at(Garbage, DataTransfer, 2, 0)},
		{"a PDU of two gigabytes", at(Oversize, DataTransfer, 2, 0)},
	}
}
