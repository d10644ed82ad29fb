// Command report has the clients make the same calls in turns, so that other load of the machine hits all of them, and
// writes docs/performance.md and its plot from the results. `make bench` runs it.
//
// The raw results are in the format of Go's benchmarks, for benchstat.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"os/signal"
	"strings"
)

// plan describes a run.
type plan struct {
	root       string   // of the repository
	backend    bool     // record responses of the real backend, otherwise replay sample ones
	toolchains []string // GOTOOLCHAIN
	rounds     int      // turns of every client at every call
	raw        string   // file for the raw results
	document   bool     // write the document
}

func main() {
	var p plan
	flag.StringVar(&p.root, "root", "../..", "the repository")
	flag.BoolVar(&p.backend, "backend", false, "replay responses of the real backend, rather than one order many times")
	toolchains := flag.String("toolchains", "local", "GOTOOLCHAINs to build the Go clients with, separated by commas")
	flag.IntVar(&p.rounds, "rounds", 20, "turns of every client at every call")
	flag.StringVar(&p.raw, "raw", "results.out", "file for the raw results")
	flag.BoolVar(&p.document, "document", false, "write docs/performance.md")
	flag.Parse()
	p.toolchains = strings.Split(*toolchains, ",")

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, &p)
	stop()
	if err != nil {
		log.Fatal("report: ", err)
	}
}

func run(ctx context.Context, p *plan) error {
	m, err := measure(ctx, p)
	if err != nil {
		return err
	}
	r, err := read(p.raw)
	if err != nil {
		return err
	}
	if p.document {
		if err := writeDocument(p, m, r); err != nil {
			return err
		}
	}
	return printSummary(os.Stdout, m, r)
}
