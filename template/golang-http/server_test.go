package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	handler "github.com/openfaas/templates-sdk/go-http"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// process is a server as a process has it, with a clock that the test turns.
type process struct {
	t   *testing.T
	url string
	// interrupt is SIGINT, terminate SIGTERM; elapse ends the wait for the watchdog, whose length waits receives.
	interrupt context.CancelFunc
	terminate chan<- os.Signal
	elapse    chan<- time.Time
	waits     <-chan time.Duration
	// stopped receives what serve returns.
	stopped <-chan error
}

func start(t *testing.T, waits timeouts, f func(handler.Request) (handler.Response, error)) process {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	terminate, elapse, waited, stopped := make(chan os.Signal), make(chan time.Time), make(chan time.Duration, 1), make(chan error, 1)
	s := server{
		Handler:   adapting(t, f),
		Timeouts:  waits,
		Terminate: terminate,
		After: func(d time.Duration) <-chan time.Time {
			waited <- d
			return elapse
		},
	}
	go func() { stopped <- s.serve(ctx, listener) }()
	t.Cleanup(interrupt)
	return process{t, "http://" + listener.Addr().String(), interrupt, terminate, elapse, waited, stopped}
}

// call calls the function over a connection of its own and returns what it answers.
func (p process) call() (string, error) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Post(p.url, "", strings.NewReader("call"))
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), err
}

// callInFlight calls the function and returns, once it runs, where its answer will come.
func (p process) callInFlight(called <-chan struct{}) <-chan string {
	answers := make(chan string, 1)
	go func() {
		body, err := p.call()
		if err != nil {
			body = err.Error()
		}
		answers <- body
	}()
	<-called
	return answers
}

// wantCall fails the test unless a new call is answered.
func (p process) wantCall(when string) {
	p.t.Helper()
	if body, err := p.call(); err != nil || body != "answer" {
		p.t.Errorf("%s, a call is answered %q, %v", when, body, err)
	}
}

func answering(handler.Request) (handler.Response, error) {
	return handler.Response{Body: []byte("answer")}, nil
}

// blocking is a function that tells that it was called and answers when it is released.
func blocking() (f func(handler.Request) (handler.Response, error), called chan struct{}, release chan struct{}) {
	called, release = make(chan struct{}), make(chan struct{})
	return func(r handler.Request) (handler.Response, error) {
		called <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
		return answering(r)
	}, called, release
}

const long = time.Hour

func TestOnTerminationItServesUntilTheWatchdogHasGone(t *testing.T) {
	p := start(t, timeouts{Read: long, Write: long, Outlast: 21 * time.Second}, answering)
	p.wantCall("before")
	p.terminate <- syscall.SIGTERM
	if wait := <-p.waits; wait != 21*time.Second {
		t.Errorf("it waits %v", wait)
	}
	p.wantCall("while the watchdog hands over calls")
	p.elapse <- time.Time{}
	if err := <-p.stopped; err != nil {
		t.Error(err)
	}
	if body, err := p.call(); err == nil {
		t.Errorf("after the stop, a call is answered %q", body)
	}
}

// A watchdog goes on, and looks healthy, when its child ends well.
func TestAnInterruptionUnderAWatchdogIsAnError(t *testing.T) {
	p := start(t, timeouts{Read: long, Write: long, Outlast: long}, answering)
	p.wantCall("before")
	p.interrupt()
	if err := <-p.stopped; err == nil {
		t.Error("it ends well")
	}
}

func TestCallsInFlightAreFinished(t *testing.T) {
	for name, stop := range map[string]func(process){
		"interrupted": func(p process) { p.interrupt() },
		"terminated": func(p process) {
			p.terminate <- syscall.SIGTERM
			<-p.waits
			p.elapse <- time.Time{}
		},
		"terminated, then interrupted": func(p process) {
			p.terminate <- syscall.SIGTERM
			<-p.waits
			p.interrupt()
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, called, release := blocking()
			p := start(t, timeouts{Read: long, Write: long}, f)
			answers := p.callInFlight(called)
			stop(p)
			// Nobody can be called any more, and the server still waits.
			for {
				connection, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
				if err != nil {
					break
				}
				connection.Close()
			}
			select {
			case err := <-p.stopped:
				t.Fatalf("it stopped with a call in flight: %v", err)
			default:
			}
			close(release)
			if body := <-answers; body != "answer" {
				t.Errorf("the call in flight is answered %q", body)
			}
			if err := <-p.stopped; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCallsThatDoNotFinishAreCutOff(t *testing.T) {
	f, called, _ := blocking()
	p := start(t, timeouts{Read: long, Write: 10 * time.Millisecond}, f)
	answers := p.callInFlight(called)
	p.interrupt()
	if err := <-p.stopped; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it stopped with %v", err)
	}
	if body := <-answers; body == "answer" {
		t.Errorf("the call in flight is answered %q", body)
	}
}

func TestABrokenListenerIsAnError(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	if err := (server{Handler: adapting(t, answering)}).serve(t.Context(), listener); !errors.Is(err, net.ErrClosed) {
		t.Errorf("it stopped with %v", err)
	}
}
