package pages

import (
	"fmt"
	"strconv"
)

// thousands is a number as people read it: 1,234,567.
func thousands(n int) string {
	text := strconv.Itoa(n)
	from := len(text) - 3
	for ; from > 0 && text[from-1] != '-'; from -= 3 {
		text = text[:from] + "," + text[from:]
	}
	return text
}

// plural is one, or several with the number for its %s.
func plural(n int, one, several string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(several, thousands(n))
}

// number is a number of ours that comes back in an address: none is negative.
func number(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err
}
