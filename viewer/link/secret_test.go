package link

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/viewer"
)

// under are objects of two studies with a key each, and a plain one.
func under(a, b *seal.Key) []viewer.Object {
	return []viewer.Object{{StudyUID: "1", SOPUID: "1.1", Path: "/x", Key: a}, {StudyUID: "1", SOPUID: "1.2", Path: "/y", Key: a},
		{StudyUID: "1", SOPUID: "1.3", Path: "/z"}, {StudyUID: "2", SOPUID: "2.1", Path: "/w", Key: b}}
}

func TestEachObjectComesWithItsOwnKeyAndAKeyGoesOnce(t *testing.T) {
	a, b := seal.NewKey(), seal.NewKey()
	m := Message{Kind: Add, Epoch: 1, StudyUID: "1", Objects: under(&a, &b)}
	line, err := Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range []seal.Key{a, b} {
		if n := bytes.Count(line, []byte(base64.StdEncoding.EncodeToString(k[:]))); n != 1 {
			t.Errorf("a key is in the line %d times", n)
		}
	}
	back, err := Decode(line)
	if err != nil || len(back.Objects) != 4 || back.Secrets != nil || m.Secrets != nil {
		t.Fatalf("%v", err)
	}
	for i, want := range []*seal.Key{&a, &a, nil, &b} {
		if got := back.Objects[i].Key; (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("object %d came with another key", i)
		}
	}
}

func TestKeysThatBelongToNothingAreRefused(t *testing.T) {
	k := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for name, rest := range map[string]string{
		"no place": `"secrets":["` + k + `"]`, "too few places": `"secrets":["` + k + `"],"under":[]`, "another's place": `"secrets":["` + k + `"],"under":[2]`,
		"below": `"secrets":["` + k + `"],"under":[-1]`, "none": `"under":[1]`, "null": `"secrets":[null],"under":[1]`, "short": `"secrets":["AAAA"],"under":[1]`,
		"many": `"secrets":["` + strings.Repeat(k+`","`, maxSecrets) + k + `"],"under":[1]`,
	} {
		_, err := Decode([]byte(`{"kind":"add","epoch":1,"study_uid":"1","objects":[{"sop_uid":"1.1"}],` + rest + `}`))
		var bad *Error
		if !errors.As(err, &bad) || strings.Contains(err.Error(), k) || strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Decode([]byte(`{"kind":"blank","secrets":["` + k + `"]}`)); err == nil {
		t.Error("keys with another message were taken")
	}
}

// pieces gives what is read in small pieces and remembers where it was put.
type pieces struct {
	r    io.Reader
	into [][]byte
}

func (p *pieces) Read(b []byte) (int, error) {
	n, err := p.r.Read(b[:min(len(b), 700)])
	p.into = append(p.into, b[:n])
	return n, err
}

func TestWhatAKeyCameInIsCleared(t *testing.T) {
	a, b := seal.NewKey(), seal.NewKey()
	objects := under(&a, &b)
	for i := range 600 { // longer than the reader's buffer
		objects = append(objects, viewer.Object{StudyUID: "1", SOPUID: fmt.Sprint("1.2.826.0.1.3680043.", i), Path: strings.Repeat("x", 60), Key: &a})
	}
	line, err := Encode(Message{Kind: Add, Epoch: 1, StudyUID: "1", Objects: objects})
	if err != nil || len(line) < 70000 {
		t.Fatal(len(line), err)
	}
	from := &pieces{r: bytes.NewReader(line)}
	if m, err := newLines(from).next(); err != nil || *m.Objects[603].Key != a {
		t.Fatal(err)
	}
	for _, k := range []seal.Key{a, b} {
		for _, into := range from.into {
			if bytes.Contains(into, []byte(base64.StdEncoding.EncodeToString(k[:]))) {
				t.Error("the buffer still holds a key")
			}
		}
	}
	long := extend(make([]byte, 0, 4), []byte("abcd"))
	if more := extend(long, []byte("efgh")); string(more) != "abcdefgh" || string(long) != "\x00\x00\x00\x00" {
		t.Errorf("%q, and %q stays behind", more, long)
	}
}

// left counts what a side is told of.
type left struct {
	Side
	objects []viewer.Object
	cleared func() bool // whether the keys were cleared when the side was told to leave
	early   bool
}

func (l *left) Open(viewer.Case) { l.early = l.early || l.cleared() }
func (l *left) Blank()           { l.early = l.early || l.cleared() }
func (l *left) Add(_ uint64, o []viewer.Object) {
	l.objects = append(l.objects, o...)
}

func TestTheWindowClearsAllKeysWhenItIsBlankedOrShowsAnotherCase(t *testing.T) {
	for _, leave := range []Message{{Kind: Blank}, {Kind: Open, Epoch: 2, StudyUID: "9", Case: &viewer.Case{Epoch: 2, StudyUID: "9"}}} {
		a, b := seal.NewKey(), seal.NewKey()
		in, terminal := io.Pipe()
		out, window := io.Pipe()
		go io.Copy(io.Discard, out)
		go func() {
			for _, m := range []Message{{Kind: Hello, Protocol: Protocol},
				{Kind: Open, Epoch: 1, StudyUID: "1", Case: &viewer.Case{Epoch: 1, StudyUID: "1"}},
				{Kind: Add, Epoch: 1, StudyUID: "1", Objects: under(&a, &b)}, {Kind: Add, Epoch: 1, StudyUID: "1", Objects: under(&b, &a)}, leave} {
				_ = write(terminal, m)
			}
			terminal.Close()
		}()
		c, err := Serve(in, window, nil)
		if err != nil {
			t.Fatal(err)
		}
		side := &left{cleared: func() bool { return false }}
		<-c.Done()
		for m, ok := c.Next(); ok; m, ok = c.Next() {
			if m.Kind == leave.Kind && m.Epoch == leave.Epoch {
				side.cleared = func() bool { return side.objects[0].Key.None() }
			}
			m.To(side)
		}
		if len(side.objects) != 8 || side.early {
			t.Fatalf("%s: %d objects, cleared too early: %v", leave.Kind, len(side.objects), side.early)
		}
		if side.objects[0].Key != side.objects[7].Key || side.objects[3].Key != side.objects[4].Key {
			t.Errorf("%s: the same key stands in memory twice", leave.Kind)
		}
		for i, o := range side.objects {
			if o.Key != nil && !o.Key.None() {
				t.Errorf("%s: the key of object %d is still there", leave.Kind, i)
			}
		}
	}
}
