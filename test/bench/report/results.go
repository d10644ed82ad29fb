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

// figure names a measured quantity.
type figure struct {
	toolchain string // "" for the JS client
	op        string
	at        string
	by        string
	unit      string // such as sec/op
}

// results are the values of figures by turn.
type results map[figure]map[string]float64

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
			f := figure{toolchain: line.GetConfig("toolchain")}
			_, parts := line.Name.Parts()
			for _, part := range parts {
				switch key, value, _ := strings.Cut(string(part), "="); key {
				case "/op":
					f.op = value
				case "/at":
					f.at = value
				case "/by":
					f.by = value
				}
			}
			for _, v := range line.Values {
				f.unit = v.Unit
				if r[f] == nil {
					r[f] = map[string]float64{}
				}
				r[f][line.GetConfig("turn")] = v.Value
			}
		}
	}
	return r, nil
}

// with returns the same figure of another client.
func (f figure) with(by string) figure {
	f.by = by
	if by == "js" {
		f.toolchain = ""
	}
	return f
}

// in returns the same figure in another unit.
func (f figure) in(unit string) figure {
	f.unit = unit
	return f
}

// summary is a median and the interval that has it with 95 % confidence, as benchstat computes them.
type summary = benchmath.Summary

func summarize(values []float64) summary {
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(values, &benchmath.DefaultThresholds), 0.95)
}

// of returns the figure itself.
func (r results) of(f figure) summary {
	var values []float64
	for _, v := range r[f] {
		values = append(values, v)
	}
	return summarize(values)
}

// compared returns how a figure compares with another one, both in the same turn.
func (r results) compared(f, base figure, how func(v, base float64) float64) (summary, bool) {
	var values []float64
	for turn, v := range r[f] {
		if other, ok := r[base][turn]; ok {
			values = append(values, how(v, other))
		}
	}
	if len(values) == 0 {
		return summary{}, false
	}
	return summarize(values), true
}

// ratio writes a figure divided by another one, or a dash if one of them was not measured.
func (r results) ratio(f, base figure) string {
	s, ok := r.compared(f, base, func(v, base float64) float64 { return v / base })
	if !ok {
		return "–"
	}
	return interval(s, "%.2f", 1)
}

// interval writes a median with its interval, in another unit.
func interval(s summary, format string, unit float64) string {
	center := fmt.Sprintf(format, s.Center/unit)
	if math.IsInf(s.Hi, 0) { // too few turns for an interval
		return center
	}
	return fmt.Sprintf("%s ("+format+"–"+format+")", center, s.Lo/unit, s.Hi/unit)
}
