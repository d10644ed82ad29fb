package customers

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"
	"testing"
)

var sentinels = []error{
	ErrInvalidInput, ErrUnauthenticated, ErrSessionExpired, ErrSessionSuperseded, ErrNoSession, ErrNoSessionCookie, ErrInvalidCredentials,
	ErrInvalidPasswordToken, ErrDuplicate, ErrNotFound, ErrConflict, ErrNotModified, ErrAddressNotAdded, ErrRateLimited, ErrInternal,
	ErrUnavailable, ErrUnexpectedResponse,
}

// wantOnly wants err to be this sentinel and no other.
func wantOnly(t *testing.T, what string, err, want error) {
	t.Helper()
	for _, s := range sentinels {
		if got := errors.Is(err, s); got != (s == want) { //nolint:errorlint // the sentinels themselves
			t.Errorf("%s: %q is %q: %v", what, err, s, got)
		}
	}
}

func TestStatusDecidesTheSentinel(t *testing.T) {
	everywhere := map[int]error{
		300: ErrUnexpectedResponse, 302: ErrUnexpectedResponse, 304: ErrNotModified, 307: ErrUnexpectedResponse,
		400: ErrInvalidInput, 403: ErrUnexpectedResponse, 404: ErrNotFound, 405: ErrUnexpectedResponse, 408: ErrUnavailable, 409: ErrConflict,
		413: ErrInvalidInput, 414: ErrInvalidInput, 431: ErrInvalidInput, 418: ErrUnexpectedResponse, 429: ErrRateLimited, 500: ErrInternal, 501: ErrUnexpectedResponse, 502: ErrUnavailable,
		503: ErrUnavailable, 504: ErrUnavailable, 505: ErrUnexpectedResponse, 519: ErrUnexpectedResponse, 520: ErrUnavailable, 527: ErrUnavailable,
		530: ErrUnavailable, 531: ErrUnexpectedResponse, 599: ErrUnexpectedResponse,
	}
	unauthorized := map[Operation]error{
		OperationAuthenticate: ErrInvalidCredentials, OperationGetToken: ErrInvalidCredentials, OperationResetPassword: ErrInvalidPasswordToken,
	}
	for _, row := range everyOperation {
		want := map[int]error{401: cmp.Or(unauthorized[row.operation], ErrUnauthenticated)}
		maps.Copy(want, everywhere)
		for status, sentinel := range want {
			for contentType, body := range map[string]string{
				"": "Unauthorized", "text/plain; charset=utf-8": "Unauthorized", "application/json": `{"type":"unauthorized","message":"no"}`, "text/html; charset=utf-8": "<html>",
			} {
				sentinel := sentinel
				if status == http.StatusUnauthorized && strings.HasPrefix(contentType, "text/html") {
					sentinel = ErrUnexpectedResponse // a gateway's
				}
				c := mustNew(t, backendURL, WithMaxRetries(0), inMemory(respondWith(status, contentType, body))).WithSession(sessionOf("v"))
				_, err := row.call(t.Context(), c)
				wantOnly(t, fmt.Sprintf("%s, %d %s", row.operation, status, contentType), err, sentinel)
				if e, ok := errors.AsType[*Error](err); !ok || e.StatusCode != status {
					t.Errorf("%s: the status of %q is not %d", row.operation, err, status)
				}
			}
		}
	}
}

