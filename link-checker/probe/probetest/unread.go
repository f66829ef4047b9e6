package probetest

import (
	"io"
	"log"
)

// unread is for servers whose complaints about their clients are what the test provokes.
var unread = log.New(io.Discard, "", 0)
