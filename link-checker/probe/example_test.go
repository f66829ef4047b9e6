package probe_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"

	"github.com/linkwell/linkwell/link-checker/probe"
)

func ExampleProber_Check() {
	site := httptest.NewServer(http.NotFoundHandler())
	defer site.Close()

	var prober probe.Prober
	fmt.Println(prober.Check(context.Background(), site.URL, false).Reason)

	prober.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	result := prober.Check(context.Background(), site.URL, false)
	fmt.Println(result.Status, result.Reason, result.HTTPStatus)
	// Output:
	// blocked_address
	// invalid not_found 404
}
