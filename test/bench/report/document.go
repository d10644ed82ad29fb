package main

import (
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"text/template"
	"time"

	"github.com/medusa-storefront/customers-go/test/bench/internal/responses"
)

//go:embed performance.md.tmpl
var documentText string

var document = template.Must(template.New("performance.md").Parse(documentText))

type (
	callRow   struct{ Op, At, Go, Hand, Raw, Customers, JS, GitHub, HCloud, ByJS string }
	memoryRow struct{ Op, Go, Hand, Raw, Customers string }
	peerRow   struct{ Client, Response, Go, Hand, Own, More, Allocations string }
)

// writeDocument writes docs/performance.md and its plot.
func writeDocument(p *plan, m *measured, r results) error {
	docs := filepath.Join(p.root, "docs")
	var b strings.Builder
	if err := document.Execute(&b, contents(p, m, r)); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(docs, "performance.md"), []byte(b.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(docs, "performance.svg"), []byte(plot(m, r)), 0o644)
}

// calls returns the time by hand of each call.
func calls(m *measured) []figure {
	var all []figure
	for _, op := range operations {
		for _, at := range concurrencies {
			for _, toolchain := range m.toolchains {
				all = append(all, figure{toolchain: toolchain, op: op, at: strconv.Itoa(at), by: "hand", unit: "sec/op"})
			}
		}
	}
	return all
}

func contents(p *plan, m *measured, r results) any {
	var doc struct {
		Machine, Node, Bodies string
		Rounds                int
		Times, CPU            []callRow
		Memory                []memoryRow
		Peers                 []peerRow
	}
	doc.Machine = fmt.Sprintf("%d cores, %s/%s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	doc.Node, doc.Rounds = m.node, p.rounds
	doc.Bodies = "one real order, 50 times"
	if p.backend {
		doc.Bodies = "50 different orders, recorded from the real backend just before"
	}
	for _, f := range calls(m) {
		doc.Times = append(doc.Times, row(r, f))
		doc.CPU = append(doc.CPU, row(r, f.in("cpu-sec/op")))
		if f.at == "1" {
			memory := func(by string) string {
				own := f.with(by)
				return fmt.Sprintf("%.0f, %.1f KB", r.of(own.in("allocs/op")).Center, r.of(own.in("B/op")).Center/1000)
			}
			doc.Memory = append(doc.Memory, memoryRow{f.op, short(f.toolchain), memory("hand"), memory("raw"), memory("customers")})
		}
	}
	for _, op := range []string{"Retrieve", "ListOrders"} {
		for _, toolchain := range m.toolchains {
			for _, c := range peers(m, op) {
				f := figure{toolchain: toolchain, op: op, at: "1", by: c.by, unit: "sec/op"}
				doc.Peers = append(doc.Peers, c.row(r, f))
			}
		}
	}
	return doc
}

// row compares the clients in what f is for by hand.
func row(r results, f figure) callRow {
	own, js := f.with("customers"), f.with("js")
	return callRow{
		f.op, f.at, short(f.toolchain), duration(r.of(f)), r.ratio(f.with("raw"), f), r.ratio(own, f), r.ratio(js, f),
		r.ratio(f.with("github"), f.with("github-hand")), r.ratio(f.with("hcloud"), f.with("hcloud-hand")), r.ratio(own, js),
	}
}

// peer is a client and what one of its calls receives.
type peer struct {
	by, hand       string
	name, response string
	size           int
}

func peers(m *measured, op string) []peer {
	github, hcloud := responses.GitHub(), responses.HCloud()
	if op == "Retrieve" {
		return []peer{
			{"customers", "hand", "customers", "a customer", len(m.bodies.Retrieve)},
			{"github", "github-hand", "go-github", "a user", len(github.Read)},
			{"hcloud", "hcloud-hand", "hcloud-go", "a network", len(hcloud.Read)},
		}
	}
	return []peer{
		{"customers", "hand", "customers", "50 orders", len(m.bodies.ListOrders)},
		{"github", "github-hand", "go-github", "50 repositories", len(github.List)},
		{"hcloud", "hcloud-hand", "hcloud-go", "50 servers", len(hcloud.List)},
	}
}

func (c peer) row(r results, f figure) peerRow {
	kilobytes := float64(c.size) / 1000
	perKB := func(f figure) string { return fmt.Sprintf("%.1f", r.of(f).Center*1e6/kilobytes) }
	minus := func(v, base float64) float64 { return v - base }
	hand, allocations := f.with(c.hand), f.in("allocs/op")
	more, _ := r.compared(f, hand, minus)
	moreAllocations, _ := r.compared(allocations, allocations.with(c.hand), minus)
	return peerRow{
		c.name, fmt.Sprintf("%s, %.1f KB", c.response, kilobytes), short(f.toolchain), perKB(hand), perKB(f),
		interval(more, "%+.0f", 1e-6), fmt.Sprintf("%+.0f", moreAllocations.Center),
	}
}

// short returns a version as people say it.
func short(toolchain string) string { return strings.TrimPrefix(toolchain, "go") }

func duration(s summary) string {
	d := time.Duration(s.Center * float64(time.Second))
	if d < time.Millisecond {
		return fmt.Sprintf("%.0f µs", float64(d)/float64(time.Microsecond))
	}
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}
