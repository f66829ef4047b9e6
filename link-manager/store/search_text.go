package store

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"unicode"

	"github.com/linkwell/linkwell/link-manager/link"
	"github.com/linkwell/linkwell/link-manager/search"
)

// searchText is a link as a line of words, by which it is found:
//
//	=owner @host @above … #tag … [ title ] url { description } tags |
//
// Each word has a space on both sides, so that what is looked for is one LIKE, the same on every database: '% word %'
// anywhere, '%[% word %]%' in the title. The full-text index has the same words, and narrows down where that is tried.
func searchText(owner string, d link.Draft) string {
	return ownerWord(owner) + searchWords(hostOf(d.URL), d)
}

// searchWords is the search text of a link to that host, from after its owner on.
func searchWords(host string, d link.Draft) string {
	var line strings.Builder
	for _, host := range hostsAbove(host) {
		line.WriteString(" " + hostWord(host))
	}
	if len(d.Tags) == 0 {
		line.WriteString(" " + untaggedWord)
	}
	for _, tag := range d.Tags {
		line.WriteString(" " + tagWord(tag))
	}
	write := func(mark string, words []string) {
		line.WriteString(" " + mark)
		for _, word := range words {
			line.WriteString(" " + word)
		}
	}
	write("[", search.Words(d.Title))
	write("]", search.Words(d.URL))
	write("{", search.Words(d.Description))
	write("}", search.Words(strings.Join(d.Tags, " ")))
	line.WriteString(" |")
	return line.String()
}

// untaggedWord is the word of a link without tags.
const untaggedWord = "#"

func tagWord(tag string) string { return "#" + oneWord(tag) }

func hostWord(host string) string { return "@" + oneWord(host) }

// ownerWord keeps the links of others out of what an index finds; it can be no word of a link.
func ownerWord(owner string) string {
	hash := sha256.Sum256([]byte(owner))
	return "=" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(hash[:15]))
}

// oneWord is a text as one word of a full-text index: what is neither letter nor digit is written as its number.
func oneWord(text string) string {
	var b strings.Builder
	for _, r := range text {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			b.WriteString("~" + strconv.FormatInt(int64(r), 16) + "~")
		}
	}
	return b.String()
}

// hostsAbove is the host and those it lies below: a.example.com, example.com and com.
func hostsAbove(host string) []string {
	if _, err := netip.ParseAddr(host); err == nil {
		return []string{host}
	}
	var all []string
	for host != "" {
		all = append(all, host)
		_, host, _ = strings.Cut(host, ".")
	}
	return all
}

func hostOf(url string) string {
	key, err := link.Key(url, link.Tracking{})
	if err != nil {
		return ""
	}
	return link.HostOf(key)
}

// longestSortTitle is how many characters of a title count when links are sorted by it.
const longestSortTitle = 100

// sortTitle is what a link is sorted by as a title: its words, or those of its URL, without its scheme, if it has no title.
// The column sort_title is the same, generated from the search text.
func sortTitle(title, url string) string {
	words := search.Words(title)
	if len(words) == 0 {
		words = search.Words(url)
		if len(words) > 0 && (words[0] == "http" || words[0] == "https") {
			words = words[1:]
		}
	}
	text := []rune(strings.Join(words, " "))
	return string(text[:min(len(text), longestSortTitle)])
}

// writtenAtOnce is how many links are written anew in one transaction.
const writtenAtOnce = 500

// writeSearchTexts writes the search texts that a migration left empty, and returns when there are none. Several
// processes may do it at once.
func (s *Store) writeSearchTexts(ctx context.Context) error {
	total := 0
	for {
		n, err := s.count(ctx, `SELECT count(*) FROM (SELECT 1 FROM links WHERE search_text = '' LIMIT 1) unwritten`)
		if err != nil {
			return fmt.Errorf("write search texts: %w", err)
		}
		if n == 0 {
			if total > 0 {
				s.log.InfoContext(ctx, "made links searchable", "links", total)
			}
			return nil
		}
		err = s.write(ctx, func(ctx context.Context, tx querier) error {
			rows, err := s.unwritten(ctx, tx)
			n = len(rows)
			if err != nil {
				return err
			}
			return s.each(ctx, tx, rows, "id uuid, search_text text", `
				UPDATE links
				SET search_text = r.search_text
				FROM %s AS r
				WHERE links.id = r.id AND links.search_text = ''`)
		})
		if err != nil {
			return fmt.Errorf("write search texts: %w", err)
		}
		total += n
	}
}

// unwritten are some links without a search text, with what it is to be.
func (s *Store) unwritten(ctx context.Context, tx querier) ([]any, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT l.id, l.owner, l.url, l.title, l.description,
		       (SELECT string_agg(g.tag, ',') FROM link_tags g WHERE g.link_id = l.id)
		FROM links l
		WHERE l.search_text = ''
		ORDER BY l.id
		LIMIT $1`, writtenAtOnce)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var written []any
	for rows.Next() {
		var id, owner string
		var tags *string
		var d link.Draft
		if err := rows.Scan(&id, &owner, &d.URL, &d.Title, &d.Description, &tags); err != nil {
			return nil, err
		}
		if tags != nil {
			d.Tags = splitTags(*tags)
		}
		written = append(written, map[string]string{"id": id, "search_text": searchText(owner, d)})
	}
	return written, rows.Err()
}
