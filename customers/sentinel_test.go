package customers

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/textproto"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// declaredSentinels returns the names of the sentinels that the package exports.
func declaredSentinels(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.SkipObjectResolution)
	wantOK(t, err)
	var names []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && strings.HasPrefix(spec.Names[0].Name, "Err") {
			names = append(names, spec.Names[0].Name)
		}
		return true
	})
	if len(names) == 0 {
		t.Fatal("errors.go declares no sentinel")
	}
	return names
}

// TestTheDocumentListsEveryKind compares the first table of docs/errors.md with what errors return.
func TestTheDocumentListsEveryKind(t *testing.T) {
	text, err := os.ReadFile("../docs/errors.md")
	wantOK(t, err)
	var documented, actual []string
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(line, " | "); len(cells) == 6 && strings.HasPrefix(line, "| `Err") {
			documented = append(documented, strings.Join(cells[:3], " | "))
		}
	}
	all := append(slices.Clone(sentinels), ErrNotLoggedIn, ErrSessionEnded, ErrLoggedOut) // cases of ErrUnauthenticated
	if got, want := len(all), len(declaredSentinels(t)); got != want {
		t.Fatalf("the tests know %d sentinels, errors.go declares %d", got, want)
	}
	byText := map[string]string{}
	for _, name := range declaredSentinels(t) {
		byText[strings.ToLower(name)] = name
	}
	kinds := map[string]bool{}
	for _, s := range all {
		e := &Error{kind: s}
		name := byText["err"+strings.ReplaceAll(e.Kind(), "_", "")]
		actual = append(actual, fmt.Sprintf("| `%s` | `%s` | %d", name, e.Kind(), e.HTTPStatus()))
		if kinds[e.Kind()] {
			t.Errorf("two sentinels are %q", e.Kind())
		}
		kinds[e.Kind()] = true
	}
	slices.Sort(documented)
	slices.Sort(actual)
	if !slices.Equal(documented, actual) {
		t.Errorf("docs/errors.md has\n%s\nand errors are\n%s", strings.Join(documented, "\n"), strings.Join(actual, "\n"))
	}
}

func TestKindAndHTTPStatus(t *testing.T) {
	for _, test := range []struct {
		err    *Error
		kind   string
		status int
	}{
		{&Error{kind: ErrDuplicate, StatusCode: 422}, "duplicate", 409},
		{&Error{kind: ErrSessionExpired}, "session_expired", 401},
		{&Error{kind: ErrInternal, StatusCode: 500}, "internal", 502},
		{&Error{kind: ErrUnavailable, cause: errors.New("connection refused")}, "unavailable", 503},
		{&Error{kind: ErrUnavailable, cause: fmt.Errorf("attempt: %w", context.DeadlineExceeded)}, "unavailable", 504},
		{&Error{cause: context.DeadlineExceeded}, "deadline_exceeded", 504},
		{&Error{cause: context.Canceled}, "canceled", 503},
		{&Error{kind: ErrNotFound, StatusCode: 404, Type: "not_found"}, "not_found", 404},
		{&Error{kind: ErrNotFound, StatusCode: 404, Type: "not_found", Fields: map[string]string{"CountryCode": "unknown"}}, "not_found", 400},
		{&Error{kind: ErrNotFound, StatusCode: 404}, "not_found", 502}, // a route that the backend does not have
		{&Error{kind: ErrNotFound, StatusCode: 200}, "not_found", 404},
		{&Error{}, "", 500},
	} {
		if kind, status := test.err.Kind(), test.err.HTTPStatus(); kind != test.kind || status != test.status {
			t.Errorf("%v is %q, %d, want %q, %d", test.err, kind, status, test.kind, test.status)
		}
	}
}

