// Package browser drives the storefront example in Chromium, on the backend in memory and, if BACKEND_JSON describes one,
// on the real one.
package browser

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/test/browser/internal/chrome"
	"github.com/medusa-storefront/customers-go/test/browser/internal/process"
)

var (
	// chromium is the browser of all tests. Each has profiles of its own.
	chromium *chrome.Browser
	// storefront is the example's program.
	storefront string
	// redis is the URL of a server that all tests share.
	redis string
)

// atOnce is how many tests run at once. They wait for each other's processes more than they compute.
const atOnce = "3"

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
	if err := flag.Set("test.parallel", atOnce); err != nil { // -parallel still overrides it
		fmt.Fprintln(os.Stderr, "browser:", err)
		return 1
	}
	return m.Run()
}

// prepare builds the storefront, and starts what the tests share. The function that it returns stops that.
func prepare() (stop func(), err error) {
	var stops []func()
	stop = func() {
		for _, s := range slices.Backward(stops) {
			s()
		}
	}
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		return stop, err
	}
	stops = append(stops, func() { _ = os.RemoveAll(dir) })

	storefront = filepath.Join(dir, "storefront")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", storefront, ".")
	build.Dir = filepath.Join("..", "..", "examples", "storefront")
	if out, err := build.CombinedOutput(); err != nil {
		return stop, fmt.Errorf("build the storefront: %w\n%s", err, out)
	}

	// The key of the logins in Redis, which outlive a storefront.
	if err := os.Setenv("STOREFRONT_KEY", strings.Repeat("0123456789abcdef", 4)); err != nil {
		return stop, err
	}
	server, err := process.Redis(dir)
	if err != nil {
		return stop, err
	}
	stops = append(stops, func() { _ = server.Stop() })
	redis = "redis://" + server.Addr + "/0"

	chromium, err = chrome.Start("shop.lan")
	if err != nil {
		return stop, fmt.Errorf("chromium: %w", err)
	}
	stops = append(stops, chromium.Close)
	return stop, nil
}
