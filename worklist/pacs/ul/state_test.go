package ul

import (
	"fmt"
	"strings"
	"testing"
)

// columns is PS3.8 Table 9-10 read from top to bottom, a state a line, where the
// table in state.go is read from left to right: "event:action/next state". Of two
// next states the first is that of an acceptable request, or of the requestor.
var columns = map[state]string{
	1:  "1:AE-1/4 5:AE-5/2",
	2:  "3:AA-1/13 4:AA-1/13 6:AE-6/3|13 10:AA-1/13 12:AA-1/13 13:AA-1/13 16:AA-2/1 17:AA-5/1 18:AA-2/1 19:AA-1/13",
	3:  "3:AA-8/13 4:AA-8/13 6:AA-8/13 7:AE-7/6 8:AE-8/13 10:AA-8/13 12:AA-8/13 13:AA-8/13 15:AA-1/13 16:AA-3/1 17:AA-4/1 19:AA-8/13",
	4:  "2:AE-2/5 15:AA-2/1 17:AA-4/1",
	5:  "3:AE-3/6 4:AE-4/1 6:AA-8/13 10:AA-8/13 12:AA-8/13 13:AA-8/13 15:AA-1/13 16:AA-3/1 17:AA-4/1 19:AA-8/13",
	6:  "3:AA-8/13 4:AA-8/13 6:AA-8/13 9:DT-1/6 10:DT-2/6 11:AR-1/7 12:AR-2/8 13:AA-8/13 15:AA-1/13 16:AA-3/1 17:AA-4/1 19:AA-8/13",
	7:  "3:AA-8/13 4:AA-8/13 6:AA-8/13 10:AR-6/7 12:AR-8/9|10 13:AR-3/1 15:AA-1/13 16:AA-3/1 17:AA-4/1 19:AA-8/13",
	8:  "3:AA-8/13 4:AA-8/13 6:AA-8/13 9:AR-7/8 10:AA-8/13 12:AA-8/13 13:AA-8/13 14:AR-4/13 15:AA-1/13 16:AA-3/1 17:AA-4/1 19:AA-8/13",
	9:  "3:AA-8/13 4:AA-8/13 6:AA-8/13 10:AA-8/13 12:AA-8/13 13:AA-8/13 14:AR-9/11 15:AA-1/13 16:AA-3/1 17:AA-4/1 19:AA-8/13",
	10: "3:AA-8/13 4:AA-8/13 6:AA-8/13 10:AA-8/13 12:AA-8/13 13:AR-10/12 15:AA-1/13 16:AA-3/1 17:AA-4/1 19:AA-8/13",
	11: "3:AA-8/13 4:AA-8/13 6:AA-8/13 10:AA-8/13 12:AA-8/13 13:AR-3/1 15:AA-1/13 16:AA-3/1 17:AA-4/1 19:AA-8/13",
	12: "3:AA-8/13 4:AA-8/13 6:AA-8/13 10:AA-8/13 12:AA-8/13 13:AA-8/13 14:AR-4/13 15:AA-1/13 16:AA-3/1 17:AA-4/1 19:AA-8/13",
	13: "3:AA-6/13 4:AA-6/13 6:AA-7/13 10:AA-6/13 12:AA-6/13 13:AA-6/13 16:AA-2/1 17:AR-5/1 18:AA-2/1 19:AA-7/13",
}

var actionNames = map[action]string{
	ae1: "AE-1", ae2: "AE-2", ae3: "AE-3", ae4: "AE-4", ae5: "AE-5", ae6: "AE-6", ae7: "AE-7", ae8: "AE-8", dt1: "DT-1", dt2: "DT-2",
	ar1: "AR-1", ar2: "AR-2", ar3: "AR-3", ar4: "AR-4", ar5: "AR-5", ar6: "AR-6", ar7: "AR-7", ar8: "AR-8", ar9: "AR-9", ar10: "AR-10",
	aa1: "AA-1", aa2: "AA-2", aa3: "AA-3", aa4: "AA-4", aa5: "AA-5", aa6: "AA-6", aa7: "AA-7", aa8: "AA-8",
}

func TestEveryCellOfTheTableIsTheStandards(t *testing.T) {
	cells := 0
	for s := state(1); s <= 13; s++ {
		want := map[event]string{}
		for _, cell := range strings.Fields(columns[s]) {
			var e event
			number, rest, _ := strings.Cut(cell, ":")
			fmt.Sscan(number, &e)
			want[e] = rest
		}
		for e := event(1); e <= 19; e++ {
			cells++
			good, bad := machine{now: s, requestor: true}, machine{now: s}
			act := good.happens(e, false)
			if again := bad.happens(e, true); again != act {
				t.Errorf("event %d in Sta%d is %s for one and %s for the other", e, s, actionNames[act], actionNames[again])
			}
			got := fmt.Sprintf("%s/%d", actionNames[act], good.now)
			if bad.now != good.now {
				got += fmt.Sprintf("|%d", bad.now)
			}
			if act == none {
				got = ""
				if good.now != s {
					t.Errorf("event %d in Sta%d is blank and leads to Sta%d", e, s, good.now)
				}
			}
			if got != want[e] {
				t.Errorf("event %d in Sta%d: %q, and the standard says %q", e, s, got, want[e])
			}
		}
	}
	if cells != 13*19 {
		t.Errorf("%d cells", cells)
	}
}

// TestNothingButTheTwoForksDependsOnTheSide keeps AE-6 and AR-8 apart: the side
// decides a collision and nothing else, acceptability the request and nothing else.
func TestNothingButTheTwoForksDependsOnTheSide(t *testing.T) {
	for s := state(1); s <= 13; s++ {
		for e := event(1); e <= 19; e++ {
			a, b := machine{now: s, requestor: true}, machine{now: s}
			if act := a.happens(e, false); b.happens(e, false) == act && a.now != b.now && act != ar8 {
				t.Errorf("event %d in Sta%d depends on the side", e, s)
			}
			c, d := machine{now: s}, machine{now: s}
			if act := c.happens(e, false); d.happens(e, true) == act && c.now != d.now && act != ae6 {
				t.Errorf("event %d in Sta%d depends on the request", e, s)
			}
		}
	}
}