func TestBodyDecidesTheSentinel(t *testing.T) {
	update := func(c *Client) error { _, err := c.Update(t.Context(), UpdateRequest{}); return err }
	resetPassword := func(c *Client) error {
		_, err := c.ResetPassword(t.Context(), ResetPasswordRequest{Email: testEmail, Token: "t", Password: "p"})
		return err
	}
	for _, test := range []struct {
		name   string
		call   func(*Client) error
		status int
		body   string
		want   error
	}{
		{"duplicate", update, 422, `{"code":"invalid_request_error","type":"duplicate_error","message":"exists"}`, ErrDuplicate},
		{"duplicate with a long text", update, 422, `{"message":"` + strings.Repeat("x", 10_000) + `","type":"duplicate_error"}`, ErrDuplicate},
		{"duplicate with a foreign code", update, 422, `{"code":422,"type":"duplicate_error"}`, ErrDuplicate},
		{"other 422", update, 422, `{"type":"invalid_data","message":"no"}`, ErrInvalidInput},
		{"422 of somebody else", update, 422, ``, ErrInvalidInput},
		{"used token", resetPassword, 500, `{"code":"unknown_error","type":"unknown_error","message":"An unknown error occurred."}`, ErrInvalidPasswordToken},
		{"reset fails otherwise", resetPassword, 500, `{"code":"api_error","type":"database_error","message":"An error occurred"}`, ErrInternal},
		{"unknown error elsewhere", update, 500, `{"type":"unknown_error","message":"An unknown error occurred."}`, ErrInternal},
		{"mismatched customer", resetPassword, 401, `{"type":"unauthorized","message":"Invalid or expired password reset token"}`, ErrInvalidPasswordToken},
	} {
		c := mustNew(t, "https://shop.example.com", inMemory(respondWith(test.status, "application/json", test.body))).WithSession(sessionOf("v"))
		wantOnly(t, test.name, test.call(c), test.want)
	}
}

func TestErrorTellsWhatTheBackendSaid(t *testing.T) {
	const body = `{"code":"invalid_state_error","type":"conflict","message":"The request conflicted with one of user@example.com"}`
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Request-Id", "r1")
		w.Header().Set("Set-Cookie", "lb=hush; Path=/")
		respondJSON(w, 409, body)
	})
	_, err := f.loggedIn(t).Addresses.Add(t.Context(), someAddress())
	e := wantError(t, err, ErrConflict)
	if e.Operation != "AddAddress" || e.Field != "" || e.StatusCode != http.StatusConflict || e.Type != "conflict" || e.Code != "invalid_state_error" ||
		e.Message != "The request conflicted with one of …@…" || e.Header().Get("X-Request-Id") != "r1" || string(e.Body()) != body {
		t.Errorf("error %+v with body %q", e, e.Body())
	}
	if e.Header()["Set-Cookie"] != nil {
		t.Error("Set-Cookie is among the headers")
	}
	if got, want := e.Error(), "customers: AddAddress: 409 conflict: The request conflicted with one of …@…"; got != want {
		t.Errorf("error text\n%s, want\n%s", got, want)
	}
}

func TestMessagesOfGateways(t *testing.T) {
	for body, want := range map[string]string{
		`{"code":429,"message":"slow down"}`:    "slow down",
		`{"message":["a","b"]}`:                 "",
		`{"error":{"message":"nested"}}`:        "",
		`null`:                                  "",
		`[]`:                                    "",
		`{"message":"cut`:                       "",
		`{"type":null,"message":"user@x.test"}`: "…@…",
	} {
		c := mustNew(t, "https://shop.example.com", WithMaxRetries(0), inMemory(respondWith(429, "application/json", body))).WithSession(sessionOf("v"))
		if e := wantError(t, retrieve(t.Context(), c), ErrRateLimited); e.Message != want {
			t.Errorf("%s: message %q, want %q", body, e.Message, want)
		}
	}
}

