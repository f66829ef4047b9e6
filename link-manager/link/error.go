package link

import (
	"errors"
	"fmt"
)

// ErrNotFound means there is no such link for this owner; whether somebody else has one is not told.
var ErrNotFound = errors.New("there is no such link")

// FieldError says what is wrong with one field that a person filled in, and what would be right.
type FieldError struct {
	// Field is its name in the API: url, title, description, tags, overrule.
	Field string
	// Problem is a sentence.
	Problem string
}

func (e *FieldError) Error() string { return fmt.Sprintf("%s: %s", e.Field, e.Problem) }

// DuplicateError says that the owner already has a link to the same target.
type DuplicateError struct{ Existing Link }

func (e *DuplicateError) Error() string { return "this link is already saved" }
