package ledger

import (
	"database/sql"
	"strconv"
)

// schema[i] brings a ledger from version i to i+1 (PRAGMA user_version). A step
// that was released is never edited. Times are nanoseconds since 1970, 0 for none.
var schema = []string{`
CREATE TABLE draft (
	study     TEXT PRIMARY KEY,
	body      BLOB NOT NULL,
	revision  INTEGER NOT NULL,
	saved     INTEGER NOT NULL,
	signed_as TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE past_draft (
	study TEXT NOT NULL, body BLOB NOT NULL, revision INTEGER NOT NULL,
	saved INTEGER NOT NULL, signed_as TEXT NOT NULL
) STRICT;
CREATE TABLE claim (
	workitem    TEXT PRIMARY KEY,
	txn         TEXT NOT NULL,
	study       TEXT NOT NULL,
	accession   TEXT NOT NULL,
	site        TEXT NOT NULL,
	ups         TEXT NOT NULL,
	state       TEXT NOT NULL,
	since       INTEGER NOT NULL,
	repl_uid    TEXT NOT NULL DEFAULT '',
	repl        BLOB,
	reason_code TEXT NOT NULL DEFAULT '',
	reason_text TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX claim_study ON claim (study);
CREATE TABLE annotation (
	study TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL,
	deleted INTEGER NOT NULL, saved INTEGER NOT NULL,
	PRIMARY KEY (study, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE capsule (
	study TEXT PRIMARY KEY, body BLOB NOT NULL, saved INTEGER NOT NULL
) STRICT;
CREATE TABLE seen (
	study TEXT NOT NULL, sop TEXT NOT NULL, frame INTEGER NOT NULL,
	PRIMARY KEY (study, sop, frame)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	study         TEXT NOT NULL,
	accession     TEXT NOT NULL,
	sop           TEXT NOT NULL,
	site          TEXT NOT NULL,
	dicomweb      TEXT NOT NULL,
	ups           TEXT NOT NULL,
	workitem      TEXT NOT NULL,
	txn           TEXT NOT NULL,
	object        BLOB NOT NULL,
	sha256        TEXT NOT NULL,
	state         TEXT NOT NULL,
	workitem_done INTEGER NOT NULL,
	tries         INTEGER NOT NULL,
	next_at       INTEGER NOT NULL,
	reason        TEXT NOT NULL,
	signed        INTEGER NOT NULL,
	not_before    INTEGER NOT NULL,
	verified      INTEGER NOT NULL,
	without_claim INTEGER NOT NULL,
	priority      TEXT NOT NULL,
	lease_owner   TEXT NOT NULL DEFAULT '',
	lease_until   INTEGER NOT NULL DEFAULT 0,
	UNIQUE (sop, dicomweb)
) STRICT;
CREATE INDEX outbox_study ON outbox (study);
`, `
CREATE TABLE note (at INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
`, `
CREATE TABLE list (
	site TEXT NOT NULL, reader TEXT NOT NULL, body BLOB NOT NULL, said INTEGER NOT NULL,
	PRIMARY KEY (site, reader)
) STRICT;
`, `
ALTER TABLE seen ADD COLUMN ms INTEGER NOT NULL DEFAULT 0;
`, `
CREATE TABLE record (
	id TEXT PRIMARY KEY, kind TEXT NOT NULL, study TEXT NOT NULL, at INTEGER NOT NULL,
	due INTEGER NOT NULL, closed INTEGER NOT NULL, body BLOB NOT NULL
) STRICT;
CREATE INDEX record_study ON record (study);
`}

// migrate brings the schema up to date in one transaction.
func migrate(db *sql.DB) error {
	tx, err := db.Begin()
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after Commit
	var v int
	if err := tx.QueryRow("PRAGMA user_version").Scan(&v); err != nil {
		return err
	}
	if v > len(schema) {
		return &VersionError{What: "ledger", Found: strconv.Itoa(v), Known: len(schema)}
	}
	if v == len(schema) {
		return nil
	}
	for _, step := range schema[v:] {
		if _, err := tx.Exec(step); err != nil {
			return err
		}
	}
	if _, err := tx.Exec("PRAGMA user_version = " + strconv.Itoa(len(schema))); err != nil {
		return err
	}
	return tx.Commit()
}
