package connector

import (
	"strings"
	"testing"
)

func TestNoTwoConsumersAreNamedAlike(t *testing.T) {
	seen := map[string]subscription{}
	for _, s := range []subscription{
		{"link-checker.openfaas-fn", "link.added"},
		{"a.on", "b"}, {"a", "on.b"}, {"a", "on_b"}, {"a", "_b"}, {"a", "b._c"}, {"a", "b_.c"}, {"a", "b.c"}, {"a", "b_c"},
		{"a", "orders.*"}, {"a", "orders.>"}, {"a", "orders_any"}, {"a", "orders.=2A"}, {"a", "orders._"},
	} {
		name := durable(s)
		if had, taken := seen[name]; taken {
			t.Errorf("%v and %v are both named %s", had, s, name)
		}
		seen[name] = s
	}
	if want := "link-checker_openfaas-fn__link_added"; seen[want].topic == "" {
		t.Errorf("nothing is named %s: %v", want, seen)
	}
}

func TestOnlyWhatNATSCanNameIsServed(t *testing.T) {
	for name, test := range map[string]struct {
		s    subscription
		says string
	}{
		"a function and a subject":        {subscription{"link-checker.openfaas-fn", "link.added"}, ""},
		"a pattern":                       {subscription{"a", "orders.*.paid"}, ""},
		"all of a subject":                {subscription{"a", "orders.>"}, ""},
		"everything":                      {subscription{"a", ">"}, ""},
		"a name with a blank":             {subscription{"a b", "orders"}, "a function's name has only"},
		"a name with a slash":             {subscription{"a/b", "orders"}, "a function's name has only"},
		"a name that is a pattern":        {subscription{"a.*", "orders"}, "a function's name has only"},
		"no name":                         {subscription{"", "orders"}, "a function's name has only"},
		"no topic":                        {subscription{"a", ""}, "no empty part"},
		"a topic with an empty part":      {subscription{"a", "orders..paid"}, "no empty part"},
		"a topic with a blank":            {subscription{"a", "orders paid"}, "visible ASCII"},
		"a topic with a slash":            {subscription{"a", "orders/paid"}, "visible ASCII"},
		"> before the end":                {subscription{"a", "orders.>.paid"}, "must come last"},
		"* within a part":                 {subscription{"a", "orders.a*"}, "whole parts"},
		"a name too long for a consumer":  {subscription{strings.Repeat("a", 300), "orders"}, "shorten them"},
		"a topic too long for a consumer": {subscription{"a", strings.Repeat("_", 100)}, "shorten them"},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.s.servable()
			if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("it says %v, want %q", err, test.says)
			}
		})
	}
}
