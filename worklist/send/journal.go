package send

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/nocturne/nocturne/cache/dicom"
	"github.com/nocturne/nocturne/cache/disk"
	"github.com/nocturne/nocturne/cache/seal"
)

// Journal remembers which objects an archive was seen to hold, and with which bytes.
// A line is a mark of the SOP Instance UID and one of it with the SHA-256 of the file,
// written and synced before the object counts; a last line that was not finished is no
// line. Two programs may write to one journal.
//
// Marks and the journal's name are made under a key (seal.Key.MAC): who has the files
// alone learns neither what was sent nor where, and cannot say of an object that it was.
type Journal struct {
	key  seal.Key
	mu   sync.Mutex
	file *os.File                        // guarded by mu
	seen map[dicom.UID][sha256.Size]byte // guarded by mu: the latest mark, of the objects asked for
}

// OpenJournal opens the journal of one archive in a folder, and reads what it says of
// the studies' objects: 100 bytes of memory each, however long the journal is. What an
// older program wrote down plainly is taken over, and the file wiped.
func OpenJournal(folder, archive string, key seal.Key, studies []Study) (*Journal, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("open the journal: %w", bare(err))
	}
	f, err := os.OpenFile(filepath.Join(folder, key.MAC("journal", archive)[:32]+".sent"), os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the journal: %w", bare(err))
	}
	j := &Journal{key: key, file: f, seen: map[dicom.UID][sha256.Size]byte{}}
	wanted := map[string]dicom.UID{}
	for _, st := range studies {
		for _, o := range st.Objects {
			wanted[j.name(o.SOP)] = o.SOP
		}
	}
	sum := sha256.Sum256([]byte(archive))
	err = j.takePlain(filepath.Join(folder, hex.EncodeToString(sum[:8])+".journal"))
	if err == nil {
		err = j.read(wanted)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("read the journal: %w", bare(err)), f.Close())
	}
	return j, nil
}

func (j *Journal) name(sop dicom.UID) string { return j.key.MAC("sent object", string(sop)) }

// mark is what stands for bytes under a UID.
func (j *Journal) mark(sop dicom.UID, sum [sha256.Size]byte) (m [sha256.Size]byte) {
	hex.Decode(m[:], []byte(j.key.MAC("sent bytes", string(sop)+" "+hex.EncodeToString(sum[:]))))
	return m
}

// takePlain takes over a journal of lines of UIDs and sums. A crash in it leaves both,
// and lines that say the same twice.
func (j *Journal) takePlain(path string) error {
	old, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var b strings.Builder
	for line := range strings.Lines(string(old)) {
		uid, sum, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		raw, bad := hex.DecodeString(sum)
		if ok && bad == nil && len(raw) == sha256.Size && strings.HasSuffix(line, "\n") {
			fmt.Fprintf(&b, "%s %x\n", j.name(dicom.UID(uid)), j.mark(dicom.UID(uid), [sha256.Size]byte(raw)))
		}
	}
	if _, err := j.file.WriteString("\n" + b.String()); err != nil {
		return err
	}
	if err := j.file.Sync(); err != nil {
		return err
	}
	return disk.Wipe(disk.OS, path)
}

func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// read takes the lines in. An unfinished one is ended, so that the next stands alone.
func (j *Journal) read(wanted map[string]dicom.UID) error {
	if _, err := j.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r, whole := bufio.NewReader(j.file), true
	for {
		line, err := r.ReadString('\n')
		if whole = strings.HasSuffix(line, "\n") || line == "" && whole; err != nil {
			break
		}
		name, mark, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		b, bad := hex.DecodeString(mark)
		if sop, asked := wanted[name]; asked && ok && bad == nil && len(b) == sha256.Size {
			j.seen[sop] = [sha256.Size]byte(b)
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
	return ok && have == j.mark(sop, sum)
}

// add writes items that are confirmed, in one piece, to the disk.
func (j *Journal) add(items []*item) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	var b strings.Builder
	for _, it := range items {
		mark := j.mark(it.SOP, it.sum)
		if have, ok := j.seen[it.SOP]; !it.known || ok && have == mark {
			continue
		}
		fmt.Fprintf(&b, "%s %x\n", j.name(it.SOP), mark)
		j.seen[it.SOP] = mark
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
