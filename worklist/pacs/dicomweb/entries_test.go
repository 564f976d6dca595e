package dicomweb

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/worklist/pacs"
)

// elements are what the cutter makes of a text.
func elements(r io.Reader) (got []string, err error) {
	e := &entries{r: bufio.NewReaderSize(r, 16), limit: 1 << 20}
	for {
		b, err := e.next()
		if errors.Is(err, errEnd) {
			return got, nil
		}
		if err != nil {
			return got, err
		}
		got = append(got, string(b))
	}
}

func TestAListIsCutWhereItsElementsEnd(t *testing.T) {
	const text = `[ {"a":"]}\"[{\\"} ,{"b":[{},{"c":"\u005d"}]},7, null,"x,]",[1,[2]],-1.5e3 ,{}]`
	var want []json.RawMessage
	if err := json.Unmarshal([]byte(text), &want); err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]io.Reader{"at once": strings.NewReader(text), "in bytes": iotest.OneByteReader(strings.NewReader(text))} {
		got, err := elements(r)
		if err != nil || len(got) != len(want) {
			t.Fatalf("%s: %d elements of %d: %v", name, len(got), len(want), err)
		}
		for i := range got {
			if strings.TrimSpace(got[i]) != string(want[i]) {
				t.Errorf("%s: element %d is %q, want %q", name, i, got[i], want[i])
			}
		}
	}
}

func TestAListCutAnywhereIsTruncated(t *testing.T) {
	const text = `[{"0020000D":{"vr":"UI","Value":["1.2"]}},{"00100010":{"vr":"PN","Value":[{"Alphabetic":"A\"B"}]}}]`
	for n := 1; n < len(text); n++ {
		l, err := readList(strings.NewReader(text[:n]), 1<<20, func(*dicom.Dataset) error { return nil })
		if !errors.Is(err, pacs.ErrTruncated) || l.good > 1 && n < len(text)-1 {
			t.Fatalf("cut at %d: %d entries, %v", n, l.good, err)
		}
	}
}

func TestWhatIsNoListIsRefusedWithoutItsWords(t *testing.T) {
	for _, text := range []string{`[,{}]`, `[{} {}]`, `[}`, `[{},]`, `{"a":1`, `nonsense MILLER`, `[{}`, `]`, `"MILLER"`, `[:]`} {
		l, err := readList(strings.NewReader(text), 1<<20, func(*dicom.Dataset) error { return nil })
		if err == nil && l.bad == 0 || err != nil && strings.Contains(err.Error(), "MILLER") {
			t.Errorf("%s: %d entries, %v", text, l.good, err)
		}
	}
}

func TestOneEntryWithoutEndIsGivenUp(t *testing.T) {
	n := 0
	endless := io.MultiReader(strings.NewReader(`[{},{"a":"`), readerFunc(func(p []byte) (int, error) {
		n += len(p)
		return copy(p, bytes.Repeat([]byte("x"), len(p))), nil
	}))
	_, err := readList(endless, 1<<20, func(*dicom.Dataset) error { return nil })
	if !errors.Is(err, pacs.ErrTooLarge) || n > 2<<20 {
		t.Errorf("%d bytes read: %v", n, err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// FuzzList wants what encoding/json finds in a valid text, however it arrives, and
// no more than went in from any other.
func FuzzList(f *testing.F) {
	for _, s := range []string{`[]`, `[{"a":"]"},{}]`, `{"a":[1,2,{"b":"\\"}]}`, `[1,"x",[[]],null]`, `[{"00100010":{"vr":"PN","Value":[{"Alphabetic":"A"}]}}]`, `[{]}]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := elements(bytes.NewReader(text))
		again, err2 := elements(iotest.OneByteReader(bytes.NewReader(text)))
		if len(got) != len(again) || (err == nil) != (err2 == nil) {
			t.Fatalf("%d elements, %v; in bytes %d, %v", len(got), err, len(again), err2)
		}
		if total := len(strings.Join(got, "")); total > len(text) {
			t.Fatal("more came out than went in")
		}
		var want []json.RawMessage
		if json.Unmarshal(text, &want) == nil && bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("[")) {
			if err != nil || len(got) != len(want) {
				t.Fatalf("%d elements of %d: %v", len(got), len(want), err)
			}
			for i := range got {
				if strings.TrimSpace(got[i]) != string(want[i]) {
					t.Fatalf("element %d is %q, want %q", i, got[i], want[i])
				}
			}
		}
		readList(bytes.NewReader(text), 1<<16, func(*dicom.Dataset) error { return nil })
	})
}
