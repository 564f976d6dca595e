package report

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// signatureFormat is of the statements made here. Its words are part of what is signed.
const signatureFormat = "nocturne report signature 1"

// Witnessed is one object as it was signed: by its digest, of exactly its bytes.
type Witnessed struct {
	Kind    string `json:"kind"`    // sr, measurements, key-images, presentation, pdf, oru, fhir
	Control string `json:"control"` // what its destination knows it by: SOP Instance UID, MSH-10, bundle identifier
	SHA256  string `json:"sha256"`
}

// Statement is what a reader signs: that these objects are the reader's report, and what
// was shown when it was signed.
type Statement struct {
	Format   string      `json:"format"`
	Report   string      `json:"sop_instance_uid"` // of the SR
	Kind     Kind        `json:"kind"`
	StudyUID string      `json:"study_instance_uid"`
	Before   string      `json:"before,omitempty"` // SOP Instance UID of the report that this one follows
	Reader   string      `json:"reader"`           // PN
	ReaderID string      `json:"reader_id,omitempty"`
	At       time.Time   `json:"at"`
	Objects  []Witnessed `json:"objects"`
	Shown    string      `json:"shown_sha256"` // of the sheet and text that were on screen
}

// Signature is detached from the objects that it is of (Ed25519, RFC 8032). Its JSON is
// all that is needed to check it.
type Signature struct {
	Statement string            `json:"statement"` // the exact bytes that are signed: JSON of a Statement
	Shown     string            `json:"shown"`     // sheet and text as they were on screen
	PublicKey ed25519.PublicKey `json:"public_key"`
	Value     []byte            `json:"signature"`
}

// ErrForged says that a signature is not of its statement, or not of what it says was
// shown.
var ErrForged = errors.New("the signature is not of what it stands beside")

// Shown is what a reader had on screen when signing: the sheet, then the report's text.
func Shown(s Sheet, d *Draft) (string, error) {
	sheet, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		return "", fmt.Errorf("keep the sign sheet: %w", err)
	}
	return string(sheet) + "\n\n" + d.Text(), nil
}

// Attest signs a release's objects and what was shown.
func (r Release) Attest(objects []Witnessed, shown string, key ed25519.PrivateKey) (Signature, error) {
	s := Statement{Format: signatureFormat, Report: r.Signed.SOPUID, Kind: r.Kind, StudyUID: r.Signed.StudyUID, Reader: r.Reader.Name, ReaderID: r.Reader.ID,
		At: r.Signed.At, Objects: objects, Shown: Digest([]byte(shown))}
	if r.Before != nil {
		s.Before = r.Before.SOPUID
	}
	b, err := json.Marshal(s)
	if err != nil {
		return Signature{}, fmt.Errorf("sign: %w", err)
	}
	if len(key) != ed25519.PrivateKeySize {
		return Signature{}, errors.New("sign: there is no key")
	}
	public, _ := key.Public().(ed25519.PublicKey)
	return Signature{Statement: string(b), Shown: shown, PublicKey: public, Value: ed25519.Sign(key, b)}, nil
}

// Open checks the signature and gives what was signed. ErrForged: it is another's.
func (s Signature) Open() (Statement, error) {
	var out Statement
	if len(s.PublicKey) != ed25519.PublicKeySize || !ed25519.Verify(s.PublicKey, []byte(s.Statement), s.Value) {
		return out, ErrForged
	}
	if err := json.Unmarshal([]byte(s.Statement), &out); err != nil {
		return out, fmt.Errorf("read what was signed: %w", err)
	}
	if out.Format != signatureFormat {
		return out, errors.New("the signature is of a form that this program does not know")
	}
	if out.Shown != Digest([]byte(s.Shown)) {
		return out, ErrForged
	}
	return out, nil
}

// Fingerprint names the key: its 32 bytes in hex.
func (s Signature) Fingerprint() string { return hex.EncodeToString([]byte(s.PublicKey)) }
