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
)

//go:embed performance.md.tmpl
var documentText string

var document = template.Must(template.New("performance.md").Parse(documentText))

type (
	costRow   struct{ What, Measured string }
	callRow   struct{ Op, At, Hand, Wrapper, Raw, JS, CPU, JSCPU string }
	countRow  struct{ Op, HandN, RawN, WrapperN, HandB, RawB, WrapperB string }
	decodeRow struct {
		Op, Toolchain, Unmarshal, Hand, Wrapper, Ratio, HandRatio, UnmarshalN, WrapperN string
	}
)

// writeDocument writes docs/performance.md and its plot.
func writeDocument(p *plan, r results) error {
	docs := filepath.Join(p.root, "docs")
	var b strings.Builder
	if err := document.Execute(&b, contents(p, r)); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(docs, "performance.md"), []byte(b.String()), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(docs, "performance.svg"), []byte(plot(p, r)), 0o644)
}

func contents(p *plan, r results) any {
	first := p.toolchains[0]
	call := func(op string, at int, by, unit string) figure {
		return figure{toolchain: first, bench: "Call", op: op, at: strconv.Itoa(at), by: by, unit: unit}
	}
	decode := func(toolchain, op, unit string) figure {
		return figure{toolchain: toolchain, bench: "Decode", op: op, by: "wrapper", unit: unit}
	}
	once := func(bench, by, unit string) float64 {
		return r.of(figure{toolchain: first, bench: bench, by: by, unit: unit}).Center
	}
	var doc struct {
		Machine, Bodies string
		Turns           int
		Costs           []costRow
		Calls           []callRow
		Allocations     []countRow
		Decodes         []decodeRow
		Plain, Retrieve string
	}
	doc.Machine = fmt.Sprintf("%s, %d cores, %s/%s", runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	doc.Turns = p.rounds * innerRounds
	doc.Bodies = "The responses have one order of the real backend, repeated."
	if p.backend {
		doc.Bodies = "The responses were recorded from the real backend just before."
	}

	wrapper := call("Retrieve", 1, "wrapper", "sec/op")
	many := call("Retrieve", 64, "wrapper", "sec/op")
	js := call("Retrieve", 1, "js", "cpu-sec/op")
	manyJS := call("Retrieve", 64, "js", "cpu-sec/op")
	throughput := r.ratio(many.with("hand"), "wrapper")
	page, login := decode(first, "ListOrders", "sec/op"), decode(first, "Authenticate", "sec/op")
	more := func(f figure, unit string) float64 {
		f.unit = unit
		return r.of(f).Center - r.of(f.with("hand")).Center
	}
	doc.Costs = []costRow{
		{"Retrieve, compared with the time by hand", times(r.ratio(wrapper, "hand"))},
		{"Retrieve, allocations more than by hand", fmt.Sprintf("%.0f", more(wrapper, "allocs/op"))},
		{"Retrieve, 64 at once, compared with the throughput by hand", times(throughput)},
		{"Retrieve, CPU time of the JS client compared with the wrapper", fmt.Sprintf("one at a time %s, 64 at once %s (compared with net/http by hand: %s and %s)",
			times(r.ratio(js, "wrapper")), times(r.ratio(manyJS, "wrapper")), times(r.ratio(js, "hand")), times(r.ratio(manyJS, "hand")))},
		{"A page of 50 orders, compared with one buffer and json.Unmarshal", fmt.Sprintf("%.0f bytes and %.0f allocations more", more(page, "B/op"), more(page, "allocs/op"))},
		{"A login of a customer with 60 orders, compared with the time of json.Unmarshal into a struct without them", fmt.Sprintf(
			"%s for the whole call; compared with the same call by hand: %s", times(r.ratio(login, "unmarshal")), times(r.ratio(login, "hand")))},
		{"An idle logged-in customer, bytes of live heap", fmt.Sprintf("%.0f", once("Million", "", "live-B/customer"))},
		{"A million of them", fmt.Sprintf("%s live, %s at most in the process (GOMEMLIMIT=370MiB)", megabytes(once("Million", "", "live-B")), megabytes(once("Million", "", "peak-B")))},
	}
	for _, op := range operations {
		for _, at := range concurrencies {
			w, cpu := call(op, at, "wrapper", "sec/op"), call(op, at, "wrapper", "cpu-sec/op")
			doc.Calls = append(doc.Calls, callRow{
				op, w.at, duration(r.of(w.with("hand"))), times(r.ratio(w, "hand")), times(r.ratio(w.with("raw"), "hand")),
				times(r.ratio(w.with("js"), "wrapper")), times(r.ratio(cpu, "hand")), times(r.ratio(cpu.with("js"), "wrapper")),
			})
		}
		n, size := call(op, 1, "wrapper", "allocs/op"), call(op, 1, "wrapper", "B/op")
		doc.Allocations = append(doc.Allocations, countRow{
			op, count(r.of(n.with("hand"))), count(r.of(n.with("raw"))), count(r.of(n)),
			count(r.of(size.with("hand"))), count(r.of(size.with("raw"))), count(r.of(size)),
		})
	}
	for _, op := range []string{"ListOrders", "Authenticate"} {
		for _, toolchain := range p.toolchains {
			w, n := decode(toolchain, op, "sec/op"), decode(toolchain, op, "allocs/op")
			doc.Decodes = append(doc.Decodes, decodeRow{
				op, toolchain, duration(r.of(w.with("unmarshal"))), duration(r.of(w.with("hand"))), duration(r.of(w)),
				times(r.ratio(w, "unmarshal")), times(r.ratio(w, "hand")), count(r.of(n.with("unmarshal"))), count(r.of(n)),
			})
		}
	}
	for by, text := range map[string]*string{"plain": &doc.Plain, "retrieve": &doc.Retrieve} {
		*text = fmt.Sprintf("%.1f s to build, %s", once("Import", by, "build-sec"), megabytes(once("Import", by, "binary-B")))
	}
	return doc
}

func duration(s summary) string {
	d := time.Duration(s.Center * float64(time.Second))
	if d < time.Millisecond {
		return fmt.Sprintf("%.0f µs", float64(d)/float64(time.Microsecond))
	}
	return fmt.Sprintf("%.2f ms", float64(d)/float64(time.Millisecond))
}

func count(s summary) string { return fmt.Sprintf("%.0f", s.Center) }

func megabytes(b float64) string { return fmt.Sprintf("%.1f MB", b/1e6) }
