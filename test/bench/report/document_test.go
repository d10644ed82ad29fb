package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/test/bench/internal/clients"
	"github.com/medusa-storefront/customers-go/test/bench/internal/responses"
)

// sampleResults has ten rounds in which customers takes half the time by hand, and the JS client twice as long.
func sampleResults(t *testing.T, m *measured) results {
	t.Helper()
	var raw strings.Builder
	for turn := range 10 {
		for _, f := range calls(m) {
			byHand := 1000.0 * float64(turn+1) // other load of the machine
			line := func(by string, ratio float64) {
				f := f.with(by)
				fmt.Fprintf(&raw, "\nturn: %d\ntoolchain: %s\nBenchmarkCall/op=%s/at=%s/by=%s 10 %f ns/op %f cpu-ns/op 7 allocs/op 1234 B/op\n",
					turn, f.toolchain, f.op, f.at, by, ratio*byHand, ratio*byHand)
			}
			for _, by := range clients.Names {
				if by != "customers" {
					line(by, 1)
				}
			}
			line("customers", 0.5)
			line("js", 2)
		}
	}
	r, err := parse(strings.NewReader(raw.String()), "sample")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRatiosAreOfOneTurn(t *testing.T) {
	m := &measured{toolchains: []string{"go1.26.8", "go1.27.3"}}
	r := sampleResults(t, m)
	for _, f := range calls(m) {
		c := row(r, f)
		if want := "0.50 (0.50–0.50)"; c.Customers != want {
			t.Errorf("%s: customers is %s × by hand, want %s", f.op, c.Customers, want)
		}
		if want := "0.25 (0.25–0.25)"; c.ByJS != want {
			t.Errorf("%s: customers is %s × the JS client, want %s", f.op, c.ByJS, want)
		}
	}
}

func TestADocumentHasAllFigures(t *testing.T) {
	m := &measured{toolchains: []string{"go1.26.8", "go1.27.3"}, node: "v20.0.0", bodies: responses.Sample()}
	r := sampleResults(t, m)
	var b strings.Builder
	if err := document.Execute(&b, contents(&plan{rounds: 10}, m, r)); err != nil {
		t.Fatal(err)
	}
	for _, missing := range []string{"NaN", "Inf", "<no value>", "| |"} {
		if strings.Contains(strings.ReplaceAll(b.String(), "| client | |", ""), missing) {
			t.Errorf("the document has %q:\n%s", missing, b.String())
		}
	}
	for svg := xml.NewDecoder(strings.NewReader(plot(m, r))); ; {
		if _, err := svg.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
