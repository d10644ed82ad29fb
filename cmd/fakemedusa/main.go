// Command serve is the in-memory backend of package customerstest on a port, for front-end work: a storefront that talks
// to a Medusa v1 backend can talk to it instead, as far as customers, their addresses, orders, payment methods, logins and
// passwords go.
//
//	go run ./cmd/fakemedusa -addr :9000 -seed file.json
//
// It prints its URL and who can log in. A password token, which a shop would mail, is printed on stderr. Everything is
// forgotten when it stops, at Ctrl-C.
//
// -addr is where to listen; without a host it is the loopback interface alone, so -addr 0.0.0.0:9000 is needed to be
// reached from elsewhere. -cors lists the origins of browsers that may call it, as STORE_CORS does.
//
// -seed names a file with the customers to begin with; without it, those of sample.json come, which shows all there is:
//
//	{"customers": [{
//		"email": "ada@example.com", "password": "supersecret", "first_name": "Ada", "last_name": "Lovelace", "phone": "+45",
//		"guest": false, "metadata": {},
//		"addresses": [{"address_1": "…", "city": "…", "postal_code": "…", "country_code": "dk"}], "billing_address": {…},
//		"orders": [{"created_at": "2024-05-01T10:00:00Z", "lines": [{"title": "Mug", "unit_price": 500, "quantity": 2}]}],
//		"payment_methods": [{"provider_id": "stripe", "data": {…}}]
//	}]}
//
// All of it may be left out. An order is described as by [customerstest.Order].
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
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(2)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:9000", "`host:port` to listen on; no host is the loopback interface")
	path := flags.String("seed", "", "a `file` with the customers to begin with (default: a sample)")
	cors := flags.String("cors", "http://localhost:8000", "`origins` of browsers that may call, separated by commas")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q: there are only flags", flags.Arg(0))
	}
	text := sample
	if *path != "" {
		file, err := os.ReadFile(*path)
		if err != nil {
			return err
		}
		text = file
	}
	backend := customerstest.New(customerstest.WithStoreCORS(strings.Split(*cors, ",")...))
	logins, err := seed(backend, text)
	if err != nil {
		return fmt.Errorf("%s: %w", seedName(*path), err)
	}

	host, port, err := net.SplitHostPort(*addr)
	if err != nil {
		return fmt.Errorf("-addr: %w; it has to be like 127.0.0.1:9000 or :9000", err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	fmt.Fprintf(stdout, "Serving http://%s\n", listener.Addr())
	for _, l := range logins {
		fmt.Fprintf(stdout, "  %s  %s  (%d orders)\n", l.email, l.password, l.orders)
	}
	return serve(ctx, listener, &mailbox{backend: backend, to: stderr})
}

func seedName(path string) string {
	if path == "" {
		return "the sample"
	}
	return path
}

// serve answers until ctx ends; what is being answered then has two seconds.
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
	if err := server.Shutdown(grace); err != nil {
		return server.Close()
	}
	return nil
}
