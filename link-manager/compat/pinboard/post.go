package pinboard

import (
	"crypto/md5" //nolint:gosec // Pinboard's hash of a URL; it keeps no secret
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/linkwell/linkwell/link-manager/compat/unread"
	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/store"
)

// post is a link as Pinboard shows it.
type post struct {
	XMLName     xml.Name `json:"-" xml:"post"`
	Href        string   `json:"href" xml:"href,attr"`
	Description string   `json:"description" xml:"description,attr"`
	Extended    string   `json:"extended" xml:"extended,attr"`
	Meta        string   `json:"meta" xml:"meta,attr"`
	Hash        string   `json:"hash" xml:"hash,attr"`
	Time        string   `json:"time" xml:"time,attr"`
	Shared      string   `json:"shared" xml:"shared,attr"`
	ToRead      string   `json:"toread" xml:"toread,attr"`
	Tags        string   `json:"tags" xml:"-"`
	Tag         string   `json:"-" xml:"tag,attr"`
}

func newPost(l link.Link) post {
	tags, toRead := unread.Split(l.Tags)
	joined := strings.Join(tags, " ")
	return post{
		Href: l.URL, Description: l.Title, Extended: l.Description, Tags: joined, Tag: joined,
		// Meta tells two states of a post apart.
		Meta: digest(strings.Join([]string{l.URL, l.Title, l.Description, strings.Join(l.Tags, ","), format(l.CreatedAt)}, "\x00")),
		Hash: digest(l.URL),
		Time: format(l.CreatedAt), Shared: "no", ToRead: yesNo(toRead),
	}
}

func digest(text string) string {
	sum := md5.Sum([]byte(text)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:])
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// format writes a time as Pinboard does: in whole seconds.
func format(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// atOnce is how many links are read from the store at a time.
const atOnce = 500

// pagePatience is how long somebody may take to read as many.
const pagePatience = 30 * time.Second

// stream answers posts one after the other, however many are picked: head and foot are around them, between is between
// them. They are all that p picks, newest first, but at most limit of them. An error in the middle ends the answer where it
// is, so that nobody can take it for whole.
func (s *server) stream(a *answer, p store.Pick, limit int, head, between, foot string) {
	ctx, owner := a.r.Context(), s.gate.Owner(a.r.Context())
	p.Limit = min(limit, atOnce)
	links, err := s.store.Pick(ctx, owner, p)
	if err != nil {
		s.fail(a, "list posts", err)
		return
	}
	w := a.begin()
	deadlines := http.NewResponseController(a.w)
	defer func() { _ = deadlines.SetWriteDeadline(time.Time{}) }() // the connection goes on
	_, _ = io.WriteString(w, head)
	for first := true; len(links) > 0; {
		_ = deadlines.SetWriteDeadline(time.Now().Add(pagePatience)) // what has no deadlines needs none set
		for _, l := range links {
			if !first {
				_, _ = io.WriteString(w, between)
			}
			first = false
			if err := a.write(w, newPost(l)); err != nil {
				return // the caller is gone
			}
		}
		limit -= len(links)
		if len(links) < p.Limit || limit == 0 {
			break
		}
		last := links[len(links)-1]
		p.After, p.Offset, p.Limit = store.Position{At: last.CreatedAt, ID: last.ID}, 0, min(limit, atOnce)
		if links, err = s.store.Pick(ctx, owner, p); err != nil {
			_ = s.gate.Problem(ctx, "list posts", err) // the operator is told
			panic(http.ErrAbortHandler)                // so that the connection breaks
		}
	}
	_, _ = io.WriteString(w, foot)
}

// write writes one value in the answer's format.
func (a *answer) write(w io.Writer, v any) error {
	marshal := xml.Marshal
	if a.json {
		marshal = json.Marshal
	}
	text, err := marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(text)
	return err
}

// attribute is name="value" of an XML element, with a space before it.
func attribute(name, value string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(value)) // never fails on a Builder
	return " " + name + `="` + b.String() + `"`
}

// quote is a text as JSON.
func quote(text string) string {
	quoted, _ := json.Marshal(text) // a string can always be
	return string(quoted)
}
