// Package browser drives the storefront example in Chromium, on the backend in memory and, if BACKEND_JSON describes one,
// on the real one.
package browser

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/medusa-storefront/customers-go/test/browser/internal/chrome"
	"github.com/medusa-storefront/customers-go/test/browser/internal/process"
)

var (
	// chromium is the browser of all tests. Each has profiles of its own.
	chromium *chrome.Browser
	// storefront is the example's program.
	storefront string
	// redis is the address of a server that all tests share.
	redis string
)

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	stop, err := prepare()
	defer stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "browser:", err)
		return 1
	}
	return m.Run()
}

// prepare builds the storefront, and starts what the tests share. The function that it returns stops that.
func prepare() (stop func(), err error) {
	var stops []func()
	stop = func() {
		for i := len(stops) - 1; i >= 0; i-- {
			stops[i]()
		}
	}
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		return stop, err
	}
	stops = append(stops, func() { _ = os.RemoveAll(dir) })

	storefront = filepath.Join(dir, "storefront")
	build := exec.Command("go", "build", "-o", storefront, ".")
	build.Dir = filepath.Join("..", "..", "examples", "storefront")
	if out, err := build.CombinedOutput(); err != nil {
		return stop, fmt.Errorf("build the storefront: %w\n%s", err, out)
	}

	server, err := process.Redis(dir)
	if err != nil {
		return stop, err
	}
	stops = append(stops, func() { _ = server.Stop() })
	redis = server.Addr

	chromium, err = chrome.Start("shop.lan")
	if err != nil {
		return stop, fmt.Errorf("chromium: %w", err)
	}
	stops = append(stops, chromium.Close)
	return stop, nil
}
