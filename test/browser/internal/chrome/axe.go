package chrome

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/chromedp/chromedp"
)

// axe returns the source of axe-core, which npm installs beside the suite.
var axe = sync.OnceValues(func() (string, error) {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return "", fmt.Errorf("the folder of the suite is not known")
	}
	path := filepath.Join(filepath.Dir(file), "..", "..", "node_modules", "axe-core", "axe.min.js")
	source, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("%w: run npm ci in test/browser", err)
	}
	return string(source), nil
})

// Violations returns what keeps people from using the page, one line each: the rule that is broken, and where. The
// rules are those of WCAG 2.2 at level AA, and axe's own best practices.
func (tab *Tab) Violations() []string {
	tab.t.Helper()
	source, err := axe()
	if err != nil {
		tab.t.Fatal(err)
	}
	if _, err := evaluate[bool](tab, `globalThis.axe !== undefined || (() => { `+source+`; return true })()`); err != nil {
		tab.t.Fatalf("axe: %v", err)
	}
	violations, err := evaluate[[]string](tab, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(
		result => result.violations.flatMap(v => v.nodes.map(n => v.id + ": " + v.help + ": " + n.target.join(" ") + ": " + n.failureSummary)))`,
		chromedp.EvalAwaitPromise)
	if err != nil {
		tab.t.Fatalf("axe: %v", err)
	}
	return violations
}

// Overflow returns how much wider the page is than the screen.
func (tab *Tab) Overflow() float64 {
	tab.t.Helper()
	return await(tab, "the width", `document.documentElement.scrollWidth - document.documentElement.clientWidth`, func(float64) bool { return true })
}
