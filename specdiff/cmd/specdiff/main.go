// Specdiff compares a contract with the published document and the running backend, and reports which of them is wrong.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// Exit codes.
const (
	agrees = iota
	disagrees
	usage
	unreachable

	interrupted = 130 // as a shell has it
)

const help = `specdiff compares an API's contract, its published document and the running backend.

Does the Go client work with your backend? The contract is part of the program:

  specdiff -backend https://shop.example.com -email customer@example.com

Exit code 0: it works, as far as was seen; 1: something breaks the client; 2: wrong usage or unreadable input; 3: the backend
cannot be reached, is no Medusa v1, or too little was seen of it to say that the client works; 130: interrupted.

Which of the documents is wrong? At least two of contract, published document (or package) and backend (or record):

  specdiff -spec openapi.yaml -package node_modules/@medusajs/medusa -backend http://localhost:9000 -accepted accepted.yaml
  specdiff -spec openapi.yaml -replay run.har.gz -accepted accepted.yaml
  specdiff accept 'Order.email#format' -reason … -evidence … -accepted accepted.yaml -spec openapi.yaml -replay run.har.gz
  specdiff prune -accepted accepted.yaml -spec openapi.yaml -replay run.har.gz

Exit code 0: they agree, or each deviation is accepted or shown to be the published document's; 1: they disagree; 2 and 3
as above.

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

type options struct {
	config  specdiff.Config
	edit    edit
	setup   string
	email   string
	headers []string
	routes  string
	output  output
}

func parse(args []string, stderr io.Writer) (*options, error) {
	o := &options{}
	args = o.edit.command(args)
	f := flag.NewFlagSet("specdiff", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		_, _ = io.WriteString(stderr, help)
		f.PrintDefaults()
	}
	f.StringVar(&o.config.Contract, "spec", "", "the contract, OpenAPI 3.0: a `file or URL` (default for a backend alone: that of customers-go, which is part of the program)")
	f.StringVar(&o.config.Published, "published", "", "the published document: a `file or URL`")
	f.StringVar(&o.config.Package, "package", "", "instead of -published: the `directory` of an installed @medusajs/medusa, to make the document from")
	f.StringVar(&o.config.Backend, "backend", "", "the running backend's `URL`; customers are registered there, which the API cannot delete")
	f.StringVar(&o.email, "email", "", "the `email` of a customer with orders, who is logged in and read, never changed; the password is that of "+passwordVariable+" in the environment, or asked for on a terminal")
	f.Func("route", "a `route` of the shop's own to ask and to propose a contract for: 'GET /store/customers/me/wishlist', or 'GET /store/wishlists/{id=wish_1}' with a value for a parameter; may be repeated", func(text string) error {
		o.config.Ask = append(o.config.Ask, text)
		return nil
	})
	f.BoolVar(&o.config.ReadOnly, "read-only", false, "for a shop with customers of its own: registers no customer and changes nothing, so that less is seen")
	f.StringVar(&o.config.Cookie.Name, "cookie-name", "", "the `name` of the session cookie, if session_options.name is another than connect.sid")
	f.BoolVar(&o.config.Cookie.Secure, "cookie-secure", false, "the session cookie is Secure and SameSite=None, as with NODE_ENV=production")
	f.DurationVar(&o.config.Cookie.TTL, "cookie-lifetime", 0, "the `lifetime` of the session cookie, such as 24h, if session_options.ttl is not ten hours")
	f.Func("header", "a `'Name: value'` to send with each request, for a gateway before the backend; may be repeated, and is shown nowhere", func(text string) error {
		o.headers = append(o.headers, text) // package flag would print one that is refused here
		return nil
	})
	f.StringVar(&o.config.Record, "record", "", "a `file` to write what the backend did to, for -replay, with the secrets redacted; packed if its name ends in .gz")
	f.StringVar(&o.config.Replay, "replay", "", "instead of -backend: a `file` that -record wrote, which has the published document too, or a HAR file of a browser or proxy")
	f.StringVar(&o.setup, "setup", "", "a `file`, or - for standard input, with the JSON of test/e2e/backend/start.mjs --json: customers to log in as (\"customers\": [{\"email\", \"password\"}]), which makes more of the backend visible")
	f.StringVar(&o.config.Accepted, "accepted", "", "the `file` of accepted deviations, accepted.yaml")
	f.BoolVar(&o.config.Fix, "fix", false, "change the file of the contract as the findings ask for, where what was seen leaves no choice; the report is on what is left")
	f.Func("follow", "with -fix: the `id` of a finding that nothing decides and in which the published document is right; a star stands for any text; may be repeated", func(id string) error {
		o.config.Follow = append(o.config.Follow, id)
		return nil
	})
	f.StringVar(&o.config.Version, "backend-version", "", "the backend's `version`, which accepted deviations are for (default that of -package)")
	f.StringVar(&o.routes, "routes", strings.Join(specdiff.DefaultRoutes(), ","), "`paths`, comma-separated: what the published document has below them and the contract lacks is a finding")
	f.Func("floor", "how much of the contract has to be seen on the backend, in `percent`: as \"operation=100,status=80,property=90\", or \"default\" for what the shop of test/e2e/backend shows with its -setup", func(text string) (err error) {
		o.config.Floor, err = floor(text)
		return err
	})
	o.output.flags(f)
	o.edit.flags(f)
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	if err := o.edit.check(o.config.Accepted); err != nil {
		return nil, err
	}
	var err error
	if o.config.Header, err = header(o.headers); err != nil {
		return nil, err
	}
	if o.config.Record != "" {
		if err := folder(o.config.Record); err != nil {
			return nil, fmt.Errorf("-record: %w", err)
		}
	}
	o.config.Routes = strings.FieldsFunc(o.routes, func(r rune) bool { return r == ',' })
	if f.NArg() > 0 {
		return nil, fmt.Errorf("%q is one argument too many; all are flags, see specdiff -h", f.Arg(0))
	}
	return o, o.output.check()
}

func floor(text string) (live.Floor, error) {
	if text == "default" {
		return live.DefaultFloor, nil
	}
	least := live.Floor{}
	for part := range strings.SplitSeq(text, ",") {
		what, percent, _ := strings.Cut(part, "=")
		n, err := strconv.Atoi(strings.TrimSuffix(percent, "%"))
		if err != nil || n < 0 || n > 100 || live.DefaultFloor[conform.SightKind(what)] == 0 {
			return nil, fmt.Errorf("%q is not like status=80; one can ask for %s", part, strings.Join(slices.Sorted(kinds), ", "))
		}
		least[conform.SightKind(what)] = n
	}
	return least, nil
}

func kinds(yield func(string) bool) {
	for what := range live.DefaultFloor {
		if !yield(string(what)) {
			return
		}
	}
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return agrees
	}
	if err == nil {
		err = o.readSetup(stdin)
	}
	if err == nil {
		err = o.login(ctx, stdin, stderr)
	}
	if err != nil {
		return fail(stderr, err)
	}
	began := time.Now().UTC()
	show := newProgress(stderr)
	o.config.Progress = show.step
	r, err := specdiff.Run(ctx, o.config)
	show.done()
	if err != nil {
		return fail(stderr, err)
	}
	if o.edit.name != "" {
		if err := o.edit.run(r, o.config.Accepted, stdout); err != nil {
			return fail(stderr, err)
		}
		return agrees
	}
	r.Began, r.Took, r.Root = began, time.Since(began), os.Getenv("GITHUB_WORKSPACE")
	if err := o.output.write(r, stdout); err != nil {
		return fail(stderr, err)
	}
	return exitCode(r)
}

func exitCode(r *report.Report) int {
	if r.Mine() {
		return map[report.Standing]int{report.Works: agrees, report.Breaks: disagrees, report.Unclear: unreachable}[r.Standing()]
	}
	if !r.Agrees() {
		return disagrees
	}
	return agrees
}

func fail(stderr io.Writer, err error) int {
	_, _ = fmt.Fprintln(stderr, "specdiff:", err)
	if errors.Is(err, live.ErrInterrupted) {
		return interrupted
	}
	if errors.Is(err, live.ErrUnreachable) || errors.Is(err, live.ErrNotMedusa) {
		return unreachable
	}
	return usage
}

func (o *options) readSetup(stdin io.Reader) error {
	switch o.setup {
	case "":
		return nil
	case "-":
	default:
		f, err := os.Open(o.setup)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		stdin = f
	}
	setup, err := specdiff.ReadSetup(stdin)
	if err != nil {
		return err
	}
	o.config.Setup = *setup
	o.config.Backend = cmp.Or(o.config.Backend, setup.URL)
	return nil
}
