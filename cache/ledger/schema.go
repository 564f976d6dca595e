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
`, `
ALTER TABLE outbox RENAME TO outbox_of_reports;
DROP INDEX outbox_study;
CREATE TABLE outbox (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	report        TEXT NOT NULL,
	seq           INTEGER NOT NULL,
	channel       TEXT NOT NULL,
	address       TEXT NOT NULL,
	control       TEXT NOT NULL,
	kind          TEXT NOT NULL,
	study         TEXT NOT NULL,
	accession     TEXT NOT NULL,
	site          TEXT NOT NULL,
	ups           TEXT NOT NULL,
	workitem      TEXT NOT NULL,
	txn           TEXT NOT NULL,
	object        BLOB NOT NULL,
	sha256        TEXT NOT NULL,
	required      INTEGER NOT NULL,
	state         TEXT NOT NULL,
	workitem_done INTEGER NOT NULL,
	tries         INTEGER NOT NULL,
	next_at       INTEGER NOT NULL,
	reason        TEXT NOT NULL,
	answer        TEXT NOT NULL,
	signed        INTEGER NOT NULL,
	not_before    INTEGER NOT NULL,
	verified      INTEGER NOT NULL,
	without_claim INTEGER NOT NULL,
	priority      TEXT NOT NULL,
	lease_owner   TEXT NOT NULL DEFAULT '',
	lease_until   INTEGER NOT NULL DEFAULT 0,
	UNIQUE (control, channel, address)
) STRICT;
INSERT INTO outbox (id, report, seq, channel, address, control, kind, study, accession, site, ups, workitem, txn,
	object, sha256, required, state, workitem_done, tries, next_at, reason, answer, signed, not_before, verified,
	without_claim, priority, lease_owner, lease_until)
SELECT id, sop, 0, 'dicom', dicomweb, sop, 'sr', study, accession, site, ups, workitem, txn,
	object, sha256, 1, state, workitem_done, tries, next_at, reason, '', signed, not_before, verified,
	without_claim, priority, lease_owner, lease_until
FROM outbox_of_reports ORDER BY id;
DELETE FROM sqlite_sequence WHERE name='outbox';
UPDATE sqlite_sequence SET name='outbox' WHERE name='outbox_of_reports';
DROP TABLE outbox_of_reports;
CREATE INDEX outbox_study ON outbox (study);
CREATE INDEX outbox_report ON outbox (report);
CREATE TABLE step (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	row INTEGER NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, tries INTEGER NOT NULL,
	said TEXT NOT NULL, answer TEXT NOT NULL, workitem_done INTEGER NOT NULL
) STRICT;
CREATE INDEX step_row ON step (row);
ALTER TABLE record ADD COLUMN signing TEXT NOT NULL DEFAULT '';
`, `
CREATE TABLE lock (
	name TEXT PRIMARY KEY, owner TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO lock SELECT 'sending ' || id, lease_owner, 0, lease_until FROM outbox WHERE lease_owner<>'';
INSERT INTO lock SELECT id, CAST(body AS TEXT), at, due FROM record WHERE kind='writing';
DELETE FROM record WHERE kind='writing';
ALTER TABLE outbox DROP COLUMN lease_owner;
ALTER TABLE outbox DROP COLUMN lease_until;
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
