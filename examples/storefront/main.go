// Command storefront is the account pages of a web shop: register, log in, profile, addresses, orders, a forgotten
// password and the cart. It is a server between browsers and a Medusa backend, with plain HTML and no script.
//
//	go run .                                # a backend in memory with customers and orders
//	go run . -backend http://localhost:9000 # yours
//
// README.md explains the files and the flags.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// A call of the backend has callBudget, and a page pageBudget for all its calls, so that a backend that hangs costs a
// person seconds.
const (
	callBudget = 4 * time.Second
	pageBudget = 6 * time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "storefront:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var level slog.Level
	flags := flag.NewFlagSet("storefront", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "localhost:8080", "`host:port` to listen on")
	backend := flags.String("backend", "", "`URL` of a Medusa backend (default: one in memory)")
	public := flags.String("url", "", "the site's `URL` in the browser; with https, cookies are Secure (default: http:// and -addr)")
	sessions := flags.String("sessions", "relay", "where logins are: relay (in the browser), memory or redis")
	flags.TextVar(&level, "log", slog.LevelInfo, "the lowest `level` to log: DEBUG shows each request to the backend")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q: there are only flags", flags.Arg(0))
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err != nil {
		return fmt.Errorf("-addr: %w; another one is chosen by -addr localhost:0", err)
	}
	defer func() { _ = listener.Close() }()
	if *public == "" {
		host, _, _ := net.SplitHostPort(*addr) //nolint:errcheck // Listen has read it
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		*public = "http://" + net.JoinHostPort(host, port)
	}
	cfg := config{
		backend:  *backend,
		public:   strings.TrimSuffix(*public, "/"),
		sessions: *sessions,
		log:      slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})),
	}
	var logins string
	if cfg.backend == "" {
		shop := newDemo(stdout, cfg.public)
		server := httptest.NewServer(shop)
		defer server.Close()
		cfg.backend, cfg.mail, logins = server.URL, shop.mail, demoLogins
	}
	handler, err := newSite(cfg)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "The storefront is at %s\n%s", cfg.public, logins)
	return serve(ctx, listener, handler)
}

// serve serves until ctx ends. Requests that are on their way then have as long as a page may take.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10*time.Second + pageBudget,
		IdleTimeout:       time.Minute,
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageBudget)
	defer cancel()
	if server.Shutdown(grace) != nil {
		return server.Close()
	}
	return nil
}
