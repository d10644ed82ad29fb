// Command fakemedusa serves the in-memory backend of package customerstest on a port, for front-end work. A storefront
// for a Medusa v1 backend can use it instead, for customers, their addresses, orders and payment methods, logins and
// passwords.
//
//	go run github.com/medusa-storefront/customers-go/cmd/fakemedusa -addr :9000 -seed seed.json
//
// It prints its URL and the logins. It prints a password token, which a shop would mail, on stderr. SIGINT and SIGTERM
// stop it, and its data is gone then.
//
//	-addr host:port   where to listen; without a host, on the loopback interface only, so 0.0.0.0:9000 is for other machines
//	-cors origins     the origins of browsers that may call it, separated by commas, as STORE_CORS has them
//	-seed file        a file with the customers to begin with; without it, those of sample.json in this folder
//
// A seed file has customers; each property may be left out, and an order is a [customerstest.Order]:
//
//	{"customers": [{
//		"email": "ada@example.com", "password": "supersecret", "first_name": "Ada", "last_name": "Lovelace", "phone": "+45",
//		"guest": false, "metadata": {},
//		"addresses": [{"address_1": "…", "city": "…", "postal_code": "…", "country_code": "dk"}], "billing_address": {…},
//		"orders": [{"created_at": "2024-05-01T10:00:00Z", "lines": [{"title": "Mug", "unit_price": 500, "quantity": 2}]}],
//		"payment_methods": [{"provider_id": "stripe", "data": {…}}]
//	}]}
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "fakemedusa:", err)
		os.Exit(2)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("fakemedusa", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:9000", "`host:port` to listen on; without a host, on the loopback interface only")
	seedPath := flags.String("seed", "", "a `file` with the customers to begin with (default: a sample)")
	cors := flags.String("cors", "http://localhost:8000", "`origins` of browsers that may call it, separated by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q: there are only flags", flags.Arg(0))
	}
	backend := customerstest.New(customerstest.WithStoreCORS(strings.Split(*cors, ",")...))
	logins, err := seedFrom(backend, *seedPath)
	if err != nil {
		return err
	}
	listener, err := listen(ctx, *addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Serving http://%s\n", listener.Addr())
	for _, l := range logins {
		fmt.Fprintf(stdout, "  %s  %s  (%d orders)\n", l.email, l.password, l.orders)
	}
	return serve(ctx, listener, &mailbox{backend: backend, to: stderr})
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("-addr: %w; it has to be like 127.0.0.1:9000 or :9000", err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
}

// serve serves until ctx ends. Requests that are on their way then have two seconds.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() { done <- server.Serve(listener) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if server.Shutdown(grace) != nil {
		return server.Close()
	}
	return nil
}
