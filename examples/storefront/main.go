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
	"crypto/rand"
	"encoding/hex"
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

// budget is the time that a call of the backend may take, and a page for all its calls half as much again. A person
// before a backend that hangs waits no longer.
const budget = 4 * time.Second

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
	key := flags.String("publishable-key", "", "the storefront's publishable API `key`, which selects the sales channel of carts")
	public := flags.String("url", "", "the site's `URL` in the browser; with https, cookies are Secure (default: http:// and -addr)")
	sessions := flags.String("sessions", "relay", "where logins are: relay (in the browser), memory or redis")
	redisURL := flags.String("redis", "redis://localhost:6379/0", "`URL` of the Redis for -sessions redis; "+
		"STOREFRONT_KEY has 64 hex digits that encrypt what is there")
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
		host, _, _ := net.SplitHostPort(*addr)
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		*public = "http://" + net.JoinHostPort(host, port)
	}
	cfg := config{
		backend:  *backend,
		public:   strings.TrimSuffix(*public, "/"),
		budget:   budget,
		shopKey:  *key,
		sessions: *sessions,
		redis:    *redisURL,
		log:      slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level})),
	}
	if cfg.key, err = loginsKey(os.Getenv("STOREFRONT_KEY")); err != nil {
		return err
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

// loginsKey reads the key from its hexadecimal digits. Without any it makes one, with which logins end with this
// process.
func loginsKey(digits string) ([]byte, error) {
	if digits == "" {
		key := make([]byte, 32)
		_, _ = rand.Read(key) // never fails
		return key, nil
	}
	key, err := hex.DecodeString(digits)
	if err != nil || len(key) != 32 {
		return nil, errors.New("STOREFRONT_KEY: it has to be 64 hexadecimal digits")
	}
	return key, nil
}

// serve serves until ctx ends. Requests that are on their way then have as long as a page may take.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      10*time.Second + 3*budget/2,
		IdleTimeout:       time.Minute,
	}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*budget/2)
	defer cancel()
	if server.Shutdown(grace) != nil {
		return server.Close()
	}
	return nil
}
