// Package number parses JSON numbers exactly, within bounds.
package number

import (
	"encoding/json"
	"math/big"
	"strings"
)

const (
	longest         = 400 // characters; the largest float64 in full has 309 digits
	longestExponent = 4   // with its sign
)

// Parse returns the value of n. It is not ok if n is larger, smaller or longer than any number that an API sends:
// 1e999999 has three million bits, and a hostile response may contain millions of such numbers.
func Parse(n json.Number) (value *big.Rat, ok bool) {
	text := n.String()
	if len(text) > longest {
		return nil, false
	}
	if _, exponent, _ := strings.Cut(strings.ToLower(text), "e"); len(exponent) > longestExponent {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}
