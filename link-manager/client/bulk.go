package client

import "context"

const bulkPath = "/v1/bulk"

// Operation is one of several things to do. Op is OpAdd, which needs URL, or one of the others, which need ID.
type Operation struct {
	Op          Op        `json:"op"`
	ID          string    `json:"id,omitempty"`
	URL         string    `json:"url,omitempty"`
	Title       *string   `json:"title,omitempty"`
	Description *string   `json:"description,omitempty"`
	Tags        []string  `json:"tags,omitempty"`
	AddTags     []string  `json:"add_tags,omitempty"`
	RemoveTags  []string  `json:"remove_tags,omitempty"`
	Overrule    *Overrule `json:"overrule,omitempty"`
}

// Op is what an operation does.
type Op string

// OpAdd saves a link, OpChange changes one, OpDelete moves one to the trash, OpCheck has one checked now, and OpTag adds and
// removes tags.
const (
	OpAdd    Op = "add"
	OpChange Op = "change"
	OpDelete Op = "delete"
	OpCheck  Op = "check"
	OpTag    Op = "tag"
)

// OperationResult is what became of an operation. After a deletion there is neither Link nor Problem.
type OperationResult struct {
	// Status is the HTTP status that the operation would have had by itself.
	Status  int      `json:"status"`
	Link    *Link    `json:"link,omitempty"`
	Problem *Problem `json:"problem,omitempty"`
}

// Bulk is what became of several things.
type Bulk struct {
	// Results are one for each operation, in their order; of an action, those of the first 20 links.
	Results []OperationResult `json:"results"`
	// Matched is how many links an action is for, counted up to 10,000; 0 for operations.
	Matched int `json:"matched"`
	// Done is how many did what they should, Failed how many did not.
	Done   int `json:"done"`
	Failed int `json:"failed"`
	// More means that there are more links than were counted, or than the action was taken on.
	More bool `json:"more"`
}

// Bulk does up to 1,000 operations in their order, each by itself: one that fails leaves the others standing, and is no
// error of the call.
func (c *Client) Bulk(ctx context.Context, operations []Operation) (Bulk, error) {
	var did Bulk
	_, err := c.post(ctx, keyed(bulkPath), map[string]any{"operations": operations}, &did)
	return did, err
}

// Action is what is to be done with each of many links.
type Action struct {
	// Op is OpDelete, OpCheck or OpTag.
	Op Op `json:"op"`
	// AddTags and RemoveTags are for OpTag.
	AddTags    []string `json:"add_tags,omitempty"`
	RemoveTags []string `json:"remove_tags,omitempty"`
}

// BulkAction takes an action on the links that the filter chooses, the newest first, 1,000 at most. A filter that chooses all
// is refused: see BulkActionOnAll.
func (c *Client) BulkAction(ctx context.Context, f Filter, action Action) (Bulk, error) {
	return c.act(ctx, f, map[string]any{"action": action})
}

// BulkActionOnAll takes an action on all links, the newest 1,000 at most.
func (c *Client) BulkActionOnAll(ctx context.Context, action Action) (Bulk, error) {
	return c.act(ctx, Filter{}, map[string]any{"action": action, "all": true})
}

// BulkDryRun tells how many links the filter chooses, and which first, and does nothing.
func (c *Client) BulkDryRun(ctx context.Context, f Filter, action Action) (Bulk, error) {
	return c.act(ctx, f, map[string]any{"action": action, "dry_run": true, "all": len(f.values()) == 0})
}

func (c *Client) act(ctx context.Context, f Filter, body map[string]any) (did Bulk, err error) {
	r := keyed(bulkPath)
	r.query = f.values()
	_, err = c.post(ctx, r, body, &did)
	return did, err
}
