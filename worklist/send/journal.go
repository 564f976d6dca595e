package send

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
)

// Journal remembers which objects an archive was seen to hold, and with which bytes.
// A line is a SOP Instance UID and the SHA-256 of the file, written and synced before
// the object counts; a last line that was not finished is no line. Two programs may
// write to one journal.
//
// Its name is made from the archive's address: no path holds a patient's data.
type Journal struct {
	mu   sync.Mutex
	file *os.File                        // guarded by mu
	seen map[dicom.UID][sha256.Size]byte // guarded by mu: the latest, of the objects asked for
}

// OpenJournal opens the journal of one archive in a folder, and reads what it says of
// the studies' objects: 100 bytes of memory each, however long the journal is.
func OpenJournal(folder, archive string, studies []Study) (*Journal, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("open the journal: %w", bare(err))
	}
	sum := sha256.Sum256([]byte(archive))
	f, err := os.OpenFile(filepath.Join(folder, hex.EncodeToString(sum[:8])+".journal"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the journal: %w", bare(err))
	}
	j := &Journal{file: f, seen: map[dicom.UID][sha256.Size]byte{}}
	wanted := map[string]bool{}
	for _, st := range studies {
		for _, o := range st.Objects {
			wanted[string(o.SOP)] = true
		}
	}
	if err := j.read(wanted); err != nil {
		return nil, errors.Join(fmt.Errorf("read the journal: %w", bare(err)), f.Close())
	}
	return j, nil
}

func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// read takes the lines in. An unfinished one is ended, so that the next stands alone.
func (j *Journal) read(wanted map[string]bool) error {
	r, whole := bufio.NewReader(j.file), true
	for {
		line, err := r.ReadString('\n')
		if whole = strings.HasSuffix(line, "\n") || line == "" && whole; err != nil {
			break
		}
		uid, sum, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		b, bad := hex.DecodeString(sum)
		if ok && bad == nil && len(b) == sha256.Size && wanted[uid] {
			j.seen[dicom.UID(uid)] = [sha256.Size]byte(b)
		}
	}
	if whole {
		return nil
	}
	_, err := j.file.WriteString("\n")
	return err
}

func (j *Journal) has(sop dicom.UID) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, ok := j.seen[sop]
	return ok
}

func (j *Journal) confirmed(sop dicom.UID, sum [sha256.Size]byte) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	have, ok := j.seen[sop]
	return ok && have == sum
}

// add writes items that are confirmed, in one piece, to the disk.
func (j *Journal) add(items []*item) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var b strings.Builder
	for _, it := range items {
		if have, ok := j.seen[it.SOP]; !it.known || ok && have == it.sum {
			continue
		}
		fmt.Fprintf(&b, "%s %x\n", it.SOP, it.sum)
		j.seen[it.SOP] = it.sum
	}
	if b.Len() == 0 {
		return nil
	}
	if _, err := j.file.WriteString(b.String()); err != nil {
		return bare(err)
	}
	return bare(j.file.Sync())
}

// Close gives the file back.
func (j *Journal) Close() error { return j.file.Close() }
