package customers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"testing"
	"testing/synctest"

	customersgo "github.com/medusa-storefront/customers-go"
)

// operationCall calls an operation, with the planted secrets in all arguments that may be secret.
type operationCall struct {
	operation Operation
	call      func(ctx context.Context, c *Client, o ...CallOption) (model any, err error) // the model is nil if there is none
}

// everyOperation is what the tests of all operations go through: leaks, faults, fuzz, log names. An operation of the
// contract that is missing here fails TestEveryOperationIsTested. FuzzResponse and FuzzWire name a row by its index, so
// new rows come last.
var everyOperation = []operationCall{
	{OperationCreateCustomer, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return c.Create(ctx, CreateRequest{Email: plantedEmail, Password: plantedPassword, FirstName: "A", LastName: "B"}, o...)
	}},
	{OperationRetrieveCustomer, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return c.Retrieve(ctx, o...)
	}},
	{OperationUpdateCustomer, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return c.Update(ctx, UpdateRequest{Email: new(plantedEmail), Password: new(plantedPassword), Phone: Null[string]()}, o...)
	}},
	{OperationGeneratePasswordToken, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return nil, c.GeneratePasswordToken(ctx, plantedEmail, o...)
	}},
	{OperationResetPassword, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return c.ResetPassword(ctx, ResetPasswordRequest{Email: plantedEmail, Password: plantedPassword, Token: plantedToken}, o...)
	}},
	{OperationListOrders, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return c.ListOrders(ctx, &ListOrdersParams{Q: new(plantedEmail)}, o...)
	}},
	{OperationAddAddress, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return c.Addresses.Add(ctx, AddAddressRequest{FirstName: "A", LastName: "B", Address1: "C", City: "D", CountryCode: "dk"}, o...)
	}},
	{OperationUpdateAddress, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return c.Addresses.Update(ctx, "addr_1", UpdateAddressRequest{City: Value("E")}, o...)
	}},
	{OperationDeleteAddress, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return c.Addresses.Delete(ctx, "addr_1", o...)
	}},
	{OperationListPaymentMethods, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		methods, err := c.PaymentMethods.List(ctx, o...)
		return &methods, err
	}},
	{OperationAuthenticate, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return c.Auth.Authenticate(ctx, plantedEmail, plantedPassword, o...)
	}},
	{OperationGetSession, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return c.Auth.GetSession(ctx, append(o, WithOrders())...)
	}},
	{OperationDeleteSession, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		return nil, c.Auth.DeleteSession(ctx, o...)
	}},
	{OperationGetToken, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		token, err := c.Auth.GetToken(ctx, plantedEmail, plantedPassword, o...)
		return &token, err
	}},
	{OperationEmailExists, func(ctx context.Context, c *Client, o ...CallOption) (any, error) {
		exists, err := c.Auth.Exists(ctx, plantedEmail, o...)
		return &exists, err
	}},
	{OperationListOrders, func(ctx context.Context, c *Client, o ...CallOption) (any, error) { // page by page
		orders := []*Order{}
		for order, err := range c.Orders(ctx, &ListOrdersParams{Email: new(plantedEmail)}, o...) {
			if err != nil {
				return nil, err
			}
			orders = append(orders, order)
		}
		return &orders, nil
	}},
}

// operationsWhere returns the rows of everyOperation whose operation suits.
func operationsWhere(suits func(*operation) bool) (rows []operationCall) {
	for _, row := range everyOperation {
		if suits(operations[row.operation]) {
			rows = append(rows, row)
		}
	}
	return rows
}

// operationsByMethod returns the rows of everyOperation whose requests have an HTTP method.
func operationsByMethod(t *testing.T, method string) []operationCall {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(everyOperation), func(row operationCall) bool {
		var sent string
		_, _ = row.call(t.Context(), mustNew(t, backendURL, inMemory(func(_ http.ResponseWriter, r *http.Request) { sent = r.Method })).WithSession(sessionOf("v")))
		return sent != method
	})
}

// TestEveryOperationIsTested fails with what an operation that is new in the contract still needs.
// TestEveryFunctionHasAnExample does so for its Example.
func TestEveryOperationIsTested(t *testing.T) {
	ids := regexp.MustCompile(`(?m)^ +operationId: (\w+)$`).FindAllStringSubmatch(customersgo.OpenAPI, -1)
	if len(ids) < 15 {
		t.Fatalf("%d operations are found in openapi.yaml", len(ids))
	}
	constants := map[string]string{}
	for _, name := range []string{"../api/operation.go", "models.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		constants[name] = string(text)
	}
	for _, match := range ids {
		id := Operation(match[1])
		for name, text := range constants {
			if !regexp.MustCompile(`(?m)^\tOperation` + match[1] + ` `).MatchString(text) {
				t.Errorf("%s has no constant Operation%s in %s", id, id, name)
			}
		}
		if _, ok := operations[id]; !ok {
			t.Errorf("%s has no row in operations, operation.go", id)
		}
		i := slices.IndexFunc(everyOperation, func(row operationCall) bool { return row.operation == id })
		if i < 0 {
			t.Errorf("%s has no row in everyOperation, operation_test.go: no test of leaks, faults, fuzz and log names calls it", id)
			continue
		}
		b := newBackend(t)
		c := b.client(t)
		mustLogin(t, c, testEmail)
		before := len(b.Requests())
		_, err := everyOperation[i].call(t.Context(), c)
		if e, ok := errors.AsType[*Error](err); ok && e.StatusCode == http.StatusNotImplemented {
			t.Errorf("%s is not emulated: customerstest responds %v", id, err)
		}
		if got := b.Requests()[before].Operation; got != id {
			t.Errorf("%s is not in customerstest: it took the request of the row in operation_test.go for %q", id, got)
		}
	}
}

// A middleware finds the operation in the context of each request, retries included.
func TestOperationIsKnownToARoundTripper(t *testing.T) {
	if got := OperationFromContext(context.Background()); got != "" {
		t.Errorf("%q without a call", got)
	}
	for _, row := range everyOperation {
		synctest.Test(t, func(t *testing.T) {
			var seen []Operation
			c := mustNew(t, backendURL, WithHTTPClient(&http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				seen = append(seen, OperationFromContext(r.Context()))
				return noConnection(r) // so that each is sent again
			})})).WithSession(sessionOf("v"))
			if _, err := row.call(t.Context(), c); err == nil {
				t.Error("no error")
			}
			if want := []Operation{row.operation, row.operation, row.operation}; !slices.Equal(seen, want) {
				t.Errorf("a RoundTripper sees %s, want %s", seen, want)
			}
		})
	}
}

func TestOperationOfWhatIsDoneOnTheSide(t *testing.T) {
	var seen []string
	h := func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, string(OperationFromContext(r.Context())))
		if len(seen) == 1 {
			respond(w, http.StatusUnauthorized, "", "Unauthorized")
			return
		}
		w.Header().Set("Set-Cookie", "connect.sid=new; Path=/")
		respondJSON(w, http.StatusOK, customerJSON)
	}
	c := mustNew(t, "https://shop.example.com", inMemory(h), WithCredentials(testEmail, testPassword))
	c.Session().state.cookie = &cookie{value: "v"}
	wantOK(t, retrieve(t.Context(), c))
	if got := fmt.Sprint(seen); got != "[RetrieveCustomer Authenticate RetrieveCustomer]" {
		t.Errorf("a RoundTripper sees %s", got)
	}
}
