package api

import (
	"context"
	"time"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/store"
)

// Check is one answer in a link's history.
type Check struct {
	Status      check.Status `json:"status" enum:"pending,valid,invalid" doc:"What this answer said; what we believe is the link's status"`
	Reason      string       `json:"reason"`
	Explanation string       `json:"explanation" doc:"The reason as a sentence"`
	HTTPStatus  *int         `json:"http_status" doc:"null where no HTTP answer came"`
	Notes       []check.Note `json:"notes" nullable:"false" doc:"What was noticed beside the status"`
	FinalURL    *string      `json:"final_url" doc:"Where the redirects ended; null where nobody could be asked"`
	MovedTo     *string      `json:"moved_to" doc:"Where the page has moved for good; null if it has not"`
	Redirects   []Redirect   `json:"redirects" nullable:"false" doc:"The hops before final_url, in order"`
	// CertificateExpiresAt is null without TLS.
	CertificateExpiresAt *time.Time `json:"certificate_expires_at" doc:"When the server's certificate ends; null without TLS"`
	TimingsMS            Timings    `json:"timings_ms" doc:"The phases of the request that decided, in milliseconds; 0 where one did not happen"`
	DurationMS           int64      `json:"duration_ms" doc:"How long the whole check took, in milliseconds"`
	CheckedAt            time.Time  `json:"checked_at"`
}

// Redirect is one hop.
type Redirect struct {
	URL        string `json:"url" doc:"The URL that was asked"`
	HTTPStatus int    `json:"http_status" doc:"The 3xx it answered"`
}

// Timings are the phases of a request, in milliseconds.
type Timings struct {
	DNS       int64 `json:"dns"`
	Connect   int64 `json:"connect"`
	TLS       int64 `json:"tls"`
	FirstByte int64 `json:"first_byte"`
}

func newCheck(c store.Check) Check {
	view := Check{
		Status:               c.Status,
		Reason:               string(c.Reason),
		Explanation:          c.Reason.Explanation(),
		HTTPStatus:           orNull(c.HTTPStatus),
		Notes:                append([]check.Note{}, c.Notes...),
		FinalURL:             orNull(c.FinalURL),
		MovedTo:              orNull(c.MovedTo),
		Redirects:            make([]Redirect, len(c.Redirects)),
		CertificateExpiresAt: timeOrNull(c.CertificateExpiresAt),
		TimingsMS:            Timings(c.Timings),
		DurationMS:           c.DurationMS,
		CheckedAt:            c.CheckedAt.UTC(),
	}
	for i, hop := range c.Redirects {
		view.Redirects[i] = Redirect(hop)
	}
	return view
}

type listChecksInput struct {
	ID    string `path:"id" doc:"The link's id"`
	Limit int    `query:"limit" minimum:"1" maximum:"100" default:"30" doc:"How many checks at most"`
}

type listChecksOutput struct {
	Body struct {
		Items []Check `json:"items" nullable:"false"`
	}
}

// listChecks lists the newest answers, newest first, from the link's own beginning.
func (a *api) listChecks(ctx context.Context, input *listChecksInput) (*listChecksOutput, error) {
	checks, err := a.Store.Checks(ctx, a.Owner(ctx), input.ID, input.Limit)
	if err != nil {
		return nil, a.problem(ctx, "list checks", err)
	}
	output := &listChecksOutput{}
	output.Body.Items = make([]Check, len(checks))
	for i, c := range checks {
		output.Body.Items[i] = newCheck(c)
	}
	return output, nil
}
