//go:build !openfaas

package e2e_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/linkwell/linkwell/link-manager/embedded"
	"github.com/linkwell/linkwell/link-manager/serve"
	"github.com/linkwell/linkwell/link-manager/store/storetest/disktest"
)

var brokerPatience = flag.Duration("broker-patience", 3*time.Second, "how long the embedded broker may fail before it is restarted, in the stories of full disks and deleted folders; 15s is the long form, and what people have")

// healedWithin is the promise: how long after there is room again, or a folder was deleted, everything goes on.
const healedWithin = 30 * time.Second

// impatient is a whole Linkwell in this process with the test's patience for its broker.
func impatient(t *testing.T) *serve.Config {
	c := config(t)
	c.BrokerPatience, c.BrokerInterval = *brokerPatience, *brokerPatience/3
	return c
}

// diskStory is a Linkwell some of whose disks become full, and what people met.
type diskStory struct {
	*linkwell
	c        *serve.Config
	w        *web
	accepted int // answered 201
	refused  int // answered 503 with Retry-After
}

func startDiskStory(t *testing.T, c *serve.Config) *diskStory {
	s := &diskStory{c: c, w: startWeb(t)}
	s.linkwell = start(t, c)
	return s
}

// saves tries to save n links to pages of their own, and returns how many were accepted. The only other answer there may be
// is a 503 that says when to come again.
func (s *diskStory) saves(n int) (accepted int) {
	s.t.Helper()
	for range n {
		path := fmt.Sprintf("/page/%d", s.accepted+s.refused)
		// Longer than what may be left of a page of the disk.
		body := fmt.Sprintf(`{"url":%q,"description":%q}`, s.w.URL+path, strings.Repeat("long ", 1000))
		res, err := http.Post(s.API+"/v1/links", "application/json", bytes.NewReader([]byte(body)))
		if err != nil {
			s.t.Fatal(err)
		}
		var problem struct{ Detail string }
		err = json.NewDecoder(res.Body).Decode(&problem)
		_ = res.Body.Close()
		switch {
		case res.StatusCode == http.StatusCreated:
			accepted++
			s.accepted++
		case res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") != "":
			s.refused++
		default:
			s.t.Fatalf("saving is answered %d %v %q, %v", res.StatusCode, res.Header, problem.Detail, err)
		}
	}
	return accepted
}

// reads fails the test unless every accepted link can be read.
func (s *diskStory) reads() {
	s.t.Helper()
	if links := s.all(); len(links) != s.accepted {
		s.t.Errorf("%d links can be read of %d", len(links), s.accepted)
	}
}

// part is what /readyz says of one part, with whatever status.
func (s *diskStory) part(name string) string {
	s.t.Helper()
	res, err := http.Get(s.API + "/readyz")
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var parts map[string]string
	if err := json.NewDecoder(res.Body).Decode(&parts); err != nil {
		s.t.Fatal(err)
	}
	return parts[name]
}

// ends waits until every accepted link is decided, stops Linkwell and fails the test unless none is lost, the database is
// well, and the newest links, so many, were decided in time. It returns how long these took, and how long all: what was
// out when the disk became full is called again after a rest that grew with each call in vain.
func (s *diskStory) ends(newest int, since time.Time) (newestAfter, allAfter time.Duration) {
	s.t.Helper()
	eventually(s.t, "the newest links are decided", func() bool {
		for _, link := range s.all()[:newest] {
			if link.CheckedAt == nil {
				return false
			}
		}
		return true
	})
	newestAfter = time.Since(since)
	if newestAfter > healedWithin {
		s.t.Errorf("they were decided %v after there was room", newestAfter)
	}
	links := s.allSettled()
	allAfter = time.Since(since)
	if len(links) != s.accepted {
		s.t.Errorf("%d links are there, %d were accepted", len(links), s.accepted)
	}
	eventually(s.t, "the broker is well", func() bool { return s.part("broker") == "ok" })
	s.stop()
	if answers := history(s.t, s.c.DataDir, links); answers != len(links) {
		s.t.Errorf("%d answers were applied to %d links", answers, len(links))
	}
	if err := integrity(s.t, filepath.Join(s.c.DataDir, "linkwell.db")); err != nil {
		s.t.Error(err)
	}
	return newestAfter, allAfter
}

func integrity(t *testing.T, path string) error {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var found string
	if err := db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return errors.New(found)
	}
	return nil
}

