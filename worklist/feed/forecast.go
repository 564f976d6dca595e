package feed

// Readying is how far a case's images are from being here.
type Readying string

// What a Forecast can say.
const (
	Here    Readying = "ready"
	Coming  Readying = "coming"  // ready in Seconds
	Queued  Readying = "queued"  // after others, no telling how long
	Stopped Readying = "stopped" // not coming: Text says why
	Unasked Readying = "not fetched"
)

// Forecast is when a case can be read from the disk: when the last image of its own
// study is here. Priors are not counted, though those that are fetched before it are.
type Forecast struct {
	State   Readying `json:"state,omitempty"`   // "": nothing is said of this case
	Seconds int      `json:"seconds,omitempty"` // coming: rounded as in Text; not fetched: what it would take by itself
	Text    string   `json:"text,omitempty"`    // "ready in 14 s", "after 3 others", "no space"
	Short   string   `json:"-"`                 // the same in seven cells
}
