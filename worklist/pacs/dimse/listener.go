package dimse

// Listener receives what archives send.
type Listener struct{}
