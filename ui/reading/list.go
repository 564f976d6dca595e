package reading

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/nocturne/nocturne/cache/ledger"
	"github.com/nocturne/nocturne/worklist/feed"
)

// Remembered implements feed.Memory from the ledger.
func (r *Room) Remembered(site, reader string) (rows []feed.Row, at time.Time, err error) {
	said, ok, err := r.Ledger.List(context.Background(), site, reader)
	if err != nil || !ok {
		return nil, time.Time{}, err
	}
	if err := json.Unmarshal(said.Body, &rows); err != nil {
		return nil, time.Time{}, fmt.Errorf("read the list kept of %s: %w", site, err)
	}
	return rows, said.Said, nil
}

// Remember implements feed.Memory through the journal: no poll waits for the disk.
func (r *Room) Remember(site, reader string, rows []feed.Row, at time.Time) {
	if r.Journal == nil {
		return // a command that asks once and ends
	}
	body, err := json.Marshal(rows)
	r.Journal.Put("list "+site+" "+reader, func(ctx context.Context) error {
		if err != nil {
			return fmt.Errorf("keep list: %w", err)
		}
		return r.Ledger.SaveList(ctx, ledger.List{Site: site, Reader: reader, Body: body, Said: at})
	})
}
