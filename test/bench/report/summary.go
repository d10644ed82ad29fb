package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// printSummary writes the ratios for a terminal.
func printSummary(out io.Writer, m *measured, r results) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "call\tat once\tGo\ttime: by hand\traw\tcustomers\tJS\tgo-github\thcloud-go\tcustomers ÷ JS\tCPU: customers ÷ by hand\t÷ JS")
	for _, f := range calls(m) {
		own := f.with("customers")
		cpu := own.in("cpu-sec/op")
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", f.op, f.at, f.toolchain, duration(r.of(f)),
			r.ratio(f.with("raw"), f), r.ratio(own, f), r.ratio(f.with("js"), f),
			r.ratio(f.with("github"), f.with("github-hand")), r.ratio(f.with("hcloud"), f.with("hcloud-hand")),
			r.ratio(own, f.with("js")), r.ratio(cpu, cpu.with("hand")), r.ratio(cpu, cpu.with("js")))
	}
	return w.Flush()
}
