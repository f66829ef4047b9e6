package pages

import (
	"net/http"
	"time"

	"github.com/linkwell/linkwell/link-manager/account"
	"github.com/linkwell/linkwell/link-manager/live"
	"github.com/linkwell/linkwell/link-manager/store"
)

const (
	// progressEvery is how often is looked how far the imports are that somebody watches.
	progressEvery = 500 * time.Millisecond
	// progressHeartbeat is after how many looks without news a line shows that the connection lives.
	progressHeartbeat = 30
)

// progressEvent tells a page that an import went on.
type progressEvent struct {
	ID string `json:"id"`
}

// progress is how far an import is, to be compared.
type progress struct {
	state     store.ImportState
	position  int
	bytesRead int64
}

// streamImports tells how the owner's imports go on until all are finished. A page that comes when nothing is left to tell
// is answered so that it does not come again (HTML standard, section 9.2.3).
func (p *pages) streamImports(w http.ResponseWriter, r *http.Request, owner string) error {
	told := map[string]progress{}
	news, open, err := p.importNews(r, owner, told)
	switch {
	case err != nil:
		return err
	case !open:
		w.WriteHeader(http.StatusNoContent)
		return nil
	case !p.streams.Begin(owner):
		http.Error(w, "too many pages are open", http.StatusTooManyRequests)
		return nil
	}
	defer p.streams.End(owner)
	ticker := time.NewTicker(progressEvery)
	defer ticker.Stop()
	stream := live.NewStream(w, "")
	for quiet := 0; ; quiet++ {
		for _, id := range news {
			stream.Send("", "import", progressEvent{id})
			quiet = 0
		}
		if quiet == progressHeartbeat {
			stream.Comment("still here")
			quiet = 0
		}
		if !open || stream.Err() != nil || !p.StillMay(r.Context(), account.Read) {
			return nil
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done():
			return nil
		case <-p.Stopping:
			return nil
		}
		if news, open, err = p.importNews(r, owner, told); err != nil {
			if r.Context().Err() == nil {
				p.Logger.ErrorContext(r.Context(), "stream imports", "error", err)
			}
			return nil // the page comes again
		}
	}
}

// importNews are the ids of the imports that went on since they were told of, and whether one is not finished yet.
func (p *pages) importNews(r *http.Request, owner string, told map[string]progress) (news []string, open bool, err error) {
	found, err := p.Store.Imports(r.Context(), owner, store.Position{}, importsShown)
	if err != nil {
		return nil, false, err
	}
	for _, i := range found {
		before, known := told[i.ID]
		if i.State.Finished() && !known {
			continue
		}
		now := progress{i.State, i.Position, i.BytesRead}
		if told[i.ID] = now; now != before {
			news = append(news, i.ID)
		}
		open = open || !i.State.Finished()
	}
	return news, open, nil
}
