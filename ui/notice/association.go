package notice

import (
	"errors"

	"github.com/nocturne/nocturne/worklist/pacs"
	"github.com/nocturne/nocturne/worklist/pacs/dimse"
	"github.com/nocturne/nocturne/worklist/pacs/ul"
)

// association is what goes wrong between two application entities (PS3.8), and what an
// archive with a full disk says over either protocol.
var association = []func(error) (Notice, bool){
	as(rejected),
	as(aborted),
	as(func(e *ul.ProtocolError) Notice { return stranger(e.What) }),
	as(func(e *dimse.ProtocolError) Notice { return stranger(e.What) }),
	is(ul.ErrUnanswered, Notice{Sentence: "The archive ended the connection without an answer.", Reason: "it may want TLS, or not know this workstation", Key: "ask the site, " + thenAgain}),
	is(ul.ErrEnded, Notice{Sentence: "The connection to the archive was ended.", Key: again}),
	fullThere,
	nowhere,
	is(pacs.ErrNoWatch, Notice{Sentence: "This archive does not tell of changes: it is asked from time to time."}),
	as(func(e *pacs.DifferentError) Notice {
		return Notice{Sentence: "The archive does not hold what was sent.", Reason: e.Error(), Key: "call the site; nothing counts as stored", Severe: true}
	}),
	is(pacs.ErrNotComparable, Notice{Sentence: "What the archive holds could not be compared with what was sent.", Key: "call the site; nothing counts as stored"}),
}

// rejected is an A-ASSOCIATE-RJ: whose name is not known to whom (PS3.8 Table 9-21).
func rejected(e *ul.RejectError) Notice {
	n := Notice{Sentence: "The archive refused the connection.", Reason: e.Words(), Key: "call the site, " + thenAgain}
	switch {
	case e.Transient():
		n.Sentence, n.Key = "The archive takes no connection right now.", again
	case errors.Is(e, ul.ErrCalledAE):
		n.Sentence, n.Key = "The archive goes by another AE title than config.toml says.", "ask the site for its AE title, "+thenAgain
	case errors.Is(e, ul.ErrCallingAE):
		n.Sentence, n.Key = "The archive does not know this workstation's AE title.", "give the site the AE title of config.toml, "+thenAgain
	}
	return n
}

func aborted(e *ul.AbortError) Notice {
	return Notice{Sentence: "The archive broke the connection off.", Reason: e.Error(), Key: again}
}

// stranger is somebody who speaks another protocol, or this one badly.
func stranger(what string) Notice {
	return Notice{Sentence: "What answers at the archive's address does not speak DICOM as it should.", Reason: what, Key: "check address and port in config.toml, " + thenAgain}
}

// fullThere is an archive without room: 507 (RFC 4918 11.5), A7xx (PS3.4 B.2.3).
func fullThere(err error) (Notice, bool) {
	var e *pacs.StatusError
	if !errors.As(err, &e) || e.Code != 507 && e.Code&^0xFF != 0xA700 {
		return Notice{}, false
	}
	return Notice{Sentence: "The archive is out of room or memory.", Reason: answered(e), Key: "call the site, " + thenAgain}, true
}

// nowhere is an archive that does not know where C-MOVE should send to (A801, PS3.4
// C.4.2.1.5).
func nowhere(err error) (Notice, bool) {
	var e *pacs.StatusError
	if !errors.As(err, &e) || e.Code != 0xA801 {
		return Notice{}, false
	}
	return Notice{Sentence: "The archive does not know where to send the images to.", Reason: answered(e),
		Key: "give the site the AE title and the listen address of config.toml, " + thenAgain}, true
}
