package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/api"
)

// fileClient sends files to a link manager's API and fetches them. Unlike other questions they may take long.
type fileClient struct{ *deadClient }

func (s deadServer) fileClient() (*fileClient, error) {
	client, err := s.client()
	if err != nil {
		return nil, err
	}
	client.http.Timeout = 0
	return &fileClient{client}, nil
}

// upload sends a file to import.
func (c *fileClient) upload(ctx context.Context, query url.Values, file io.Reader) (i api.Import, err error) {
	return i, c.json(ctx, http.MethodPost, "?"+query.Encode(), file, &i)
}

func (c *fileClient) importNow(ctx context.Context, id string) (i api.Import, err error) {
	ctx, cancel := context.WithTimeout(ctx, deadTimeout)
	defer cancel()
	return i, c.json(ctx, http.MethodGet, "/"+url.PathEscape(id), nil, &i)
}

// problems are what in the file was no link that could be saved: the first of them.
func (c *fileClient) problems(ctx context.Context, id string) ([]api.ImportProblem, error) {
	ctx, cancel := context.WithTimeout(ctx, deadTimeout)
	defer cancel()
	var page struct {
		Items []api.ImportProblem `json:"items"`
	}
	return page.Items, c.json(ctx, http.MethodGet, "/"+url.PathEscape(id)+"/problems?limit=1000", nil, &page)
}

// download copies an export to w. It fails if not all of it came.
func (c *fileClient) download(ctx context.Context, format string, w io.Writer) error {
	res, err := c.request(ctx, http.MethodGet, "/v1/exports?format="+url.QueryEscape(format), nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if _, err := io.Copy(w, res.Body); err != nil {
		return fmt.Errorf("the export broke off, so it is not whole: %w", err)
	}
	return nil
}

// json makes a request about imports, and reads the answer into v.
func (c *fileClient) json(ctx context.Context, method, target string, body io.Reader, v any) error {
	res, err := c.request(ctx, method, "/v1/imports"+target, body)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(io.LimitReader(res.Body, deadAnswer)).Decode(v); err != nil {
		return fmt.Errorf("what answers at %s is no link manager: %w", c.base, err)
	}
	return nil
}

// request fails with an unreachableError, or with what the link manager says.
func (c *fileClient) request(ctx context.Context, method, target string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base+target, body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, &unreachableError{c.base, err}
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }()
	err = c.problem(res.StatusCode, io.LimitReader(res.Body, deadAnswer))
	if errors.Is(err, errNoLetter) {
		err = errors.New("there is no such import; it was deleted, or it never was")
	}
	return nil, err
}

// progress is an import in a line: what is known of it so far.
func progress(i api.Import) string {
	var b strings.Builder
	if i.Bytes > 0 && i.FinishedAt == nil {
		fmt.Fprintf(&b, "%3d %%  ", 100*i.BytesRead/i.Bytes)
	}
	fmt.Fprintf(&b, "%d done: %d new, %d merged, %d unchanged, %d skipped, %d failed", i.Done, i.Added, i.Merged, i.Unchanged, i.Skipped, i.Failed)
	return b.String()
}

// importPoll is how often is asked how far an import is.
const importPoll = 500 * time.Millisecond
