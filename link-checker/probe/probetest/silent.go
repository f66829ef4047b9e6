package probetest

import (
	"io"
	"log"
)

// silent is for servers whose complaints about their clients are what the test provokes.
var silent = log.New(io.Discard, "", 0)
