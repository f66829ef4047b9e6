package probe

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// A fickleNameServer answers DNS questions over UDP, each time differently if it is told to: the tool of DNS rebinding.
// It knows the questions it was told about; no other name exists.
type fickleNameServer struct {
	conn net.PacketConn

	mu    sync.Mutex
	names map[string][]turn
	made  int
	asked map[dnsmessage.Question]int // how often
}

// A turn is one answer: an alias of an alias … of a name with addresses.
type turn struct {
	aliases   []string
	addresses []netip.Addr
}

func to(addresses ...netip.Addr) turn { return turn{addresses: addresses} }

func (now turn) by(aliases ...string) turn {
	now.aliases = aliases
	return now
}

// newFickleNameServer listens on address until the test ends.
func newFickleNameServer(t *testing.T, address string) *fickleNameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp4", address)
	if err != nil {
		t.Fatalf("listen for DNS: %v", err)
	}
	s := &fickleNameServer{conn: conn, names: make(map[string][]turn), asked: make(map[dnsmessage.Question]int)}
	var running sync.WaitGroup
	running.Go(s.serve)
	t.Cleanup(func() {
		conn.Close()
		running.Wait()
	})
	return s
}

// resolver is Go's own, asking this server and no other.
func (s *fickleNameServer) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "udp4", s.conn.LocalAddr().String())
	}}
}

// set lets name, without its last dot, lead where turns say: the first time it is asked for to the first, and so on. The
// last goes on for ever.
func (s *fickleNameServer) set(name string, turns ...turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[name] = turns
}

// name is set for a name that nothing else uses.
func (s *fickleNameServer) name(turns ...turn) string {
	s.mu.Lock()
	s.made++
	name := fmt.Sprintf("name%d.example", s.made)
	s.mu.Unlock()
	s.set(name, turns...)
	return name
}

// questions is how many were asked so far.
func (s *fickleNameServer) questions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var questions int
	for _, times := range s.asked {
		questions += times
	}
	return questions
}

func (s *fickleNameServer) serve() {
	packet := make([]byte, 4096)
	for {
		n, from, err := s.conn.ReadFrom(packet)
		if err != nil {
			return
		}
		if reply := s.reply(packet[:n]); reply != nil {
			_, _ = s.conn.WriteTo(reply, from)
		}
	}
}

// reply is the answer to one packet; nil for what is no question.
func (s *fickleNameServer) reply(packet []byte) []byte {
	var query dnsmessage.Message
	if err := query.Unpack(packet); err != nil || len(query.Questions) != 1 {
		return nil
	}
	question := query.Questions[0]
	now, exists := s.take(question)
	answer := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: query.ID, Response: true, RecursionAvailable: true},
		Questions: query.Questions,
		Answers:   now.records(question),
	}
	if !exists {
		answer.RCode = dnsmessage.RCodeNameError
	}
	reply, err := answer.Pack()
	if err != nil {
		panic("pack a DNS answer: " + err.Error())
	}
	return reply
}

// take counts the question and returns the turn it has come to. Each type of a name is counted for itself, since every
// lookup asks for both.
func (s *fickleNameServer) take(question dnsmessage.Question) (now turn, exists bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	times := s.asked[question]
	s.asked[question]++
	turns, exists := s.names[strings.ToLower(strings.TrimSuffix(question.Name.String(), "."))]
	if len(turns) == 0 {
		return turn{}, exists
	}
	return turns[min(times, len(turns)-1)], true
}

// records are the whole chain, as resolvers of resolvers send it, down to the addresses of the family asked for.
func (now turn) records(question dnsmessage.Question) []dnsmessage.Resource {
	var all []dnsmessage.Resource
	owner := question.Name
	add := func(kind dnsmessage.Type, body dnsmessage.ResourceBody) {
		all = append(all, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: owner, Type: kind, Class: question.Class}, Body: body})
	}
	for _, alias := range now.aliases {
		name := dnsmessage.MustNewName(alias + ".")
		add(dnsmessage.TypeCNAME, &dnsmessage.CNAMEResource{CNAME: name})
		owner = name
	}
	for _, ip := range now.addresses {
		switch {
		case ip.Is4() && question.Type == dnsmessage.TypeA:
			add(question.Type, &dnsmessage.AResource{A: ip.As4()})
		case ip.Is6() && question.Type == dnsmessage.TypeAAAA:
			add(question.Type, &dnsmessage.AAAAResource{AAAA: ip.As16()})
		}
	}
	return all
}
