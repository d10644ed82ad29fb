package main

import (
	"fmt"
	"math"
	"strings"
)

// plot draws the time of each call relative to by hand, on a logarithmic axis: a dot for the median, a line for the
// interval.
func plot(p *plan, r results) string {
	const (
		left, width, top, row = 130, 640, 50, 34
		least, most           = 0.5, 32.0
	)
	rows := len(operations) * len(concurrencies)
	bottom := top + rows*row
	x := func(ratio float64) float64 {
		ratio = min(max(ratio, least), most)
		return left + width*math.Log(ratio/least)/math.Log(most/least)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", left+width+30, bottom+50)
	fmt.Fprintln(&b, `<rect width="100%" height="100%" fill="white"/>`)
	for _, tick := range []float64{0.5, 1, 2, 4, 8, 16, 32} {
		color := "#ddd"
		if tick == 1 {
			color = "#555" // by hand
		}
		fmt.Fprintf(&b, `<line x1="%.1f" y1="%d" x2="%.1f" y2="%d" stroke="%s"/>`, x(tick), top-10, x(tick), bottom, color)
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%g</text>`+"\n", x(tick), bottom+16, tick)
	}
	fmt.Fprintf(&b, `<text x="%d" y="%d" text-anchor="middle">time of a call, by hand = 1</text>`+"\n", left+width/2, bottom+36)
	clients := []struct{ by, label, color string }{{"wrapper", "customers", "#0b7"}, {"raw", "raw client", "#06c"}, {"js", "JS client", "#c40"}}
	for i, c := range clients {
		fmt.Fprintf(&b, `<circle cx="%d" cy="20" r="4" fill="%s"/><text x="%d" y="24">%s</text>`+"\n", left+i*120, c.color, left+8+i*120, c.label)
	}
	y := float64(top)
	for _, op := range operations {
		for _, at := range concurrencies {
			name := op
			if at > 1 {
				name = fmt.Sprintf("%d at once", at)
			}
			fmt.Fprintf(&b, `<text x="%d" y="%.1f" text-anchor="end">%s</text>`+"\n", left-10, y+12, name)
			for i, c := range clients {
				s := r.ratio(figure{toolchain: p.toolchains[0], bench: "Call", op: op, at: fmt.Sprint(at), by: c.by, unit: "sec/op"}, "hand")
				cy := y + float64(i)*9
				fmt.Fprintf(&b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="2"/>`, x(s.Lo), cy, x(s.Hi), cy, c.color)
				fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>`+"\n", x(s.Center), cy, c.color)
			}
			y += row
		}
	}
	b.WriteString("</svg>\n")
	return b.String()
}
