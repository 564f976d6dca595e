package viewer

// Foreseer is a Viewer that can make a case ready before it is opened: its headers are
// read and its first images decoded, beside the case on screen and within a bound of
// memory. Nothing of it is shown, and it is forgotten when another case is made ready or
// opened, and by Blank. The case has no marks and no epoch yet.
type Foreseer interface {
	Soon(c Case, objects []Object) error
}
