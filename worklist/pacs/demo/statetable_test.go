package demo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// standardTable is PS3.4 table CC.1.1-2 as it is printed, row by row; an arrow
// is a change of state, "if final" the condition on it, "tell" the report that
// a cancel was requested.
const standardTable = `
                                     | null        | SCHEDULED     | IN PROGRESS            | COMPLETED | CANCELED
N-CREATE                             | > SCHEDULED | 0111          | 0111                   | 0111      | 0111
IN PROGRESS with correct UID         | C307        | > IN PROGRESS | C302                   | C300      | C300
IN PROGRESS without correct UID      | C307        | C301          | C301                   | C301      | C301
SCHEDULED                            | C307        | C303          | C303                   | C303      | C303
COMPLETED with correct UID           | C307        | C310          | > COMPLETED if final   | B306      | C300
COMPLETED without correct UID        | C307        | C301          | C301                   | C301      | C301
Request Cancel                       | C307        | > CANCELED    | tell                   | C311      | B304
CANCELED with correct UID            | C307        | C310          | > CANCELED if final    | C300      | B304
CANCELED without correct UID         | C307        | C301          | C301                   | C301      | C301`

func TestStateTableIsTheStandards(t *testing.T) {
	events := []stepEvent{evCreate, evClaim, evClaimWrong, evSchedule, evComplete, evCompleteWrong, evRequestCancel, evCancel, evCancelWrong}
	states := []pacs.State{noStep, pacs.Scheduled, pacs.InProgress, pacs.Completed, pacs.Canceled}
	rows := strings.Split(strings.TrimSpace(standardTable), "\n")[1:]
	if len(rows) != len(events) || len(stateTable) != len(events)*len(states) {
		t.Fatalf("%d rows, %d cells", len(rows), len(stateTable))
	}
	for i, row := range rows {
		cols := strings.Split(row, "|")
		for k, state := range states {
			out, ok := stateTable[cell{state, events[i]}]
			if !ok {
				t.Fatalf("%s in %q: no cell", cols[0], state)
			}
			if got, standard := printCell(out), strings.TrimSpace(cols[k+1]); got != standard {
				t.Errorf("%s in %q: %q, the standard says %q", strings.TrimSpace(cols[0]), state, got, standard)
			}
		}
	}
}

func printCell(o outcome) string {
	switch {
	case o.code != statusOK:
		return fmt.Sprintf("%04X", uint16(o.code))
	case o.tell && o.to == "":
		return "tell"
	case o.final:
		return "> " + string(o.to) + " if final"
	}
	return "> " + string(o.to)
}