func TestEmailsInMessagesAreMasked(t *testing.T) {
	for text, want := range map[string]string{
		"Key (email, has_account)=(user@example.com, t) already exists.": "Key (email, has_account)=(…@…, t) already exists.",
		`customer "user+tag@sub.example.co.uk" exists`:                   `customer "…@…" exists`,
		"o'brien@example.com":                       "…@…",
		`"john doe"@example.com is taken`:           "…@… is taken",
		"Cannot GET /store/auth/user%40example.com": "Cannot GET /store/auth/…@…",
		"Cannot GET /store/auth/user@example.com":   "Cannot GET /store/auth/…@…",
		"<user@example.com>, 'b@example.com'":       "<…@…>, …@…'",
		"üser@exämple.com":                          "…@…",
		"a@b c@d":                                   "…@… …@…",
		"no email: @ and me at example.com":         "no email: @ and me at example.com",
	} {
		if got := maskEmails(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestBodyOfAFailureIsBounded(t *testing.T) {
	for _, contentType := range []string{"application/json", "text/html"} {
		f := serve(t, respondWith(404, contentType, strings.Repeat("x", 1<<20)))
		if e := wantError(t, retrieve(t.Context(), f.loggedIn(t)), ErrNotFound); len(e.Body()) != 4<<10 || cap(e.Body()) > 8<<10 {
			t.Errorf("body of %d bytes, capacity %d", len(e.Body()), cap(e.Body()))
		}
	}
	f := serve(t, respondWith(400, "text/html", "<html>"))
	if e := wantError(t, retrieve(t.Context(), f.loggedIn(t)), ErrInvalidInput); string(e.Body()) != "<html>" {
		t.Errorf("body %q", e.Body())
	}
}

func TestErrorsPrintNoBodyAndNoHeader(t *testing.T) {
	f := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Secret", "hush")
		respond(w, 400, "text/html", "hush")
	})
	err := retrieve(t.Context(), f.loggedIn(t))
	e := wantError(t, err, ErrInvalidInput)
	holder := struct {
		Err   error
		Ptr   *Error
		Value Error
	}{err, e, *e}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%t", "%10v"} {
		for _, v := range []any{err, *e, &e, holder, &holder, []error{err}, map[string]Error{"k": *e}} {
			got := fmt.Sprintf(verb, v)
			for _, secret := range []string{"hush", "104 117 115 104", "68757368", "0x68, 0x75"} {
				if strings.Contains(got, secret) {
					t.Errorf("%s of a %T prints %s", verb, v, got)
				}
			}
		}
	}
	const want = "customers: RetrieveCustomer: 400 invalid input"
	for _, verb := range []string{"%v", "%s", "%+v"} {
		if got := fmt.Sprintf(verb, err); got != want {
			t.Errorf("%s prints %q, want %q", verb, got, want)
		}
	}
	if got := fmt.Sprintf("%v", fmt.Errorf("checkout: %w", err)); got != "checkout: "+want {
		t.Errorf("wrapped: %q", got)
	}
	out, jsonErr := json.Marshal(map[string]any{"err": err, "value": *e})
	wantOK(t, jsonErr)
	if bytes.Contains(out, []byte("hush")) || bytes.Contains(out, []byte("aHVza")) {
		t.Errorf("JSON is %s", out)
	}
	if !bytes.Contains(out, []byte(`"StatusCode":400`)) {
		t.Errorf("JSON is %s", out)
	}
}

func TestErrorInALog(t *testing.T) {
	c := mustNew(t, "https://shop.example.com", inMemory(respondWith(422, "application/json", `{"type":"duplicate_error","message":"taken"}`)))
	_, err := c.Create(t.Context(), CreateRequest{Email: testEmail, Password: "p"})
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Error("x", "err", err)
	var line struct {
		Err map[string]any `json:"err"`
	}
	wantOK(t, json.Unmarshal(out.Bytes(), &line))
	for name, want := range map[string]any{
		"operation": "CreateCustomer", "status": 422.0, "type": "duplicate_error", "kind": "duplicate", "msg": "customers: CreateCustomer: 422 duplicate: taken",
	} {
		if line.Err[name] != want {
			t.Errorf("%s is %v, want %v, in %s", name, line.Err[name], want, out.String())
		}
	}
}

