package feed

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/nocturne/nocturne/worklist/pacs"
)

// orderbook is a modality worklist in memory.
type orderbook struct {
	all   []pacs.Order
	asked int
	err   error
}

func (b *orderbook) SearchOrders(_ context.Context, q pacs.OrderQuery, each func(pacs.Order) error) error {
	b.asked++
	for _, o := range b.all {
		if q.Matches(o) {
			if err := each(o); err != nil {
				return err
			}
		}
	}
	return b.err
}

func TestARowGetsItsOrderAndNeverAnothers(t *testing.T) {
	why := func(accession, patient string) pacs.Order {
		return pacs.Order{Accession: accession, Indication: "fall", Requester: "ASKS^WHO", Priority: pacs.Stat, Patient: pacs.Patient{ID: patient}, Study: "1.2"}
	}
	book := &orderbook{all: []pacs.Order{why("A1", "P1"), why("A2", "OTHER"), {Accession: "A3", Indication: "cough", Patient: pacs.Patient{ID: "P1"}, Study: "9.9"}}}
	now := time.Date(2025, 1, 2, 8, 0, 0, 0, time.UTC)
	f := &Feed{opt: Options{Now: func() time.Time { return now }}}
	s := &source{Site: Site{Orders: book}}
	rows := func() []Row {
		return []Row{
			{Accession: "A1", PatientID: "P1", StudyUID: "1.2"}, {Accession: "A2", PatientID: "P1", StudyUID: "1.2"},
			{Accession: "A3", PatientID: "P1", StudyUID: "1.2"}, {Accession: "A1", PatientID: "P2", StudyUID: "1.2"},
			{Accession: "A1", PatientID: "P1", StudyUID: "1.2", Indication: "own words", Priority: pacs.Routine}, {PatientID: "P1"},
		}
	}
	got := rows()
	f.withOrders(context.Background(), s, got)
	if got[0].Indication != "fall" || got[0].Requester != "ASKS^WHO" || got[0].Priority != pacs.Stat {
		t.Errorf("its order: %+v", got[0])
	}
	for _, i := range []int{1, 2, 3, 5} {
		if got[i].Indication != "" || got[i].Priority != pacs.NotStated {
			t.Errorf("row %d has another's order", i)
		}
	}
	if got[4].Indication != "own words" || got[4].Priority != pacs.Routine || got[4].Requester != "ASKS^WHO" {
		t.Errorf("what a row says of itself stays: %+v", got[4])
	}
	before := book.asked
	f.withOrders(context.Background(), s, rows())
	if book.asked != before {
		t.Errorf("asked %d times again", book.asked-before)
	}
	now = now.Add(ordersAgain + time.Second)
	if f.withOrders(context.Background(), s, rows()); book.asked == before {
		t.Error("what was not there is never asked for again")
	}
}

func TestAWorklistThatFailsIsLeftAloneForAWhileAndAFastListIsBounded(t *testing.T) {
	book := &orderbook{err: errDown}
	now := time.Now()
	f := &Feed{opt: Options{Now: func() time.Time { return now }}}
	s := &source{Site: Site{Orders: book}}
	var rows []Row
	for i := range 100 {
		rows = append(rows, Row{Accession: fmt.Sprint("A", i), PatientID: "P"})
	}
	f.withOrders(context.Background(), s, rows)
	if book.asked != 1 {
		t.Errorf("asked %d times while it failed", book.asked)
	}
	book.err, now = nil, now.Add(ordersAgain+time.Second)
	f.withOrders(context.Background(), s, rows)
	if book.asked != 1+ordersAtATime {
		t.Errorf("asked %d times in one poll", book.asked-1)
	}
}
