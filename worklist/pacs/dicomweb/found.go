package dicomweb

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Found is what was learned of one server, by probing it and by using it: a value
// for each row of Rows, by the row's name; a row that is missing is not known. It
// holds no patient data, no address and no credential, and marshals as JSON, so
// that it can be kept from one night to the next.
type Found struct {
	At   time.Time         `json:"at"` // of the last probe; zero: never probed
	Rows map[string]string `json:"rows"`
}

// Row is one thing in which servers differ.
type Row struct {
	Name   string
	Asks   string   // how the probe finds out, or what teaches it
	Values []string // what may be found; "status N" besides, where the server refused with N
	Means  string   // what the client does with it
}

// The values that most rows share.
const (
	yes = "yes"
	no  = "no"
)

// The rows' names.
const (
	rowQuery         = "query style"
	rowPaging        = "limit and offset"
	rowInclude       = "includefield"
	rowCounts        = "related counts"
	rowStored        = "as stored"
	rowSingle        = "single part"
	rowLists         = "accept lists"
	rowGzipJSON      = "gzip of JSON"
	rowGzipPixels    = "gzip of pixels"
	rowMetadata      = "metadata"
	rowFrames        = "frames"
	rowRendered      = "rendered"
	rowRenderedFrame = "rendered frames"
	rowViewport      = "viewport"
	rowUPS           = "workitems"
	rowUPSCreate     = "create workitem by"
	rowCapabilities  = "capabilities"
	rowChanges       = "changes"
	rowTranscoding   = "sends " // and the transfer syntax's UID
)

// Rows is every row, in the order in which they are shown. A transfer syntax that
// a server was asked for has a row "sends UID" besides: "yes", "status N", or
// "no" when the server fell silent over it, so that it is not asked for again.
func Rows() []Row { return slices.Clone(rows) }

var rows = []Row{
	{rowQuery, "a name with ^ and * in both styles; a 400 in use", []string{"raw", "escaped"},
		"how the value of a key is written into the URL (see QueryStyle)"},
	{rowPaging, "one study, the next one, and whether they differ", []string{yes, no, "limit only"},
		"nothing: a search finds out page by page; shown"},
	{rowInclude, "an attribute that is sent on request only", []string{yes, no}, "shown"},
	{rowCounts, "whether a study says how many instances it has", []string{yes, no}, "no: an incomplete study is not seen by its count"},
	{rowStored, "one instance with transfer-syntax=*", []string{yes}, "refused: the server's default is asked for instead"},
	{rowSingle, "one instance as application/dicom", []string{yes}, "nothing: multipart is always asked for; shown"},
	{rowLists, "a range that nobody can serve, before and behind *", []string{yes, no, "first", "last"},
		"yes: one request names all transfer syntaxes by preference; else each is asked for alone"},
	{rowGzipJSON, "metadata with Accept-Encoding: gzip", []string{yes, no}, "shown"},
	{rowGzipPixels, "the head of an instance with Accept-Encoding: gzip", []string{yes, no},
		"nothing: pixels are never asked for compressed; shown, since a proxy may do it unasked"},
	{rowMetadata, "the header of one instance", []string{yes}, "shown"},
	{rowFrames, "frame 1 of one image", []string{yes, rawFrames}, "uncompressed: frames are not asked for as stored"},
	{rowRendered, "a picture of one image", []string{yes}, "refused: no preview is asked for by Rendered's callers"},
	{rowRenderedFrame, "a picture of its frame 1", []string{yes, no}, "no: the picture of the instance stands for its first frame"},
	{rowViewport, "whether the picture has the size asked for", []string{yes, no}, "shown"},
	{rowUPS, "a search for one workitem", []string{yes}, "shown; a worklist is used where one is configured"},
	{rowUPSCreate, "a 400 in use; a probe never writes", []string{"UID", "workitem=UID", "AffectedSOPInstanceUID=UID"},
		"how the UID of a new workitem stands in the query (PS3.18 11.4.1)"},
	{rowCapabilities, "OPTIONS at the base address", []string{yes}, "shown"},
	{rowChanges, "/changes beside the base address", []string{yes}, "shown: what can be watched (a vendor's interface)"},
}

// findings are what a client has found so far.
type findings struct {
	mu sync.Mutex
	f  Found // guarded by mu
}

func (f *findings) get(row string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.f.Rows[row]
}

func (f *findings) set(row, value string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.f.Rows == nil {
		f.f.Rows = map[string]string{}
	}
	if value == "" {
		delete(f.f.Rows, row)
		return
	}
	f.f.Rows[row] = value
}

// Found is what is known of this server by now: a copy, to be kept and given to
// the next client as Config.Found.
func (c *Client) Found() Found {
	c.found.mu.Lock()
	defer c.found.mu.Unlock()
	return Found{At: c.found.f.At, Rows: maps.Clone(c.found.f.Rows)}
}
