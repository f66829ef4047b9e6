package function_test

import (
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
)

// The defects of the predecessor that the function can have, by their numbers.

func TestD19AHundredCallsShareOneConnection(t *testing.T) {
	b := startBroker(t)
	before := b.connected()
	var asked atomic.Int32
	c := newChecker(t, found(&asked), newPublisher(t, b))
	for i := range 100 {
		if res := call(t, c, fmt.Sprintf(`{"check_id":"%032x","url":"https://example.com"}`, i)); res.StatusCode != http.StatusOK {
			t.Fatalf("answer is %d %s", res.StatusCode, res.Body)
		}
	}
	if made := b.connected() - before; made != 1 {
		t.Errorf("%d connections were made", made)
	}
	if kept := b.kept(); kept != 100 {
		t.Errorf("%d of 100 answers are kept", kept)
	}
}

func TestD22AnAnswerThatCannotBePublishedEndsNothing(t *testing.T) {
	var asked atomic.Int32
	c := newChecker(t, found(&asked), failing{publish: errors.New("the broker is full")})
	for range 2 {
		res := call(t, c, `{"check_id":"`+checkID+`","url":"https://example.com"}`)
		if res.StatusCode < 500 {
			t.Errorf("answer is %d %s, which would be the end of it", res.StatusCode, res.Body)
		}
	}
}
