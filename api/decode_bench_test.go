package api

import (
	"encoding/json"
	"slices"
	"testing"
)

// BenchmarkDecode decodes a page of 50 orders.
func BenchmarkDecode(b *testing.B) {
	body := pageOf(slices.Repeat([]string{sample(b, "order")}, 50)...)
	for name, decode := range map[string]func() error{
		"generated": func() error { _, err := DecodeOrderPage(b.Context(), body, DecodeOptions{}); return err },
		"json":      func() error { return json.Unmarshal(body, new(OrderPage)) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if err := decode(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
