// Package fork has the test of what CONTRIBUTING.md says of forks: a copy of this repository gets a column and an operation,
// takes what is new upstream, and is renamed.
package fork

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const here = "../.."

// edit is a change of a file: text that stands there once, and what comes behind it. An old text of "" makes the file.
type edit struct{ file, old, added string }

// ofTheFork are the steps of "Adding a property" and "Adding an operation".
var ofTheFork = []edit{
	{"openapi.yaml", `          description: The customer's id.
`, `        nickname:
          type: string
          nullable: true
          description: What the customer wants to be called.
`},
	{"openapi.yaml", `          description: The email, stored in lower case.
          example: user@example.com
`, `        nickname:
          type: string
          x-go-type-skip-optional-pointer: true
          description: What the customer wants to be called.
`},
	{"openapi.yaml", "\npaths:\n", `  /store/customers/me/wishlist:
    get:
      operationId: RetrieveWishlist
      x-medusa-operation-id: GetCustomersCustomerWishlist
      tags: [Customers]
      summary: Get the logged-in customer's wishlist
      security: [{ cookieAuth: [] }, { bearerAuth: [] }]
      responses:
        '200':
          description: The wishlist
          content:
            application/json:
              schema: { $ref: '#/components/schemas/StoreWishlistRes' }
        '401': { $ref: '#/components/responses/Unauthenticated' }
`},
	{"openapi.yaml", "\n  schemas:\n", `    StoreWishlistRes:
      x-go-name: Wishlist
      type: object
      description: A wishlist.
      required: [product_ids]
      properties:
        product_ids:
          type: array
          items: { type: string }
          description: The ids of the products.
`},
	{"api/operation.go", "\tOperationEmailExists           Operation = \"EmailExists\"\n", "\tOperationRetrieveWishlist Operation = \"RetrieveWishlist\"\n"},
	{"customers/models.go", "\tOperationEmailExists           = api.OperationEmailExists\n", "\tOperationRetrieveWishlist = api.OperationRetrieveWishlist\n"},
	{"customers/models.go", "\tPaymentMethod = api.PaymentMethod\n", "\t// Wishlist is what the customer wishes for.\n\tWishlist = api.Wishlist\n"},
	{"customers/operation.go", "\toperation{OperationEmailExists, \"GET /store/auth/{email}\", open, jsonBody, ErrUnauthenticated, ErrInternal},\n", "\toperation{OperationRetrieveWishlist, \"GET /store/customers/me/wishlist\", secured, jsonBody, ErrUnauthenticated, ErrInternal},\n"},
	{"customers/wishlist.go", "", `package customers

import (
	"context"

	"github.com/medusa-storefront/customers-go/api"
)

// Wishlist returns what the customer wishes for.
func (c *Client) Wishlist(ctx context.Context, opts ...CallOption) (*Wishlist, error) {
	in := newCall(OperationRetrieveWishlist, opts)
	req, err := in.request(api.NewRetrieveWishlistRequest(c.caller.baseURL()))
	if err != nil {
		return nil, err
	}
	return fetch(ctx, &c.caller, &in, req, api.DecodeWishlist, api.DecodeOptions{})
}
`},
	{"customers/customerstest/internal/medusa/wishlist.go", "", `package medusa

import (
	"net/http"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/response"
)

// RetrieveWishlist responds with the same wishlist for every customer.
func (o operations) RetrieveWishlist(_ http.ResponseWriter, r *http.Request) {
	exchangeOf(r).Response = response.JSON(js.Members{{Name: "product_ids", Value: []any{"prod_1"}}})
}
`},
	{"customers/wishlist_test.go", "", `package customers_test

import (
	"testing"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

func TestTheForksOwn(t *testing.T) {
	c, err := customers.New(customerstest.NewServer(t, customerstest.WithCustomerColumns("nickname")).URL)
	if err != nil {
		t.Fatal(err)
	}
	me, err := c.Create(t.Context(), customers.CreateRequest{Email: "ada@example.com", Password: "p", Nickname: "Countess"})
	if err != nil || customers.Deref(me.Nickname) != "Countess" {
		t.Fatalf("%+v, %v", me, err)
	}
	wishlist, err := c.Wishlist(t.Context())
	if err != nil || len(wishlist.ProductIds) != 1 || wishlist.ProductIds[0] != "prod_1" {
		t.Fatalf("%+v, %v", wishlist, err)
	}
}
`},
}

