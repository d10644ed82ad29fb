package main

import (
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
)

// printSummary writes the ratios for a terminal.
func printSummary(out io.Writer, r results, toolchain string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "call\tat once\ttime, by hand = 1\tthe raw client's\tCPU, by hand = 1\tthe JS client's, wrapper = 1")
	for _, op := range operations {
		for _, at := range concurrencies {
			f := figure{toolchain: toolchain, bench: "Call", op: op, at: strconv.Itoa(at), by: "wrapper", unit: "sec/op"}
			cpu := f
			cpu.unit = "cpu-sec/op"
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t%s\n", op, at, times(r.ratio(f, "hand")), times(r.ratio(f.with("raw"), "hand")),
				times(r.ratio(cpu, "hand")), times(r.ratio(cpu.with("js"), "wrapper")))
		}
	}
	return w.Flush()
}
