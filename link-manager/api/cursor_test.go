package api

import (
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/store"
)

func FuzzDecodeCursor(f *testing.F) {
	filter := store.Filter{Status: "valid", Tags: []string{"a"}}
	position := store.Position{At: time.UnixMicro(1_767_323_045_678_901), ID: "01a2045b-a9ce-7e22-a89d-f7e640fa8c96"}
	f.Add(EncodeCursor(position, filter))
	f.Add(EncodeCursor(store.Position{At: time.UnixMicro(0), ID: position.ID}, filter))
	f.Add("")
	f.Add("e30")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := DecodeCursor(text, filter)
		if err != nil {
			return
		}
		again, err := DecodeCursor(EncodeCursor(p, filter), filter)
		if err != nil || again != p {
			t.Errorf("%q is %v, which came back as %v, %v", text, p, again, err)
		}
	})
}
