package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/linkwell/linkwell/link-manager/bookmarks"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Exports is what the API asks of the store for exports.
type Exports interface {
	Export(ctx context.Context, owner string, after store.Position, limit int) ([]store.Exported, error)
}

type exportLinksInput struct {
	Format string `query:"format" enum:"netscape,json,csv" default:"netscape" doc:"netscape is what every browser imports"`
}

// exportTypes are the media types of the formats, and how their files end.
var exportTypes = map[bookmarks.Format][2]string{
	bookmarks.Netscape: {"text/html; charset=utf-8", ".html"},
	bookmarks.JSON:     {"application/json", ".json"},
	bookmarks.CSV:      {"text/csv; charset=utf-8; header=present", ".csv"},
}

const (
	// exportPage is how many links are read at a time.
	exportPage = 500
	// exportStill is how long somebody may take to read a page of them.
	exportStill = 30 * time.Second
)

// exportLinks answers all links of the owner, oldest first, a page at a time, so that any number fits into memory. If
// something fails on the way the connection breaks, because half a file must not look like a whole one.
func (a *api) exportLinks(ctx context.Context, input *exportLinksInput) (*huma.StreamResponse, error) {
	owner := a.Owner(ctx)
	page, err := a.Store.Export(ctx, owner, store.Position{}, exportPage)
	if err != nil {
		return nil, a.problem(ctx, "export links", err)
	}
	format := bookmarks.Format(input.Format)
	return &huma.StreamResponse{Body: func(answer huma.Context) {
		answer.SetHeader("Content-Type", exportTypes[format][0])
		answer.SetHeader("Content-Disposition", `attachment; filename="linkwell`+exportTypes[format][1]+`"`)
		answer.SetHeader("Cache-Control", "no-store")
		if err := a.writeExport(ctx, answer, owner, format, page); err != nil {
			if ctx.Err() == nil {
				a.Logger.WarnContext(ctx, "export broke off", "error", err)
			}
			panic(http.ErrAbortHandler)
		}
	}}, nil
}

func (a *api) writeExport(ctx context.Context, answer huma.Context, owner string, format bookmarks.Format, page []store.Exported) error {
	file, err := bookmarks.Create(answer.BodyWriter(), format)
	if err != nil {
		return err
	}
	defer writeUntil(answer, time.Time{}) // the connection goes on
	for len(page) > 0 {
		extend(answer)
		for _, l := range page {
			if err := file.Write(bookmarks.Item{URL: l.URL, Title: l.Title, Description: l.Description, Tags: l.Tags, AddedAt: l.CreatedAt}); err != nil {
				return err
			}
		}
		if len(page) < exportPage {
			break
		}
		last := page[len(page)-1]
		if page, err = a.Store.Export(ctx, owner, store.Position{At: last.CreatedAt, ID: last.ID}, exportPage); err != nil {
			return err
		}
	}
	return file.Close()
}

// extend gives whoever reads the answer time for the next page. While the server reads too, for the request after this one,
// its patience for that would end this one.
func extend(answer huma.Context) {
	_ = answer.SetReadDeadline(time.Time{}) // what has no deadlines needs none set
	writeUntil(answer, time.Now().Add(exportStill))
}

func writeUntil(answer huma.Context, deadline time.Time) {
	if w, ok := answer.BodyWriter().(http.ResponseWriter); ok {
		_ = http.NewResponseController(w).SetWriteDeadline(deadline) // as above
	}
}
