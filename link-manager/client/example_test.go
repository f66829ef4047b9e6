package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/linkwell/linkwell/link-checker/check"
	"github.com/linkwell/linkwell/link-manager/client"
)

// Save a link, and print what becomes of it.
func Example() {
	ctx := context.Background()
	linkwell, err := client.New(client.Config{Server: "https://links.example.com", Token: os.Getenv("LINKWELL_TOKEN")})
	if err != nil {
		log.Fatal(err)
	}
	var saved client.Link
	for event, err := range linkwell.StreamEvents(ctx, "") {
		switch {
		case err != nil:
			log.Fatal(err)
		case event.Kind == client.Opened: // from now on nothing is missed
			saved, err = linkwell.AddLink(ctx, client.Draft{URL: "https://go.dev", Tags: []string{"go"}})
			var problem *client.Problem
			switch {
			case errors.As(err, &problem) && problem.Kind() == client.Duplicate:
				fmt.Println("saved already, as", problem.Existing.ID)
				return
			case err != nil:
				log.Fatal(err)
			}
		case event.Kind == client.Checked && event.LinkID == saved.ID:
			fmt.Println(event.Link.URL, event.Link.Status, event.Link.Explanation)
			return
		}
	}
}

// List links that do not work, and tag them.
func ExampleClient_ListLinks() {
	ctx := context.Background()
	linkwell, err := client.New(client.Config{Server: "http://127.0.0.1:8090"})
	if err != nil {
		log.Fatal(err)
	}
	for link, err := range linkwell.ListLinks(ctx, client.Filter{Status: check.Invalid}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(link.URL, link.Explanation)
		if _, err := linkwell.ChangeLink(ctx, link.ID, client.Change{AddTags: []string{"broken"}}); err != nil {
			log.Fatal(err)
		}
	}
}

// Change a link only if it is still the one that was read.
func ExampleClient_ChangeLink() {
	ctx := context.Background()
	linkwell, err := client.New(client.Config{Server: "http://127.0.0.1:8090"})
	if err != nil {
		log.Fatal(err)
	}
	const id = "01a2045b-a9ce-7e22-a89d-f7e640fa8c96"
	for {
		link, err := linkwell.GetLink(ctx, id)
		if err != nil {
			log.Fatal(err)
		}
		title := strings.ToUpper(link.Title)
		_, err = linkwell.ChangeLink(ctx, id, client.Change{Title: &title, IfMatch: link.ETag})
		if client.KindOf(err) == client.Changed {
			continue // somebody else was faster
		}
		if err != nil {
			log.Fatal(err)
		}
		return
	}
}
