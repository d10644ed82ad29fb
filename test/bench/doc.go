// Package bench measures package customers beside net/http by hand, the raw generated client and the JS client, and
// holds its costs that do not depend on the machine to bounds. See docs/performance.md.
package bench
