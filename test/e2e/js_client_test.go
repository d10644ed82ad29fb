package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// TestJSClientGoesTheSameWayOnBothBackends runs the same journey of the unchanged JS client on the real backend and on the one
// that cmd/fakemedusa serves. It has to print the same lines.
func TestJSClientGoesTheSameWayOnBothBackends(t *testing.T) {
	t.Parallel()
	with, payer := seeded(t, "login"), seeded(t, "payments")
	email := uniqueEmail(t)
	origin := "http://localhost:8000"
	served := serve(t, origin, seedFile(t, with.Email, payer.Email, with.Password))

	journeyOn := func(url string, mailed func(context.Context) (string, error)) []string {
		return jsJourney(t, mailed, url, origin, email, with.Email, payer.Email, with.Password)
	}
	onReal := journeyOn(shared.URL, func(ctx context.Context) (string, error) {
		tokens, err := shared.AwaitPasswordTokens(ctx, email, 0)
		if err != nil || len(tokens) == 0 {
			return "", err
		}
		return tokens[len(tokens)-1].Token, nil
	})
	inMemory := journeyOn(served.url, func(context.Context) (string, error) { return served.token(email) })
	if len(onReal) < 60 || len(onReal) != len(inMemory) {
		t.Errorf("%d lines from the real backend, %d from the one in memory", len(onReal), len(inMemory))
	}
	// The real one has no origins set, so only the other shows that a script in a browser can read the responses.
	last := len(inMemory) - 1
	if want := "CORS: " + origin + " true"; inMemory[last] != want {
		t.Errorf("in memory: %s, want %s", inMemory[last], want)
	}
	for i := range min(len(onReal), last) {
		if onReal[i] != inMemory[i] {
			t.Errorf("real:      %s\nin memory: %s", onReal[i], inMemory[i])
		}
	}
	t.Logf("%d lines are the same", len(onReal))
}

// jsJourney runs testdata/journey.cjs and returns what it printed.
func jsJourney(t *testing.T, mailed func(context.Context) (string, error), args ...string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	modules, err := filepath.Abs(filepath.Join("backend", "node_modules"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, "node", append([]string{filepath.Join("testdata", "journey.cjs")}, args...)...)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	cmd.Stderr = t.Output()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	printed := bufio.NewScanner(stdout)
	printed.Buffer(nil, 1<<20)
	for printed.Scan() {
		lines = append(lines, printed.Text())
		if printed.Text() != "TOKEN?" {
			continue
		}
		token, err := mailed(ctx)
		if err != nil {
			t.Error("the mailed token:", err)
		}
		if _, err := io.WriteString(stdin, token+"\n"); err != nil {
			t.Error(err)
		}
	}
	if err := cmd.Wait(); err != nil || printed.Err() != nil {
		t.Fatalf("%v %v after\n%s", err, printed.Err(), strings.Join(lines, "\n"))
	}
	return lines
}

// seedFile describes two customers of the real backend for the one in memory, one with orders and one with payment methods.
func seedFile(t *testing.T, orders, payments, password string) string {
	t.Helper()
	type customer struct {
		Email          string                    `json:"email"`
		Password       string                    `json:"password"`
		FirstName      *string                   `json:"first_name"`
		LastName       *string                   `json:"last_name"`
		Orders         []customerstest.Order     `json:"orders"`
		PaymentMethods []customers.PaymentMethod `json:"payment_methods"`
	}
	var file struct {
		Customers []customer `json:"customers"`
	}
	for _, email := range []string{orders, payments} {
		c := newClient(t)
		me, err := c.Auth.Authenticate(t.Context(), email, password)
		if err != nil {
			t.Fatal(err)
		}
		who := customer{Email: email, Password: password, FirstName: me.FirstName, LastName: me.LastName}
		for o, err := range c.Orders(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			spec, why := describe(o)
			if why != "" {
				t.Fatalf("the seed's order #%d can't be described any more: %s", o.DisplayID, why)
			}
			spec.CreatedAt, spec.DisplayID = o.CreatedAt, o.DisplayID
			for i, item := range o.Items {
				spec.Lines[i].Description = *item.Description
			}
			who.Orders = append(who.Orders, spec)
		}
		if who.PaymentMethods, err = c.PaymentMethods.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		file.Customers = append(file.Customers, who)
	}
	text, err := json.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "seed.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// served is a running cmd/fakemedusa.
type served struct {
	url    string
	stderr *bufio.Reader
}

// serve builds the command and runs it until t ends.
func serve(t *testing.T, origin, seed string) *served {
	t.Helper()
	program := filepath.Join(t.TempDir(), "serve")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./cmd/fakemedusa")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), program, "-addr", ":0", "-seed", seed, "-cors", origin)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Error("Ctrl-C did not end it cleanly:", err)
		}
	})
	line, err := bufio.NewReader(stdout).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "Serving ")
	if err != nil || !ok {
		t.Fatalf("%q %v", line, err)
	}
	return &served{url, bufio.NewReader(stderr)}
}

// token returns the next password token that the command prints.
func (s *served) token(email string) (string, error) {
	line, err := s.stderr.ReadString('\n')
	token, _ := strings.CutPrefix(strings.TrimSpace(line), "Password token for "+email+": ")
	return token, err
}

// TestJSClientInNodeIsNotLoggedInAfterCreate checks what the README says about the JS client in Node.
func TestJSClientInNodeIsNotLoggedInAfterCreate(t *testing.T) {
	t.Parallel()
	const script = `
		const [url, email] = process.argv.slice(-2);
		const Medusa = require("@medusajs/medusa-js").default;
		const medusa = new Medusa({ baseUrl: url, maxRetries: 0 });
		const status = (promise) => promise.then(({ response }) => response.status, (error) => error.response?.status ?? error.message);
		(async () => {
			const created = await status(medusa.customers.create({ first_name: "A", last_name: "B", email, password: "a password" }));
			console.log(created, await status(medusa.customers.retrieve()));
		})();`
	email := uniqueEmail(t)
	cmd := exec.CommandContext(t.Context(), "node", "-e", script, shared.URL, email)
	cmd.Dir = "backend"
	out, err := cmd.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "200 401" {
		t.Fatalf("create and retrieve: %s, %v; want 200 401", out, err)
	}
	// The wrapper makes the same two calls.
	c := newClient(t)
	if _, err := c.Auth.Authenticate(t.Context(), email, "a password"); err != nil {
		t.Fatal(err)
	}
	if me, err := c.Retrieve(t.Context()); err != nil || me.Email != email {
		t.Error(me, err)
	}
}
