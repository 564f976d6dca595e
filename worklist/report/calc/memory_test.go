package calc

import (
	"strings"
	"testing"
)

// A reader is told when a result rests on a row that no published text was held against,
// and is not told so of rows that were.
func TestWhatIsFromGeneralKnowledgeIsSaid(t *testing.T) {
	for _, c := range []struct {
		rule *Calculator
		in   Values
		want bool
	}{
		{&piRADS, Values{"zone": "transition", "t2": "2", "dwi": "4"}, true},
		{&piRADS, Values{"zone": "transition", "t2": "3", "dwi": "5"}, false},
		{&piRADS, Values{"zone": "peripheral", "t2": "4", "dwi": "X"}, true},
		{&piRADS, Values{"zone": "peripheral", "dwi": "3", "dce": "positive"}, false},
		{&cadRADS, Values{"stenosis": "50", "left-main": "50", "vessels": "0"}, true},
		{&cadRADS, Values{"stenosis": "60", "left-main": "60", "vessels": "0"}, false},
		{&cadRADS, Values{"stenosis": "30", "calcium": "1000"}, true},
		{&cadRADS, Values{"stenosis": "30", "calcium": "999"}, false},
		{&bosniak, Values{"modality": "ct", "content": "dense"}, true},
		{&bosniak, Values{"modality": "mr", "content": "t1-bright"}, false},
		{&bosniak, Values{"modality": "ct", "content": "simple", "septa": "2", "septum": "1"}, false},
		{&bosniak, Values{"modality": "ct", "content": "simple", "wall": "3", "enhancing": "yes"}, true},
		{&tiRADS, Values{"size": "15", "composition": "mixed", "echogenicity": "hypoechoic"}, true},
		{&tiRADS, Values{"size": "16", "composition": "mixed", "echogenicity": "hypoechoic"}, false},
	} {
		r, err := c.rule.Run(c.in)
		if got := strings.Contains(strings.Join(r.Notes, " "), "general knowledge"); err != nil || got != c.want {
			t.Errorf("%s %v: said %v, want %v (%v, %v)", c.rule.ID, c.in, got, c.want, r.Notes, err)
		}
	}
}
