package main

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode"
)

// printJSON prints v on a line, with URLs as they are.
func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(v)
}

// printable is a text that somebody else wrote; quoted if it would do something to a terminal.
func printable(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return strconv.Quote(text)
	}
	return text
}
