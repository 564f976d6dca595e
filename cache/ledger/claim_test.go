package ledger

import (
	"context"
	"strconv"
	"sync"
	"testing"
	"time"
)

func claim(workitem, txn string) Claim {
	return Claim{WorkitemUID: workitem, TransactionUID: txn, StudyUID: "1.2", Accession: "A1", Site: "NORTH",
		UPSURL: "http://127.0.0.1/ups", State: Asking, Since: t0}
}

func TestOfTwoHandlesThatClaimOneWrites(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	handles := []*Ledger{open(t, dir), open(t, dir)}
	for round := range 20 {
		var wg sync.WaitGroup
		var stands [2]Claim
		var wrote [2]bool
		for i, l := range handles {
			wg.Add(1)
			go func() {
				defer wg.Done()
				var err error
				stands[i], wrote[i], err = l.PutClaim(ctx, claim("w"+strconv.Itoa(round), "2.25."+strconv.Itoa(i)))
				if err != nil {
					t.Error(err)
				}
			}()
		}
		wg.Wait()
		if wrote[0] == wrote[1] {
			t.Fatalf("round %d: wrote %v", round, wrote)
		}
		if stands[0].TransactionUID != stands[1].TransactionUID {
			t.Fatalf("round %d: two Transaction UIDs", round)
		}
	}
}

func TestAClaimMovesOnceFromWhereItWasRead(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	c, wrote, err := l.PutClaim(ctx, claim("w", "2.25.1"))
	if err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	if moved, err := l.MoveClaim(ctx, c, Held); err != nil || !moved {
		t.Fatal(moved, err)
	}
	if moved, err := l.MoveClaim(ctx, c, Lost); err != nil || moved {
		t.Fatalf("moved from a state it had left: %v, %v", moved, err)
	}
	if _, wrote, _ := l.PutClaim(ctx, claim("w", "2.25.2")); wrote {
		t.Fatal("a held claim was overwritten")
	}
	c.State = Held
	if moved, err := l.ReturnClaim(ctx, c, Return{ReplacementUID: "w2", Replacement: []byte("x"), ReasonCode: "110530"}); err != nil || !moved {
		t.Fatal(moved, err)
	}
	got, ok, err := l.Claim(ctx, "w")
	if err != nil || !ok || got.State != Releasing || got.Return.ReplacementUID != "w2" || string(got.Return.Replacement) != "x" {
		t.Fatalf("Claim = %+v, %v, %v", got, ok, err)
	}
	if moved, err := l.MoveClaim(ctx, got, Released); err != nil || !moved {
		t.Fatal(moved, err)
	}
	again, wrote, err := l.PutClaim(ctx, claim("w", "2.25.3"))
	if err != nil || !wrote || again.TransactionUID != "2.25.3" || again.Return.ReplacementUID != "" {
		t.Fatalf("claiming anew: %+v, %v, %v", again, wrote, err)
	}
}

func TestTheClaimOfAStudyIsTheOneThatHasNotEnded(t *testing.T) {
	ctx := context.Background()
	l := open(t, t.TempDir())
	live := claim("w1", "2.25.1")
	_, _, err := l.PutClaim(ctx, live)
	must(t, err)
	ended := claim("w2", "2.25.2")
	ended.Since, ended.State = t0.Add(time.Hour), Lost
	_, _, err = l.PutClaim(ctx, ended)
	must(t, err)
	c, ok, err := l.ClaimByStudy(ctx, "1.2")
	if err != nil || !ok || c.WorkitemUID != "w1" {
		t.Fatalf("ClaimByStudy = %+v, %v, %v", c, ok, err)
	}
	held, err := l.Claims(ctx, Asking, Held)
	if err != nil || len(held) != 1 || held[0].WorkitemUID != "w1" {
		t.Fatalf("Claims = %+v, %v", held, err)
	}
	if all, _ := l.Claims(ctx); len(all) != 2 {
		t.Fatalf("all claims: %+v", all)
	}
}
