package manners

import (
	"net/netip"
	"testing"
	"time"
)

func TestWhichLimitsAHostHas(t *testing.T) {
	public := Limits{Concurrency: 2, Interval: time.Second}
	allowed := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for name, test := range map[string]struct {
		manners Manners
		host    string
		want    Limits
	}{
		"a name":                                     {Manners{Limits: public, Allow: allowed}, "example.com", public},
		"a public address":                           {Manners{Limits: public, Allow: allowed}, "192.0.2.1", public},
		"an address that is allowed":                 {Manners{Limits: public, Allow: allowed}, "10.1.2.3", Limits{}},
		"the same in IPv6":                           {Manners{Limits: public, Allow: allowed}, "::ffff:10.1.2.3", Limits{}},
		"an IPv6 address that is allowed":            {Manners{Limits: public, Allow: allowed}, "fd00::1", Limits{}},
		"an allowed address where there are limits":  {Manners{Limits: public, AllowedInterval: time.Minute, Allow: allowed}, "10.1.2.3", Limits{2, time.Minute}},
		"a name that only a network could know":      {Manners{Limits: public, Allow: allowed}, "wiki.internal", Limits{}},
		"such a name where nothing is allowed":       {Manners{Limits: public}, "wiki.internal", public},
		"an inside address where nothing is allowed": {Manners{Limits: public}, "10.1.2.3", public},
		"no host at all":                             {Manners{Limits: public}, "", public},
	} {
		if got := test.manners.Of(test.host); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}
