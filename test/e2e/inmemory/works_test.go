package inmemory

import (
	"bytes"
	"slices"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// TestWhetherTheClientWorks runs specdiff on a backend alone, with the contract that is part of it, as someone with a shop does.
func TestWhetherTheClientWorks(t *testing.T) {
	const column = "Customer has 1 property of the shop's own: nickname (only null was seen)"
	for name, c := range map[string]struct {
		options []customerstest.Option
		without bool // a login
		want    report.Standing
		titles  []string
	}{
		"stock":          {nil, false, report.Works, nil},
		"no login":       {nil, true, report.Unclear, nil},
		"a shop's own":   {[]customerstest.Option{customerstest.WithCustomerColumns("nickname")}, false, report.Works, []string{column}},
		"another cookie": {[]customerstest.Option{customerstest.WithSessionCookieName("sid")}, false, report.Breaks, []string{"the session cookie is called sid, not connect.sid"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			backend := customerstest.NewServer(t, c.options...)
			config := specdiff.Config{Backend: backend.URL}
			if !c.without {
				config.Setup.Customers = fixture(t, backend).Customers
			}
			r, err := specdiff.Run(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			var text bytes.Buffer
			if err := r.Text(&text, report.Style{}); err != nil {
				t.Fatal(err)
			}
			t.Log(text.String())
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