// hold has the next n pages wait with their answers until the returned function is called.
func (s *diskStory) hold(n int) (release func()) {
	held := make(chan struct{})
	for i := range n {
		s.w.answer(fmt.Sprintf("/page/%d", s.accepted+s.refused+i), func(http.ResponseWriter, *http.Request) { <-held })
	}
	return func() { close(held) }
}

const (
	smallDisk = 16 << 20
	// diskLinks is how many links are saved, or tried to, in each part of a story.
	diskLinks = 50
)

func TestTheDiskOfTheBrokerIsFull(t *testing.T) {
	beside(t)
	disktest.Inside(t, func(t *testing.T) {
		c := impatient(t)
		disk := disktest.Mount(t, filepath.Join(c.DataDir, "nats"), smallDisk)
		s := startDiskStory(t, c)
		s.saves(diskLinks)
		s.allSettled()

		disk.Fill()
		filled := time.Now()
		if meanwhile := s.saves(diskLinks); meanwhile != diskLinks {
			t.Errorf("only %d links were accepted", meanwhile)
		}
		eventually(t, "readyz says that there is no room", func() bool { return s.part("broker") == embedded.ErrNoRoom.Error() })
		if status := s.part("status"); status != "ok" {
			t.Errorf("status is %s", status)
		}
		waiting := 0
		for _, link := range s.all() {
			if link.CheckedAt == nil {
				waiting++
			}
		}
		if waiting == 0 {
			t.Error("no check waits for the broker")
		}

		disk.Free()
		freed := time.Now()
		took, _ := s.ends(diskLinks, freed)
		t.Logf("broker's disk full for %.1f s, patience %v: %d of %d saved meanwhile, 0 refused; %d checks waited, all decided %.1f s after there was room; lost 0",
			freed.Sub(filled).Seconds(), *brokerPatience, diskLinks, diskLinks, waiting, took.Seconds())
	})
}

func TestTheDiskOfTheDatabaseIsFull(t *testing.T) {
	beside(t)
	disktest.Inside(t, func(t *testing.T) {
		c := impatient(t)
		disk := disktest.Mount(t, c.DataDir, smallDisk)
		disktest.Mount(t, filepath.Join(c.DataDir, "nats"), smallDisk)
		theDatabaseIsFull(t, c, disk, "database's disk")
	})
}

func TestTheOnlyDiskIsFull(t *testing.T) {
	beside(t)
	disktest.Inside(t, func(t *testing.T) {
		c := impatient(t)
		theDatabaseIsFull(t, c, disktest.Mount(t, c.DataDir, smallDisk), "the only disk")
	})
}

// theDatabaseIsFull fills the disk while links are checked, and gives the room back after the broker's patience.
func theDatabaseIsFull(t *testing.T, c *serve.Config, disk *disktest.Disk, name string) {
	s := startDiskStory(t, c)
	s.saves(diskLinks)
	s.allSettled()
	answer := s.hold(diskLinks)
	s.saves(diskLinks)
	eventually(t, "all checks of the held pages are out", func() bool {
		return s.w.connected() >= 2*diskLinks
	})

	disk.Fill()
	filled := time.Now()
	answer() // what the function finds now cannot be kept
	for refused := s.refused; s.refused == refused; s.saves(1) {
	}
	eventually(t, "readyz says that the disk is full", func() bool { return s.part("store") == "the disk of the database is full" })
	for time.Since(filled) < 2**brokerPatience {
		s.saves(diskLinks / 10)
		s.reads()
		time.Sleep(*brokerPatience / 10) // people come again
	}

	disk.Free()
	freed := time.Now()
	for s.saves(1) == 0 && time.Since(freed) < healedWithin {
		time.Sleep(10 * time.Millisecond)
	}
	saving := time.Since(freed)
	if saving > healedWithin {
		t.Errorf("saving works %v after there was room", saving)
	}
	s.saves(diskLinks)
	newest, all := s.ends(diskLinks, freed)
	t.Logf("%s full for %.1f s, patience %v: %d refused, each 503 with Retry-After; %d accepted, lost 0, integrity ok; after there was room saving works in %.2f s, what is saved then is decided in %.1f s, what was out before in %.1f s",
		name, freed.Sub(filled).Seconds(), *brokerPatience, s.refused, s.accepted, saving.Seconds(), newest.Seconds(), all.Seconds())
}
