package transit_test

import (
	"io"
	"log"
)

// quiet swallows what a server logs of handshakes that are meant to fail.
var quiet = log.New(io.Discard, "", 0)
