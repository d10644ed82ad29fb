package clients

import (
	"context"
	"net/http"

	"github.com/google/go-github/v89/github"
	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/hetznercloud/hcloud-go/v2/hcloud/schema"
)

// Where the server responds as the other APIs do, and the token that they ask for.
const (
	GitHubPath = "/github/"
	HCloudPath = "/hcloud"
	Token      = "0123456789abcdef0123456789abcdef01234567"
)

// GitHub returns the calls of go-github.
func GitHub(url string, rt http.RoundTripper) (Calls, error) {
	base := url + GitHubPath
	c, err := github.NewClient(github.WithTransport(rt), github.WithTimeout(timeout), github.WithAuthToken(Token), github.WithURLs(&base, nil))
	if err != nil {
		return nil, err
	}
	opts := &github.RepositoryListByAuthenticatedUserOptions{ListOptions: github.ListOptions{PerPage: page}}
	return Calls{
		"Retrieve": func(ctx context.Context) error {
			_, _, err := c.Users.Get(ctx, "")
			return err
		},
		"ListOrders": func(ctx context.Context) error {
			_, _, err := c.Repositories.ListByAuthenticatedUser(ctx, opts)
			return err
		},
	}, nil
}

// GitHubByHand returns the same calls, made as Hand makes them, into go-github's models.
func GitHubByHand(url string, rt http.RoundTripper) Calls {
	h := newHand(rt, "Authorization", "Bearer "+Token, "application/json; charset=utf-8")
	return Calls{
		"Retrieve": func(ctx context.Context) error {
			_, err := h.exchange(ctx, http.MethodGet, url+GitHubPath+"user", nil, new(github.User))
			return err
		},
		"ListOrders": func(ctx context.Context) error {
			_, err := h.exchange(ctx, http.MethodGet, url+GitHubPath+"user/repos?per_page=50", nil, new([]*github.Repository))
			return err
		},
	}
}

// HCloud returns the calls of hcloud-go.
func HCloud(url string, rt http.RoundTripper) Calls {
	c := hcloud.NewClient(hcloud.WithEndpoint(url+HCloudPath), hcloud.WithToken(Token), hcloud.WithHTTPClient(&http.Client{Transport: rt, Timeout: timeout}))
	opts := hcloud.ServerListOpts{ListOpts: hcloud.ListOpts{PerPage: page}}
	return Calls{
		"Retrieve": func(ctx context.Context) error {
			_, _, err := c.Network.GetByID(ctx, 4711)
			return err
		},
		"ListOrders": func(ctx context.Context) error {
			_, _, err := c.Server.List(ctx, opts)
			return err
		},
	}
}

// HCloudByHand returns the same calls, made as Hand makes them, into the models that hcloud-go decodes into before it
// makes its own of them.
func HCloudByHand(url string, rt http.RoundTripper) Calls {
	h := newHand(rt, "Authorization", "Bearer "+Token, "application/json")
	return Calls{
		"Retrieve": func(ctx context.Context) error {
			_, err := h.exchange(ctx, http.MethodGet, url+HCloudPath+"/networks/4711", nil, new(schema.NetworkGetResponse))
			return err
		},
		"ListOrders": func(ctx context.Context) error {
			_, err := h.exchange(ctx, http.MethodGet, url+HCloudPath+"/servers?per_page=50", nil, new(schema.ServerListResponse))
			return err
		},
	}
}
