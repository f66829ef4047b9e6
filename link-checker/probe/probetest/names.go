package probetest

import (
	"context"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// Names is what a name server answers, by name without the trailing dot. Names it does not have do not exist.
type Names map[string]Name

// A Name is one name's answer; the zero value exists and has no address.
type Name struct {
	// Aliases are the names on the way to the addresses: the CNAME chain, as resolvers of resolvers send it.
	Aliases   []string
	Addresses []string
	// Failing answers SERVFAIL.
	Failing bool
	// Silent answers nothing at all.
	Silent bool
	// Then is what the second, third … question is answered, the last for ever; none means as the first. It is the tool of
	// DNS rebinding. Each type of record is counted for itself, since every lookup asks for two.
	Then []Name
}

// At is a Name with these addresses.
func At(addresses ...string) Name { return Name{Addresses: addresses} }

// A NameServer answers DNS questions over UDP.
type NameServer struct {
	conn net.PacketConn

	mu    sync.Mutex
	names Names
	order []string                    // the distinct names asked for
	times map[dnsmessage.Question]int // how often each question was asked
}

// NewNameServer answers from names on 127.0.0.1 until the test ends.
func NewNameServer(t testing.TB, names Names) *NameServer {
	return NewNameServerOn(t, "127.0.0.1:0", names)
}

// NewNameServerOn is NewNameServer on another address.
func NewNameServerOn(t testing.TB, address string, names Names) *NameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp4", address)
	if err != nil {
		t.Fatalf("listen for DNS: %v", err)
	}
	server := &NameServer{conn: conn, names: make(Names), times: make(map[dnsmessage.Question]int)}
	maps.Copy(server.names, names)
	var running sync.WaitGroup
	running.Go(server.serve)
	t.Cleanup(func() {
		conn.Close()
		running.Wait()
	})
	return server
}

// Resolver asks this name server and no other.
func (s *NameServer) Resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var dialer net.Dialer
		return dialer.DialContext(ctx, "udp4", s.conn.LocalAddr().String())
	}}
}

// Asked lists the distinct names asked for so far, in order, as they came.
func (s *NameServer) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.order)
}

// Questions is how many were asked so far.
func (s *NameServer) Questions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	questions := 0
	for _, times := range s.times {
		questions += times
	}
	return questions
}

func (s *NameServer) serve() {
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

// reply is the answer to one packet; nil for silence.
func (s *NameServer) reply(packet []byte) []byte {
	var query dnsmessage.Message
	if err := query.Unpack(packet); err != nil || len(query.Questions) != 1 {
		return nil
	}
	question := query.Questions[0]
	name, exists := s.look(question)
	if name.Silent {
		return nil
	}
	answer := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: query.ID, Response: true, RecursionAvailable: true, RCode: rcode(name, exists)},
		Questions: query.Questions,
		Answers:   records(question, name),
	}
	reply, err := answer.Pack()
	if err != nil {
		panic("probetest: pack a DNS answer: " + err.Error())
	}
	return reply
}

// Add answers from now on with answer for name.
func (s *NameServer) Add(name string, answer Name) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[name] = answer
}

// look finds the answer that the question has come to, and remembers that it was asked.
func (s *NameServer) look(question dnsmessage.Question) (answer Name, exists bool) {
	asked := question.Name.String()
	s.mu.Lock()
	defer s.mu.Unlock()
	times := s.times[question]
	if s.times[question]++; times == 0 && !slices.Contains(s.order, asked) {
		s.order = append(s.order, asked)
	}
	answer, exists = s.names[strings.ToLower(strings.TrimSuffix(asked, "."))]
	if times > 0 && len(answer.Then) > 0 {
		answer = answer.Then[min(times, len(answer.Then))-1]
	}
	return answer, exists
}

func rcode(name Name, exists bool) dnsmessage.RCode {
	switch {
	case !exists:
		return dnsmessage.RCodeNameError
	case name.Failing:
		return dnsmessage.RCodeServerFailure
	}
	return dnsmessage.RCodeSuccess
}

// records are the aliases and, of the family that question asks for, the addresses.
func records(question dnsmessage.Question, name Name) []dnsmessage.Resource {
	var found []dnsmessage.Resource
	owner := question.Name
	add := func(kind dnsmessage.Type, body dnsmessage.ResourceBody) {
		header := dnsmessage.ResourceHeader{Name: owner, Type: kind, Class: question.Class, TTL: 1}
		found = append(found, dnsmessage.Resource{Header: header, Body: body})
	}
	for _, alias := range name.Aliases {
		next := dnsmessage.MustNewName(alias + ".")
		add(dnsmessage.TypeCNAME, &dnsmessage.CNAMEResource{CNAME: next})
		owner = next
	}
	for _, address := range name.Addresses {
		ip := netip.MustParseAddr(address)
		switch {
		case question.Type == dnsmessage.TypeA && ip.Is4():
			add(question.Type, &dnsmessage.AResource{A: ip.As4()})
		case question.Type == dnsmessage.TypeAAAA && ip.Is6():
			add(question.Type, &dnsmessage.AAAAResource{AAAA: ip.As16()})
		}
	}
	return found
}
