// Package dimse speaks to an archive by DIMSE messages over associations (PS3.7,
// PS3.4), and has what a server needs to be spoken to so.
//
//	service (PS3.4)                     client             server side
//	Verification (A)                    Verify             answered by Server
//	Storage (B)                         Store              Listener, for C-MOVE
//	Query (C), study root, patient root Search             Server: worklist/pacs/demo
//	Retrieve (C) by C-GET, C-MOVE       Retrieve           Server: worklist/pacs/demo
//	Storage commitment, push (J)        Commit             Listener, for the report
//	Modality worklist (K)               SearchOrders       Server: worklist/pacs/demo
//	Unified procedure step (CC)         Workitems          Server: worklist/pacs/demo
//
// Not used: priorities, fuzzy matching, combined date and time matching, relational
// queries but for studies in the patient root (levels are gone through one by one;
// archives that answer a relational query with nothing are common), storage commitment in the pull model, normalized printing.
//
// Layers: a Conn cuts messages (Message) out of an association's fragments and back; a
// Command is a command set. A Client keeps a few associations and goes on using them,
// so that one object costs one round trip. A Server serves associations; a Listener is
// the one that archives open to us.
//
// Guarantees: an object is handed on only after its end was marked, its data set names
// the SOP Instance UID that was announced, and it is of the study, series and instance
// asked for. Nothing counts as stored that no response names. A retrieval whose counts
// do not add up is an error. No error holds a UID, a name or what a peer quoted of
// them. What is held is one object an association, by C-MOVE one file; a search holds
// one answer.
package dimse
