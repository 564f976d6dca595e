package link

import (
	"io"
	"testing"
	"time"

	"github.com/nocturne/nocturne/cache/seal"
	"github.com/nocturne/nocturne/viewer"
)

// noted is a side that keeps the objects it was told of.
type noted struct {
	Side
	soon []viewer.Object
}

func (n *noted) Soon(_ *viewer.Case, objects []viewer.Object) { n.soon = append(n.soon, objects...) }
func (n *noted) Open(viewer.Case)                             {}
func (n *noted) Blank()                                       {}

// TestTheNextCasesKeysComeWithItAndGoWithAnOpenOrABlank or when another case comes next.
func TestTheNextCasesKeysComeWithItAndGoWithAnOpenOrABlank(t *testing.T) {
	soon := func(study string) Message {
		k := seal.NewKey()
		return Message{Kind: Soon, Case: &viewer.Case{StudyUID: study}, Objects: []viewer.Object{
			{StudyUID: study, SOPUID: study + ".1", Path: "/1", Key: &k}, {StudyUID: study, SOPUID: study + ".2", Path: "/2", Key: &k}}}
	}
	for name, end := range map[string]Message{
		"open":  {Kind: Open, Epoch: 1, StudyUID: "1.2", Case: &viewer.Case{Epoch: 1, StudyUID: "1.2"}},
		"blank": {Kind: Blank},
		"next":  soon("1.4"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, terminal := io.Pipe()
			answers, out := io.Pipe()
			go io.Copy(io.Discard, answers)
			go func() {
				for _, m := range []Message{{Kind: Hello, Protocol: Protocol}, soon("1.3"), end} {
					line, err := Encode(m)
					if err != nil {
						t.Error(err)
					}
					terminal.Write(line)
				}
			}()
			c, err := Serve(in, out, nil)
			if err != nil {
				t.Fatal(err)
			}
			side := &noted{}
			next := func() {
				for begun := time.Now(); time.Since(begun) < 5*time.Second; time.Sleep(time.Millisecond) {
					if m, ok := c.Next(); ok {
						m.To(side)
						return
					}
				}
				t.Fatal("no message came")
			}
			next()
			if len(side.soon) != 2 || side.soon[0].Key == nil || *side.soon[0].Key == (seal.Key{}) || side.soon[0].Key != side.soon[1].Key {
				t.Fatalf("%d objects came, or without their one key", len(side.soon))
			}
			next()
			if *side.soon[0].Key != (seal.Key{}) {
				t.Error("its key outlives it")
			}
			terminal.Close()
			c.Wait()
		})
	}
}