// TestAllRefusedFieldsComeAtOnce has a form of each method in which everything is wrong.
func TestAllRefusedFieldsComeAtOnce(t *testing.T) {
	f := serve(t, respondWith(200, "application/json", customerJSON))
	c := f.loggedIn(t)
	ctx := t.Context()
	for _, test := range []struct {
		name string
		call func() error
		want []string
	}{
		{"Create", func() error {
			_, err := c.Create(ctx, CreateRequest{Email: "ada", FirstName: withNUL, LastName: notUTF8, Phone: withNUL})
			return err
		}, []string{"Email", "Password", "FirstName", "LastName", "Phone"}},
		{"Update", func() error {
			_, err := c.Update(ctx, UpdateRequest{Email: new(""), Password: new(""), FirstName: Value(withNUL), Metadata: map[string]any{"__proto__": 1}, BillingAddress: BillingAddressOf(UpdateAddressRequest{
				CountryCode: "usa", FirstName: Value(withNUL),
			})})
			return err
		}, []string{"Email", "Password", "FirstName", "Metadata", "BillingAddress.CountryCode", "BillingAddress.FirstName", "BillingAddress"}},
		{"Update, billing address", func() error {
			_, err := c.Update(ctx, UpdateRequest{LastName: Value(withNUL), BillingAddress: BillingAddressOf(UpdateAddressRequest{CountryCode: "usa", City: Value(withNUL)})})
			return err
		}, []string{"LastName", "BillingAddress.CountryCode", "BillingAddress.City", "BillingAddress"}},
		{"Authenticate", func() error { _, err := c.Auth.Authenticate(ctx, "", ""); return err }, []string{"Email", "Password"}},
		{"GetToken", func() error { _, err := c.Auth.GetToken(ctx, "", ""); return err }, []string{"Email", "Password"}},
		{"ResetPassword", func() error { _, err := c.ResetPassword(ctx, ResetPasswordRequest{}); return err }, []string{"Email", "Token", "Password"}},
		{"Add", func() error { _, err := c.Addresses.Add(ctx, AddAddressRequest{PostalCode: withNUL}); return err }, []string{"FirstName", "LastName", "Address1", "City", "CountryCode", "PostalCode"}},
		{"Addresses.Update", func() error {
			_, err := c.Addresses.Update(ctx, "..", UpdateAddressRequest{City: Value(withNUL)})
			return err
		}, []string{"ID", "City"}},
		{"ListOrders", func() error {
			_, err := c.ListOrders(ctx, &ListOrdersParams{Limit: new(-1), Offset: new(-1), ID: new(""), Fields: []string{""}}, WithHeader("Cookie", "x"))
			return err
		}, []string{"WithHeader", "Limit", "Offset", "ID", "Fields"}},
	} {
		e := wantError(t, test.call(), ErrInvalidInput)
		if len(e.Fields) != len(test.want) || e.Field != test.want[0] || e.Message != e.Fields[e.Field] {
			t.Errorf("%s: field %q, message %q, fields %v", test.name, e.Field, e.Message, e.Fields)
		}
		for _, field := range test.want {
			if e.Fields[field] == "" || !strings.Contains(e.Error(), field+": "+e.Fields[field]) {
				t.Errorf("%s: %s is not in %q", test.name, field, e)
			}
		}
		if strings.Contains(e.Error(), "hush") {
			t.Errorf("%s: the error repeats a value: %q", test.name, e)
		}
	}
	if n := f.count(); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// TestNoWayOfHoldingAnErrorPrintsItsResponse prints values whose unexported fields fmt reads without calling a method.
func TestNoWayOfHoldingAnErrorPrintsItsResponse(t *testing.T) {
	f := serve(t, respondWith(400, "text/html", "hush"))
	e := wantError(t, retrieve(t.Context(), f.loggedIn(t)), ErrInvalidInput)
	malformed := *wantError(t, retrieve(t.Context(), mustNew(t, backendURL, WithMaxRetries(0), WithHTTPClient(&http.Client{
		Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, textproto.ProtocolError("malformed: hush") }),
	})).WithSession(sessionOf("v"))), ErrUnavailable)
	type inner struct{ err Error }
	for _, v := range []any{
		struct{ err Error }{*e}, struct{ err *Error }{e}, struct{ err error }{e}, struct{ errs []Error }{[]Error{*e}}, &struct{ err Error }{*e},
		struct{ m map[string]Error }{map[string]Error{"": *e}}, struct{ in inner }{inner{*e}}, struct{ err **Error }{&e}, struct{ any any }{*e},
		struct{ err Error }{malformed},
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q", "%d"} {
			got := fmt.Sprintf(verb, v)
			for _, secret := range []string{"hush", "104 117", "68757368", strconv.Quote("h"), "Content-Type", "0x68"} {
				if strings.Contains(got, secret) {
					t.Errorf("%s of %T prints %s", verb, v, got)
				}
			}
		}
	}
}
