package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"
)

var (
	operations    = []string{"Retrieve", "ListOrders", "Authenticate", "Create"}
	concurrencies = []int{1, 64}
)

// figure names a measured quantity.
type figure struct {
	toolchain string
	bench     string // such as Call
	op        string
	at        string
	by        string
	unit      string // such as sec/op
}

// results are the figures of each turn: several, where a process took several turns.
type results map[figure]map[string][]float64

// read parses raw results.
func read(file string) (results, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return parse(f, file)
}

func parse(in io.Reader, name string) (results, error) {
	r := results{}
	for lines := benchfmt.NewReader(in, name); lines.Scan(); {
		switch line := lines.Result().(type) {
		case *benchfmt.SyntaxError:
			return nil, line
		case *benchfmt.Result:
			base, parts := line.Name.Parts()
			w := figure{toolchain: line.GetConfig("toolchain"), bench: string(base)}
			for _, part := range parts {
				switch key, value, _ := strings.Cut(string(part), "="); key {
				case "/op":
					w.op = value
				case "/at":
					w.at = value
				case "/by":
					w.by = value
				}
			}
			for _, v := range line.Values {
				w.unit = v.Unit
				if r[w] == nil {
					r[w] = map[string][]float64{}
				}
				turn := line.GetConfig("turn")
				r[w][turn] = append(r[w][turn], v.Value)
			}
		}
	}
	return r, nil
}

// with returns the same figure of another client.
func (f figure) with(by string) figure {
	f.by = by
	return f
}

// of returns the figure itself.
func (r results) of(f figure) summary {
	var values []float64
	for _, turn := range r[f] {
		values = append(values, turn...)
	}
	return summarize(values)
}

// summary is a median and the interval that holds it with 95 % confidence, as benchstat computes them.
type summary = benchmath.Summary

func summarize(values []float64) summary {
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), 0.95)
}

// ratio is a figure by that of another client, each turn beside its neighbour.
func (r results) ratio(f figure, base string) summary {
	var ratios []float64
	for turn, values := range r[f] {
		others := r[f.with(base)][turn]
		if len(values) != len(others) {
			values, others = []float64{mean(values)}, []float64{mean(others)}
		}
		for i, v := range values {
			ratios = append(ratios, v/others[i])
		}
	}
	return summarize(ratios)
}

func mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// times writes a ratio with its interval.
func times(s summary) string {
	if math.IsInf(s.Hi, 0) { // too few turns for an interval
		return fmt.Sprintf("%.2f", s.Center)
	}
	return fmt.Sprintf("%.2f (%.2f–%.2f)", s.Center, s.Lo, s.Hi)
}
