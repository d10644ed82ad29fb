// Package clients has the clients that the benchmarks compare. All make the same calls, of which the server or a
// RoundTripper in memory sends the responses.
package clients

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// Calls are the calls of a client by operation. Of another API, Retrieve is a small object, and ListOrders a list of 50
// that are as large as orders.
type Calls map[string]func(context.Context) error

// Names are the names of the clients. A client of another API is followed by the same work by hand.
var Names = []string{"hand", "raw", "customers", "github", "github-hand", "hcloud", "hcloud-hand"}

// New returns the calls of the client with this name to the server at a URL.
func New(name, url string) (Calls, error) {
	switch name {
	case "hand":
		return Hand(url, transport()), nil
	case "raw":
		return Raw(url, transport())
	case "customers":
		return Customers(url)
	case "github":
		return GitHub(url, transport())
	case "github-hand":
		return GitHubByHand(url, transport()), nil
	case "hcloud":
		return HCloud(url, transport()), nil
	case "hcloud-hand":
		return HCloudByHand(url, transport()), nil
	}
	return nil, fmt.Errorf("there is no client %q", name)
}

// transport returns a transport with enough idle connections for many calls at once, as a careful engineer sets it up.
func transport() http.RoundTripper {
	return &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: 4 * time.Second}
}
