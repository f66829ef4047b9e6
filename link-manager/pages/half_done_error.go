package pages

import "net/url"

// halfDoneError is why something that was to be done with many links was done with some of them only. The page about it says with
// how many, and takes that back as usual.
type halfDoneError struct {
	said url.Values
	err  error
}

func (h *halfDoneError) Error() string { return "done with some: " + h.err.Error() }

func (h *halfDoneError) Unwrap() error { return h.err }
