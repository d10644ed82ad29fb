// Package bench measures package customers beside net/http by hand, the raw generated client and the JS client, and
// checks those of its costs that do not depend on the machine against bounds. See docs/performance.md.
package bench
