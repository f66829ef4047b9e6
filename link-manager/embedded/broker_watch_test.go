package embedded

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// watch is a Watch without patience that looks when the test says so.
type watch struct{ *Watch }

// watched starts a broker in folder, with a connection to it and a stream of "work".
func watched(t *testing.T, folder string) (watch, *nats.Conn) {
	t.Helper()
	logger := slog.New(slog.NewTextHandler(t.Output(), nil))
	broker, err := StartBroker(t.Context(), BrokerConfig{Dir: folder, Logger: logger})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	connection, err := broker.Connect()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(connection.Close)
	makeWork(t, connection)
	return watch{&Watch{Broker: broker, Interval: time.Second, Patience: time.Nanosecond, Logger: logger}}, connection
}

func makeWork(t *testing.T, connection *nats.Conn) {
	t.Helper()
	stream, err := jetstream.New(connection)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.CreateStream(t.Context(), jetstream.StreamConfig{Name: "WORK", Subjects: []string{"work"}}); err != nil {
		t.Fatal(err)
	}
}

// looks fails the test unless the broker does as expected after the watch looked.
func (w watch) looks(t *testing.T, want WatchState) {
	t.Helper()
	w.look(t.Context())
	if got := w.State(); got != want {
		t.Errorf("it is %+v, want %+v", got, want)
	}
}

func TestABrokerWhoseFolderIsNotItsOwnAnyMoreIsRestarted(t *testing.T) {
	for name, lose := range map[string]func(t *testing.T, folder string){
		"deleted": func(t *testing.T, folder string) { remove(t, folder) },
		"emptied": func(t *testing.T, folder string) { remove(t, filepath.Join(folder, "jetstream")) },
		"replaced by an empty one": func(t *testing.T, folder string) {
			remove(t, folder)
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
		},
		"replaced by a copy": func(t *testing.T, folder string) {
			if err := os.Rename(folder, folder+".old"); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(folder, os.DirFS(folder+".old")); err != nil {
				t.Fatal(err)
			}
		},
		"without one stream": func(t *testing.T, folder string) {
			remove(t, filepath.Join(folder, "jetstream", "$G", "streams", "WORK"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "nats")
			w, connection := watched(t, folder)
			w.looks(t, WatchState{})
			w.looks(t, WatchState{})
			lose(t, folder)
			publish(t, connection, "acknowledged and not kept")
			w.looks(t, WatchState{Restarts: 1})
			w.looks(t, WatchState{Restarts: 1})
			if name != "replaced by a copy" {
				makeWork(t, connection)
			}
			publish(t, connection, "after")
		})
	}
}

// remove deletes what is there, and what a server that still runs there writes meanwhile.
func remove(t *testing.T, path string) {
	t.Helper()
	err := os.RemoveAll(path)
	for range 100 {
		if err == nil {
			return
		}
		err = os.RemoveAll(path)
	}
	t.Fatal(err)
}

func TestABrokerThatCannotBeRestartedIsTriedAgainUntilItCan(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "nats")
	w, _ := watched(t, folder)
	w.looks(t, WatchState{})
	for name, test := range map[string]struct {
		inTheWay string
		want     error
	}{
		"the folder cannot be made":       {folder, ErrNoRoom},
		"the folder cannot be understood": {filepath.Join(folder, "jetstream"), ErrNoRestart},
	} {
		t.Run(name, func(t *testing.T) {
			before := w.State().Restarts
			remove(t, folder)
			if err := os.MkdirAll(filepath.Dir(test.inTheWay), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(test.inTheWay, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				w.looks(t, WatchState{Err: test.want, Restarts: before})
			}
			remove(t, test.inTheWay)
			w.looks(t, WatchState{Restarts: before + 1})
		})
	}
}

func TestABrokerIsGivenTime(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "nats")
	w, _ := watched(t, folder)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	w.Patience, w.Now = 15*time.Second, func() time.Time { return now }
	w.looks(t, WatchState{})
	remove(t, folder)
	for range 3 {
		w.looks(t, WatchState{Err: ErrNotKept})
		now = now.Add(5*time.Second - time.Nanosecond)
	}
	w.looks(t, WatchState{Err: ErrNotKept})
	now = now.Add(3 * time.Nanosecond)
	w.looks(t, WatchState{Restarts: 1})

	remove(t, folder) // and the next time it has the same time again
	now = now.Add(5 * time.Second)
	w.looks(t, WatchState{Err: ErrNotKept, Restarts: 1})
}

func TestAWatchRunsByItselfUntilItsContextEnds(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "nats")
	w, connection := watched(t, folder)
	w.looks(t, WatchState{}) // it has its stream: to delete the folder while one is made would leave its goroutines behind
	w.Interval, w.Patience = 50*time.Millisecond, 100*time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); w.Run(ctx) }()
	remove(t, folder)
	for deadline := time.Now().Add(20 * time.Second); w.State().Restarts == 0 || w.State().Err != nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it is %+v", w.State())
		}
	}
	makeWork(t, connection)
	publish(t, connection, "after")
	cancel()
	<-ended
}

func TestAClosedBrokerIsNotRestarted(t *testing.T) {
	w, _ := watched(t, t.TempDir())
	w.Broker.Close()
	w.looks(t, WatchState{Err: ErrNoRestart})
	if _, err := w.Broker.Connect(); err == nil {
		t.Error("it runs")
	}
}