// ofUpstream changes the contract in the same place as the fork.
var ofUpstream = []edit{
	{"openapi.yaml", `        has_account:
          type: boolean
          description: True for a registered customer, false for a guest.
`, `        tier:
          type: string
          description: How good a customer it is.
`},
	{"customers/upstream.go", "", "package customers\n\nimport _ \"github.com/medusa-storefront/customers-go/api\"\n\nvar _ = Customer{}.Tier\n"},
}

// TestFork does what CONTRIBUTING.md says under "Forks".
func TestFork(t *testing.T) {
	upstream, fork := copyOfThis(t), filepath.Join(t.TempDir(), "fork")
	run(t, ".", "git", "clone", "--quiet", "--origin", "upstream", upstream, fork)

	apply(t, fork, ofTheFork)
	run(t, fork, "go", "generate", "./...")
	verify(t, fork)
	commit(t, fork, "Add nicknames and wishlists")

	apply(t, upstream, ofUpstream)
	run(t, upstream, "go", "generate", "./...")
	commit(t, upstream, "Add tiers")

	run(t, fork, "git", "fetch", "--quiet", "upstream")
	merge := exec.CommandContext(t.Context(), "git", "merge", "--no-edit", "upstream/main")
	merge.Dir = fork
	if out, err := merge.CombinedOutput(); err != nil {
		t.Logf("%s", out)
		for file := range strings.Lines(run(t, fork, "git", "diff", "--name-only", "--diff-filter=U")) {
			if !strings.HasSuffix(strings.TrimSpace(file), ".gen.go") {
				t.Errorf("%s conflicts, and is not generated", file)
			}
		}
		run(t, fork, "git", "checkout", "--theirs", "--", "*.gen.go")
	}
	run(t, fork, "go", "generate", "./...")
	verify(t, fork)
	commit(t, fork, "Merge upstream")

	run(t, fork+"/tools", "go", "run", "./rename", "..", "git.example.com/you/customers-go")
	verify(t, fork)
	if name := run(t, fork, "go", "list", "-m"); strings.TrimSpace(name) != "git.example.com/you/customers-go" {
		t.Errorf("the module is called %s", name)
	}
}

// verify builds the fork and uses what it has of its own.
func verify(t *testing.T, fork string) {
	t.Helper()
	run(t, fork, "go", "build", "./...")
	run(t, fork, "go", "test", "-count=1", "-run", "TheForksOwn|EveryReachableType|DocumentLists", "./customers")
}

// copyOfThis returns a repository with the files of this checkout, as they are now.
func copyOfThis(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name := range strings.SplitSeq(run(t, here, "git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate"), "\n") {
		text, err := os.ReadFile(filepath.Join(here, name))
		if err != nil {
			continue // deleted, but still in the index
		}
		write(t, filepath.Join(dir, name), text)
	}
	run(t, dir, "git", "init", "--quiet", "--initial-branch=main")
	commit(t, dir, "As it is")
	return dir
}

func commit(t *testing.T, dir, message string) {
	t.Helper()
	run(t, dir, "git", "add", "--all")
	run(t, dir, "git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--no-verify", "-m", message)
}

func apply(t *testing.T, dir string, edits []edit) {
	t.Helper()
	for _, e := range edits {
		file := filepath.Join(dir, e.file)
		if e.old == "" {
			write(t, file, []byte(e.added))
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(text), e.old); n != 1 {
			t.Fatalf("%s has this %d times, want once:\n%s", e.file, n, e.old)
		}
		write(t, file, []byte(strings.Replace(string(text), e.old, e.old+e.added, 1)))
	}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, dir string, command ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = dir
	// A checkout in which a hook runs this has GIT_DIR set.
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GIT_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, out)
	}
	return string(out)
}
