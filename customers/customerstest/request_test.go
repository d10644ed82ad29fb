package customerstest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/browser"
)

func TestRequests(t *testing.T) {
	srv := customerstest.NewServer(t)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	srv.SetTime(start)
	c := newClient(t, srv)
	if _, err := c.Create(ctx, customers.CreateRequest{Email: "a@example.com", Password: "x"}, customers.WithHeader("X-Trace", "1")); err != nil {
		t.Fatal(err)
	}
	srv.Inject(customerstest.Fault{Status: 500})
	_, _ = c.Retrieve(ctx)
	browser.New(t, srv.URL).Send(http.MethodGet, "/Store%20?a=b&a=c", "")

	all := srv.Requests()
	if len(all) != 3 {
		t.Fatal(len(all), "requests")
	}
	create, retrieve, unknown := all[0], all[1], all[2]
	if create.Method != http.MethodPost || create.Operation != "CreateCustomer" || create.Path() != "/store/customers" || !create.Time.Equal(start) ||
		create.Header().Get("X-Trace") != "1" || !strings.Contains(string(create.Body()), `"email":"a@example.com"`) {
		t.Errorf("create: %v", create)
	}
	if retrieve.Operation != "RetrieveCustomer" || retrieve.Header().Get("Cookie") == "" || len(retrieve.Body()) > 0 {
		t.Errorf("retrieve: %v", retrieve)
	}
	if unknown.Operation != "" || unknown.Path() != "/Store%20" || fmt.Sprint(unknown.Query()["a"]) != "[b c]" {
		t.Errorf("unknown: %v", unknown)
	}
	create.Header().Set("X-Trace", "2")
	create.Body()[0] = 'x'
	if again := srv.Requests()[0]; again.Header().Get("X-Trace") != "1" || again.Body()[0] != '{' {
		t.Error("what was returned can be changed from outside")
	}
}

func TestRequestsAreBounded(t *testing.T) {
	b := customerstest.New()
	for i := range 2500 {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://x/store/auth/%d", i), nil)
		if err != nil {
			t.Fatal(err)
		}
		b.ServeHTTP(discard{}, request)
	}
	all := b.Requests()
	if len(all) != 1000 || all[0].Path() != "/store/auth/1500" || all[999].Path() != "/store/auth/2499" {
		t.Errorf("%d, from %s to %s", len(all), all[0].Path(), all[len(all)-1].Path())
	}
}

type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

// No way to print requests shows a secret.
func TestRequestsHideSecrets(t *testing.T) {
	srv := customerstest.NewServer(t)
	b := browser.New(t, srv.URL)
	const secret = "s3cr3t"
	b.Header.Set("Authorization", "Bearer "+secret)
	b.Header.Set("X-Medusa-Access-Token", secret)
	b.Header.Set("X-Visible", "seen")
	b.Cookie = "connect.sid=" + secret
	b.Send(http.MethodPost, "/store/auth", `{"email":"`+secret+`@example.com","password":"`+secret+`","seen":{"deep":[{"token":"`+secret+`"},"`+secret+`@example.com"]}}`)
	b.Send(http.MethodPost, "/store/auth", `{"`+secret+`@example.com":1}`)
	b.Send(http.MethodPost, "/store/auth", `not JSON: `+secret)
	b.Send(http.MethodGet, "/store/auth/"+secret+"@example.com", "")
	b.Send(http.MethodGet, "/store/auth/"+secret+"%40example.com", "")
	b.Send(http.MethodGet, "/store/customers/me/orders?email="+secret+"&q="+secret+"%40example.com&limit=seen", "")

	requests := srv.Requests()
	type holder struct {
		exported any
		hidden   customerstest.Request
	}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "request", requests[0], "requests", requests)
	text, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	held := holder{requests[0], requests[0]}
	for name, printed := range map[string]string{
		"%v": fmt.Sprintf("%v", requests), "%+v": fmt.Sprintf("%+v", requests), "%#v": fmt.Sprintf("%#v", requests),
		"%s": fmt.Sprintf("%s", requests), "%q": fmt.Sprintf("%q", requests), "%x": fmt.Sprintf("%x", requests),
		"pointer": fmt.Sprintf("%+v", &requests[0]), "in a struct": fmt.Sprintf("%+v %#v", held, held),
		"JSON": string(text), "slog": log.String(),
	} {
		if strings.Contains(printed, secret) || strings.Contains(printed, fmt.Sprintf("%x", secret)) {
			t.Errorf("%s shows a secret: %s", name, printed)
		}
	}
	for _, seen := range []string{`"X-Visible":["seen"]`, `\"seen\":`, "limit=seen", "/store/auth/[redacted]", "Authenticate"} {
		if !strings.Contains(string(text), seen) {
			t.Errorf("%s does not show: %s", seen, text)
		}
	}
	if fmt.Sprint(customerstest.Request{}) != "" || browser.JSON(t, customerstest.Request{}) != "null" {
		t.Error("the zero value")
	}
}
