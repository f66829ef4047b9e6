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
	Addresses []string
	// Failing answers SERVFAIL.
	Failing bool
	// Silent answers nothing at all.
	Silent bool
}

// At is a Name with these addresses.
func At(addresses ...string) Name { return Name{Addresses: addresses} }

// A NameServer answers DNS questions over UDP on 127.0.0.1.
type NameServer struct {
	conn net.PacketConn

	mu    sync.Mutex
	names Names
	asked []string
}

// NewNameServer answers from names until the test ends.
func NewNameServer(t testing.TB, names Names) *NameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen for DNS: %v", err)
	}
	server := &NameServer{names: make(Names), conn: conn}
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
	return slices.Clone(s.asked)
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
	name, exists := s.look(question.Name.String())
	if name.Silent {
		return nil
	}
	answer := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: query.ID, Response: true, RecursionAvailable: true, RCode: rcode(name, exists)},
		Questions: query.Questions,
		Answers:   records(question, name.Addresses),
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

// look finds name, which ends with a dot, and remembers that it was asked for.
func (s *NameServer) look(name string) (answer Name, exists bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.asked, name) {
		s.asked = append(s.asked, name)
	}
	answer, exists = s.names[strings.ToLower(strings.TrimSuffix(name, "."))]
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

// records are the addresses of the family that question asks for.
func records(question dnsmessage.Question, addresses []string) []dnsmessage.Resource {
	var found []dnsmessage.Resource
	header := dnsmessage.ResourceHeader{Name: question.Name, Type: question.Type, Class: question.Class, TTL: 1}
	for _, address := range addresses {
		ip := netip.MustParseAddr(address)
		switch {
		case question.Type == dnsmessage.TypeA && ip.Is4():
			found = append(found, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}})
		case question.Type == dnsmessage.TypeAAAA && ip.Is6():
			found = append(found, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}})
		}
	}
	return found
}
