// Package bookmarks reads the files in which browsers and bookmark tools keep links, and writes such files. Both are streams:
// neither ever holds more than a few links. It knows neither SQL nor HTTP.
//
// A file that others wrote is read as leniently as it can be without guessing. One bad item never fails the file.
package bookmarks

import (
	"fmt"
	"time"
)

// Item is one link of a file, as the file has it: tags may be in any case and hold spaces, and nothing says that URL can be
// saved, only that it begins like one of http or https and holds no user name.
type Item struct {
	URL string
	// Title is one line.
	Title       string
	Description string
	Tags        []string
	// Folders are the folders it is in, the outermost first, without those that every browser has. No other format has any.
	Folders []string
	// AddedAt is when it was saved, in UTC; zero if the file does not say so, or says nonsense.
	AddedAt time.Time
	// Line is where in the file it begins, from 1.
	Line int
}

// Reader gives the items of a file in their order.
type Reader interface {
	// Next returns the next item. An *ItemError says that something there is no link that can be saved; the one after it is
	// returned by the next call. io.EOF is the end, and any other error means that the rest cannot be read.
	Next() (Item, error)
}

// Writer writes a file.
type Writer interface {
	Write(item Item) error
	// Close ends the file. It does not close what it is written to.
	Close() error
}

// ItemError says why something in a file is no link that can be saved.
type ItemError struct {
	// Line is where it begins, from 1.
	Line int
	// Skipped means that the file is right and the thing is of no use to us, like a javascript: bookmark; else it is broken.
	Skipped bool
	// Title says which one it is, where it has a title.
	Title string
	// Problem is a sentence without the URL, which may hold a password.
	Problem string
}

func (e *ItemError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Problem) }

// FileError says why the rest of a file cannot be read.
type FileError struct {
	Line    int
	Problem string
}

func (e *FileError) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Problem) }

// What one item of a file may take. What is longer is cut, or not read at all.
const (
	maxText  = 64 << 10
	maxURL   = 64 << 10
	maxTags  = 1_000
	maxDepth = 100
	// maxItem is how much of a file is held at most to read one item.
	maxItem = 1 << 20
)
