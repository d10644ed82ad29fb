package specdiff

import (
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/live"
)

// TestSeems checks what shows the version of a backend, which sends none.
func TestSeems(t *testing.T) {
	x := func(method, url string, status int, body string) live.Exchange {
		return live.Exchange{Exchange: &conform.Exchange{Method: method, URL: url, Status: status, ResponseBody: []byte(body)}}
	}
	var (
		token     = x("POST", tokenPath, 200, `{"access_token":"x"}`)
		noToken   = x("POST", tokenPath, 404, `<pre>Cannot POST /store/auth/token</pre>`)
		logout    = x("DELETE", authPath, 200, "OK")
		oldLogout = x("DELETE", authPath, 200, "{}")
		signed    = x("GET", ordersPath+"?fields=%2Bid", 200, `{"orders":[]}`)
		unsigned  = x("GET", ordersPath+"?fields=id%2C-total", 500, `{"type":"unknown_error"}`)
		totals    = x("GET", ordersPath, 200, `{"orders":[{"total":1}]}`)
		oneTotal  = x("GET", ordersPath, 200, `{"orders":[{"id":"order_1","subtotal":1}]}`)
		noTotals  = x("GET", ordersPath, 200, `{"orders":[{"id":"order_1"}]}`)
		chosen    = x("GET", ordersPath+"?fields=id", 200, `{"orders":[{"id":"order_1"}]}`)
		spaced    = x("GET", ordersPath+"?fields=id+status", 500, `{}`)
	)
	for name, c := range map[string]struct {
		seen []live.Exchange
		want string
	}{
		"nothing":     {nil, ""},
		"1.20.11":     {[]live.Exchange{token, logout, signed, totals, chosen}, "1.20.4 or newer"},
		"1.19":        {[]live.Exchange{token, logout, unsigned, totals}, "1.17 to 1.20.3"},
		"fields fail": {[]live.Exchange{token, spaced}, "1.17 or newer"},
		"read only":   {[]live.Exchange{token, totals}, "1.17 or newer"},
		"no total":    {[]live.Exchange{token, logout, signed, oneTotal}, "1.20.4 or newer"},
		"no login":    {[]live.Exchange{logout}, "1.17 or newer"},
		"1.16":        {[]live.Exchange{noToken, oldLogout, unsigned, totals}, "older than 1.17"},
		"1.8":         {[]live.Exchange{noToken, oldLogout, unsigned, noTotals}, "older than 1.12"},
	} {
		if got := seems(&live.Record{Exchanges: c.seen}); got != c.want {
			t.Errorf("%s seems %q, want %q", name, got, c.want)
		}
	}
}

// TestTheEmbeddedAcceptedFileCanBeRead checks what would panic.
func TestTheEmbeddedAcceptedFileCanBeRead(t *testing.T) {
	if len(stock().Accepted) == 0 {
		t.Error("nothing is accepted")
	}
}
