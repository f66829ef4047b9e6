package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
)

// given are the arguments of a command one by one, and, for -, the lines of standard input but for empty ones. It ends with
// ctx too, and does not wait for standard input then: whoever reads it ends with the process.
func given(ctx context.Context, arguments []string, stdin io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		texts := make(chan string)
		var failed error
		go func() {
			defer close(texts)
			failed = eachGiven(arguments, stdin, func(text string) error {
				select {
				case texts <- text:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		}()
		for {
			select {
			case <-ctx.Done():
				yield("", ctx.Err())
				return
			case text, more := <-texts:
				if !more && failed != nil {
					yield("", failed)
				}
				if !more || !yield(text, nil) {
					return
				}
			}
		}
	}
}

// eachGiven calls visit for each argument and, for -, for each line of standard input.
func eachGiven(arguments []string, stdin io.Reader, visit func(string) error) error {
	for _, argument := range arguments {
		if argument != "-" {
			if err := visit(argument); err != nil {
				return err
			}
			continue
		}
		if err := eachLine("standard input", stdin, visit); err != nil {
			return err
		}
	}
	return nil
}

// eachLine calls visit for each line that is not empty of what has that name.
func eachLine(name string, r io.Reader, visit func(string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		// Editors put a byte order mark before the first.
		if line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff")); line != "" {
			if err := visit(line); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return nil
}
