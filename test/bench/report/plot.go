package main

import (
	"fmt"
	"math"
	"strings"
)

// The clients of the plot: a mark, and its color on a light and on a dark page.
var plotted = []struct{ by, base, label, mark, light, dark string }{
	{"customers", "hand", "customers", `<circle r="5"/>`, "#047857", "#34d399"},
	{"raw", "hand", "raw client", `<rect x="-4" y="-4" width="8" height="8"/>`, "#1d4ed8", "#93c5fd"},
	{"js", "hand", "JS client", `<path d="M0-6 6 0 0 6-6 0z"/>`, "#c2410c", "#fdba74"},
	{"github", "github-hand", "go-github", `<path d="M0-5 6 5H-6z"/>`, "#52525b", "#d4d4d8"},
	{"hcloud", "hcloud-hand", "hcloud-go", `<path d="M0 5 6-5H-6z"/>`, "#a21caf", "#f0abfc"},
}

// plot draws the time of each call relative to by hand, on a logarithmic axis: a mark for the median, a line for the
// interval. It is that of the first toolchain.
func plot(m *measured, r results) string {
	const (
		left, width, top, line = 180, 620, 62, 12
		least, most            = 0.125, 8.0
	)
	x := func(ratio float64) float64 {
		return left + width*math.Log(min(max(ratio, least), most)/least)/math.Log(most/least)
	}
	var rows, marks strings.Builder
	y := top
	for _, f := range calls(m) {
		if f.toolchain != m.toolchains[0] {
			continue
		}
		name := f.op
		if f.at != "1" {
			name += ", " + f.at + " at once"
		}
		began := y
		for _, c := range plotted {
			s, ok := r.compared(f.with(c.by), f.with(c.base), func(v, base float64) float64 { return v / base })
			if !ok {
				continue
			}
			y += line
			lo, hi := s.Lo, s.Hi
			if math.IsInf(hi, 0) {
				lo, hi = s.Center, s.Center
			}
			fmt.Fprintf(&marks, `<g class="%s"><path class="interval" d="M%.1f %dH%.1f"/><g transform="translate(%.1f %d)">%s</g></g>`+"\n",
				c.by, x(lo), y, x(hi), x(s.Center), y, c.mark)
		}
		y += line + 6
		fmt.Fprintf(&rows, `<text x="%d" y="%d" text-anchor="end">%s</text><path class="grid" d="M%d %dH%d"/>`+"\n",
			left-14, (began+y-6+line)/2-1, name, left, y, left+width)
	}

	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13">`+"\n<style>\n", left+width+30, y+56)
	fmt.Fprintln(&b, `.page{fill:#fff}text{fill:#1f2328}.grid{stroke:#d8dee4}.hand{stroke:#1f2328;stroke-width:1.5}.interval{stroke-width:2.5}`)
	for _, c := range plotted {
		fmt.Fprintf(&b, ".%s{fill:%s;stroke:%s}\n", c.by, c.light, c.light)
	}
	fmt.Fprintln(&b, "@media (prefers-color-scheme:dark){\n.page{fill:#0d1117}text{fill:#e6edf3}.grid{stroke:#30363d}.hand{stroke:#e6edf3}")
	for _, c := range plotted {
		fmt.Fprintf(&b, ".%s{fill:%s;stroke:%s}\n", c.by, c.dark, c.dark)
	}
	fmt.Fprintln(&b, "}\n</style>\n"+`<rect class="page" width="100%" height="100%"/>`)
	for tick := least; tick <= most; tick *= 2 {
		class := "grid"
		if tick == 1 {
			class = "hand"
		}
		fmt.Fprintf(&b, `<path class="%s" d="M%.1f %dV%d"/><text x="%.1f" y="%d" text-anchor="middle">%g</text>`+"\n", class, x(tick), top-8, y, x(tick), y+20, tick)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">time of a call, by hand = 1 (%s)</text>`+"\n", left+width/2, y+44, m.toolchains[0])
	for i, c := range plotted {
		fmt.Fprintf(&b, `<g class="%s" transform="translate(%d 26)">%s</g><text x="%d" y="30">%s</text>`+"\n", c.by, left+8+i*122, c.mark, left+20+i*122, c.label)
	}
	return b.String() + rows.String() + marks.String() + "</svg>\n"
}
