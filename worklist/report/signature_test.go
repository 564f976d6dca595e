package report

import (
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

// attested is a signature by a key of a fixed seed.
func attested(t testing.TB) Signature {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	r := Release{Kind: Corrected, Before: &Document{SOPUID: "2.25.6"}, Signed: Signed{SOPUID: "2.25.7", StudyUID: "1.2", At: t0}, Reader: Reader{Name: "NIGHT^RITA"}}
	s, err := r.Attest([]Witnessed{{"sr", "2.25.7", Digest([]byte("bytes"))}}, "sheet and text", key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestASignatureIsOfItsObjectsAndOfWhatWasShown(t *testing.T) {
	s := attested(t)
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var kept Signature
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	got, err := kept.Open()
	if err != nil || got.Report != "2.25.7" || got.Before != "2.25.6" || got.Kind != Corrected || !got.At.Equal(t0) || len(got.Objects) != 1 ||
		got.Objects[0].SHA256 != "277089d91c0bdf4f2e6862ba7e4a07605119431f5d13f726dd352b06f1b206a9" { // printf bytes | sha256sum
		t.Errorf("%v %+v", err, got)
	}
}

func TestWhateverIsChangedIsFound(t *testing.T) {
	for name, change := range map[string]func(*Signature){
		"a digest":       func(s *Signature) { s.Statement = strings.Replace(s.Statement, "277089", "277088", 1) },
		"the reader":     func(s *Signature) { s.Statement = strings.Replace(s.Statement, "RITA", "RUTH", 1) },
		"a blank":        func(s *Signature) { s.Statement += " " },
		"what was shown": func(s *Signature) { s.Shown += "." },
		"the signature":  func(s *Signature) { s.Value[3] ^= 1 },
		"the key": func(s *Signature) {
			s.PublicKey = ed25519.NewKeyFromSeed(make([]byte, 32)).Public().(ed25519.PublicKey)
		},
		"no key":          func(s *Signature) { s.PublicKey = nil },
		"half a key":      func(s *Signature) { s.PublicKey = s.PublicKey[:16] },
		"no signature":    func(s *Signature) { s.Value = nil },
		"another's value": func(s *Signature) { o := attested(t); s.Statement, s.Value = "{}", o.Value },
	} {
		s := attested(t)
		change(&s)
		if _, err := s.Open(); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (Release{}).Attest(nil, "", nil); err == nil {
		t.Error("signed without a key")
	}
}

func TestWhatWasShownIsTheSheetAndTheText(t *testing.T) {
	d, f := signing()
	a, err := Shown(SignSheet(d, f), d)
	if err != nil || !strings.Contains(a, d.Text()) || !strings.Contains(a, `"accession_number": "A1"`) {
		t.Errorf("%v\n%s", err, a)
	}
	f.Unseen = 3
	if b, _ := Shown(SignSheet(d, f), d); a == b {
		t.Error("another sheet reads the same")
	}
	d.Set(Impression, "Other.", t0.Add(time.Second))
	f.Unseen = 0
	if b, _ := Shown(SignSheet(d, f), d); a == b {
		t.Error("another text reads the same")
	}
}

func FuzzOpenASignature(f *testing.F) {
	b, err := json.Marshal(attested(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"statement":"{}","public_key":"AA==","signature":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var s Signature
		if json.Unmarshal(b, &s) != nil {
			return
		}
		if got, err := s.Open(); err == nil && got.Format != signatureFormat {
			t.Error("a statement of no form was opened")
		}
	})
}
