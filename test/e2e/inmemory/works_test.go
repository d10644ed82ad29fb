package inmemory

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// TestWhetherTheClientWorks runs specdiff on a backend alone, with the contract that is part of it, as someone with a
// shop does.
func TestWhetherTheClientWorks(t *testing.T) {
	t.Parallel()
	const (
		column = "Customer has 1 property of the shop's own: nickname (only null was seen)"
		cookie = "the session cookie is called sid, not connect.sid"
		life   = "Set-Cookie, cookie: a life of 1h0m0s; the contract has a life of 10h0m0s"
	)
	type options = []customerstest.Option
	for name, c := range map[string]struct {
		options options
		config  specdiff.Config
		without bool // a login
		want    report.Standing
		titles  []string
	}{
		"stock":                 {want: report.Works},
		"read only":             {config: specdiff.Config{ReadOnly: true}, want: report.Works},
		"no login":              {without: true, want: report.Unclear},
		"no login, read only":   {config: specdiff.Config{ReadOnly: true}, without: true, want: report.Unclear},
		"a shop's own":          {options: options{customerstest.WithCustomerColumns("nickname")}, want: report.Works, titles: []string{column}},
		"another cookie":        {options: options{customerstest.WithSessionCookieName("sid")}, want: report.Breaks, titles: []string{cookie}},
		"another cookie, named": {options: options{customerstest.WithSessionCookieName("sid")}, config: specdiff.Config{Cookie: conform.Cookie{Name: "sid"}}, want: report.Works},
		"another life":          {options: options{customerstest.WithSessionTTL(time.Hour)}, want: report.Works, titles: []string{life}},
		"another life, named":   {options: options{customerstest.WithSessionTTL(time.Hour)}, config: specdiff.Config{Cookie: conform.Cookie{TTL: time.Hour}}, want: report.Works},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend := customerstest.NewServer(t, c.options...)
			c.config.Backend = backend.URL
			if !c.without {
				c.config.Setup.Customers = fixture(t, backend).Customers
			}
			r, err := specdiff.Run(t.Context(), c.config)
			if err != nil {
				t.Fatal(err)
			}
			t.Log(textOf(t, r))
			var titles []string
			for _, d := range r.Differences() {
				titles = append(titles, d.Title)
			}
			if r.Standing() != c.want || !slices.Equal(titles, c.titles) {
				t.Errorf("it %s, want %s; the differences are %q, want %q", r.Standing(), c.want, titles, c.titles)
			}
		})
	}
}

func textOf(t *testing.T, r *report.Report) string {
	t.Helper()
	var text bytes.Buffer
	if err := r.Text(&text, report.Style{All: true}); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestHeadersForAGateway checks that each request has the headers that a gateway wants, and that they are shown nowhere,
// even if a response repeats them.
func TestHeadersForAGateway(t *testing.T) {
	const secret = "Z2F0ZXdheTpnZWhlaW0"
	backend := customerstest.New(customerstest.WithCustomerColumns("nickname"))
	refused := 0
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Gateway-Key") != secret {
			refused++
		}
		w.Header().Set("X-Debug", secret)
		backend.ServeHTTP(w, r)
	}))
	defer gateway.Close()
	file := filepath.Join(t.TempDir(), "run.har")
	r, err := specdiff.Run(t.Context(), specdiff.Config{Backend: gateway.URL, Header: http.Header{"x-gateway-key": {secret}}, Record: file})
	if err != nil || refused > 0 {
		t.Fatalf("%d requests lack the header: %v", refused, err)
	}
	har, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"report": textOf(t, r), "JSON": jsonOf(t, r), "record": string(har)} {
		if bytes.Contains([]byte(text), []byte(secret)) {
			t.Errorf("the secret is in the %s", what)
		}
	}
}

func jsonOf(t *testing.T, r *report.Report) string {
	t.Helper()
	var text bytes.Buffer
	if err := r.JSON(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestABriefRunProbesWhatMayBreakFirst checks the order of the probes, and that they end when the time is up.
func TestABriefRunProbesWhatMayBreakFirst(t *testing.T) {
	s := newShop(t, direct)
	probes := func(brief time.Duration) (aspects []finding.Aspect, record *live.Record) {
		record, err := live.Run(t.Context(), live.Config{Backend: s.url, Documents: []*openapi3.T{contract(t)}, Logins: []live.Login{s.login}, Brief: brief})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range record.Exchanges {
			if x.Probe != nil {
				aspects = append(aspects, x.Probe.Aspect)
			}
		}
		return aspects, record
	}
	usual, _ := probes(0)
	all, record := probes(time.Hour)
	if len(all) != len(usual) || slices.Index(all, finding.Bounds) < len(all)-1-slices.Index(reversed(all), finding.Required) {
		t.Errorf("%d probes were sent, where %d are usual, or what is of validation came before the rest", len(all), len(usual))
	}
	if strings.Contains(strings.Join(record.Notes, "\n"), "slow") {
		t.Errorf("the notes are %q", record.Notes)
	}
	none, record := probes(time.Nanosecond) // the script has one of its own
	if len(none) > 1 || !strings.Contains(strings.Join(record.Notes, "\n"), "the backend is slow") {
		t.Errorf("%d probes were sent, and the notes are %q", len(none), record.Notes)
	}
}

func reversed[T any](all []T) []T {
	all = slices.Clone(all)
	slices.Reverse(all)
	return all
}