func TestErrorTexts(t *testing.T) {
	for _, test := range []struct {
		err  *Error
		want string
	}{
		{&Error{Operation: "CreateCustomer", Field: "Password", Message: "it is required", kind: ErrInvalidInput}, "customers: CreateCustomer: invalid input: Password: it is required"},
		{&Error{Operation: "RetrieveCustomer", kind: ErrUnavailable, cause: io.ErrUnexpectedEOF}, "customers: RetrieveCustomer: backend unavailable: unexpected EOF"},
		{&Error{Operation: "RetrieveCustomer", StatusCode: 503, cause: io.EOF}, "customers: RetrieveCustomer: 503 EOF"},
		{&Error{Operation: "RetrieveCustomer", kind: ErrUnauthenticated, Message: "ask for a token"}, "customers: RetrieveCustomer: unauthenticated: ask for a token"},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

func TestPassingOnAnErrorDoesNotChangeIt(t *testing.T) {
	shared := refused("Offset", "no")
	first, second := named("One", shared), named("Two", shared)
	if e := wantError(t, first, ErrInvalidInput); e.Operation != "One" {
		t.Errorf("the first is now of %s", e.Operation)
	}
	if e := wantError(t, second, ErrInvalidInput); e.Operation != "Two" || shared.Operation != "" {
		t.Errorf("operations %s and %q", e.Operation, shared.Operation)
	}
}

// TestHintsOfAStatus has the statuses whose usual cause the backend does not name.
func TestHintOfAnOrderWithoutTotals(t *testing.T) {
	for _, test := range []struct {
		odd  DecodeError
		want bool
	}{
		{DecodeError{Path: "orders[0].items[0].discount_total", Reason: "missing"}, true},
		{DecodeError{Path: "orders[0].total", Reason: "missing"}, true},
		{DecodeError{Path: "orders[0].refundable_amount", Reason: "missing"}, true},
		{DecodeError{Path: "orders[0].email", Reason: "missing"}, false},
		{DecodeError{Path: "orders[0].total", Reason: "not an integer"}, false},
	} {
		if got := unreadableOrder(&test.odd).Message; strings.Contains(got, "Medusa before 1.12") != test.want {
			t.Errorf("%v: %q", test.odd, got)
		}
	}
}

func TestHintsOfAStatus(t *testing.T) {
	const unknown = `{"code":"unknown_error","type":"unknown_error","message":"An unknown error occurred."}`
	ctx := t.Context()
	list := func(p ListOrdersParams) func(*Client) error {
		return func(c *Client) error { _, err := c.ListOrders(ctx, &p); return err }
	}
	walk := func(p ListOrdersParams) func(*Client) error {
		return func(c *Client) error { _, err := collect(ctx, c, &p); return err }
	}
	update := func(c *Client) error { _, err := c.Update(ctx, UpdateRequest{}); return err }
	methods := func(c *Client) error { _, err := c.PaymentMethods.List(ctx); return err }
	for _, test := range []struct {
		name   string
		call   func(*Client) error
		status int
		body   string
		kind   error
		want   string
	}{
		{"expand", list(ListOrdersParams{Expand: []string{"foo"}}), 500, unknown, ErrInternal, messageUnknownName + ": An unknown error occurred."},
		{"fields", list(ListOrdersParams{Fields: []string{"foo"}}), 500, unknown, ErrInternal, messageUnknownName + ": An unknown error occurred."},
		{"added field", walk(ListOrdersParams{Fields: []string{"+foo"}}), 500, unknown, ErrInternal, messageSignedNames + ": An unknown error occurred."},
		{"a page", list(ListOrdersParams{Expand: []string{"foo"}}), 500, "<html>", ErrInternal, messageUnknownName},
		{"neither", list(ListOrdersParams{Q: new("fields")}), 500, unknown, ErrInternal, "An unknown error occurred."},
		{"empty lists", list(ListOrdersParams{Fields: []string{}, Expand: []string{}}), 500, unknown, ErrInternal, "An unknown error occurred."},
		{"another status", list(ListOrdersParams{Expand: []string{"foo"}}), 400, `{"message":"no"}`, ErrInvalidInput, "no"},
		{"another operation", update, 500, unknown, ErrInternal, "An unknown error occurred."},
		{"413", update, 413, "<html>", ErrInvalidInput, messageTooLarge},
		{"413 JSON", update, 413, `{"message":"over 1 MB"}`, ErrInvalidInput, messageTooLarge + ": over 1 MB"},
		{"414", list(ListOrdersParams{}), 414, "<html>", ErrInvalidInput, messageURLTooLarge},
		{"431", list(ListOrdersParams{}), 431, "", ErrInvalidInput, messageURLTooLarge},
		{"provider", methods, 404, `{"type":"not_found","message":"Could not find a payment provider with id: gone"}`, ErrNotFound, messageProvider + ": Could not find a payment provider with id: gone"},
		{"customer", methods, 404, `{"type":"not_found","message":"Customer with id: cus_1 was not found"}`, ErrNotFound, "Customer with id: cus_1 was not found"},
	} {
		contentType := "application/json"
		if !strings.HasPrefix(test.body, "{") {
			contentType = "text/html"
		}
		c := mustNew(t, "https://shop.example.com", inMemory(respondWith(test.status, contentType, test.body))).WithSession(sessionOf("v"))
		if e := wantError(t, test.call(c), test.kind); e.Message != test.want {
			t.Errorf("%s: message %q, want %q", test.name, e.Message, test.want)
		}
	}
}
