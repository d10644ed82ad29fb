package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// printSummary writes the ratios for a terminal.
func printSummary(out io.Writer, m *measured, r results) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, unit := range []struct{ title, name string }{{"time", "sec/op"}, {"CPU time", "cpu-sec/op"}} {
		fmt.Fprintf(w, "%s\tat once\tGo\tby hand\traw\tcustomers\tJS\tgo-github\thcloud-go\tcustomers ÷ JS\n", unit.title)
		for _, f := range calls(m) {
			c := row(r, f.in(unit.name))
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Op, c.At, c.Go, c.Hand, c.Raw, c.Customers, c.JS, c.GitHub, c.HCloud, c.ByJS)
		}
	}
	return w.Flush()
}
