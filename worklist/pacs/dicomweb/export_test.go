package dicomweb

import "encoding/json"

// Limit lowers what the client is ready to hold.
func (c *Client) Limit(json, object int64) { c.maxJSON, c.maxObject = json, object }

// EventAddress and EventOf are what Watch uses.
var (
	EventAddress = eventAddress
	EventOf      = eventOf
)

// StudyPaths is where Watch would ask about a page of a log of changes.
func StudyPaths(b []byte) (out []string) {
	var l changeLog
	if json.Unmarshal(b, &l) != nil {
		return nil
	}
	for _, e := range l.Changes {
		if path, _ := studyPath(e); path != "" {
			out = append(out, path)
		}
	}
	return out
}

// LimitBodies lowers what all bodies under way may hold together, and Room is what of
// it is free.
func (c *Client) LimitBodies(n int64) { c.room.left.Store(n) }
func (c *Client) Room() int64         { return c.room.left.Load() }
