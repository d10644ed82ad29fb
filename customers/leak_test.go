package customers

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
)

// The secrets of this test. The backend below repeats them wherever it can.
const (
	secretEmail    = "hush-email@example.com"
	secretPassword = "hush-password"
	secretToken    = "hush-token"
	secretHeader   = "hush-header"
	secretCookie   = "s%3Ahush-cookie.sig"
	secretOther    = "hush-balancer"
)

// secretForms is what the secrets look like once printed, each in several ways.
var secretForms = func() (forms []string) {
	for _, secret := range []string{"hush-email", secretPassword, secretToken, secretHeader, "hush-cookie", secretOther} {
		forms = append(forms,
			secret, base64.StdEncoding.EncodeToString([]byte(secret))[:8], hex.EncodeToString([]byte(secret)), strings.ToUpper(secret),
			strings.Trim(fmt.Sprintf("%d", []byte(secret)), "[]"), url.QueryEscape(secret), fmt.Sprintf("%q", secret),
		)
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}()

// leaks says which secret, in whatever form, a text holds.
func leaks(text string) (string, bool) {
	for _, form := range secretForms {
		if strings.Contains(text, form) {
			return form, true
		}
	}
	return "", false
}

// leakDetector looks at everything it is shown in every way that a program prints or logs.
type leakDetector struct {
	t    *testing.T
	log  *bytes.Buffer
	text *slog.Logger
	json *slog.Logger
}

func newLeakDetector(t *testing.T) *leakDetector {
	t.Helper()
	buf := &bytes.Buffer{}
	opts := &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true}
	return &leakDetector{t, buf, slog.New(slog.NewTextHandler(buf, opts)), slog.New(slog.NewJSONHandler(buf, opts))}
}

func (d *leakDetector) look(what string, values ...any) {
	d.t.Helper()
	for _, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			d.check(what+" by "+verb, fmt.Sprintf(verb, v))
		}
		if out, err := json.Marshal(v); err == nil {
			d.check(what+" as JSON", string(out))
		} else {
			d.check(what+"'s JSON error", err.Error())
		}
		d.text.Debug("looking", "at", what, "value", v)
		d.json.Debug("looking", "at", what, "value", v)
		d.text.With("value", v).WithGroup("g").Info("x", slog.Any("v", v))
	}
	d.check(what+" in a log", d.log.String())
	d.log.Reset()
}

func (d *leakDetector) check(what, text string) {
	d.t.Helper()
	if form, leaked := leaks(text); leaked {
		d.t.Errorf("%s shows %s: %.300s", what, form, text)
	}
}

// everyOperation calls all operations with the secrets in all arguments that may be secret.
var everyOperation = map[string]func(context.Context, *Client, ...CallOption) error{
	"CreateCustomer": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Create(ctx, CreateRequest{Email: secretEmail, Password: secretPassword}, o...)
		return err
	},
	"RetrieveCustomer": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Retrieve(ctx, o...)
		return err
	},
	"UpdateCustomer": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Update(ctx, UpdateRequest{Email: new(secretEmail), Password: new(secretPassword)}, o...)
		return err
	},
	"GeneratePasswordToken": func(ctx context.Context, c *Client, o ...CallOption) error {
		return c.GeneratePasswordToken(ctx, secretEmail, o...)
	},
	"ResetPassword": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.ResetPassword(ctx, ResetPasswordRequest{Email: secretEmail, Token: secretToken, Password: secretPassword}, o...)
		return err
	},
	"ListOrders": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.ListOrders(ctx, &ListOrdersParams{Q: new(secretEmail)}, o...)
		return err
	},
	"Orders": func(ctx context.Context, c *Client, o ...CallOption) error {
		for _, err := range c.Orders(ctx, &ListOrdersParams{Email: new(secretEmail)}, o...) {
			return err
		}
		return nil
	},
	"AddAddress": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Addresses.Add(ctx, someAddress(), o...)
		return err
	},
	"DeleteAddress": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Addresses.Delete(ctx, "addr_1", o...)
		return err
	},
	"ListPaymentMethods": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.PaymentMethods.List(ctx, o...)
		return err
	},
	"Authenticate": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Auth.Authenticate(ctx, secretEmail, secretPassword, o...)
		return err
	},
	"GetSession": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Auth.GetSession(ctx, o...)
		return err
	},
	"DeleteSession": func(ctx context.Context, c *Client, o ...CallOption) error {
		return c.Auth.DeleteSession(ctx, o...)
	},
	"GetToken": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Auth.GetToken(ctx, secretEmail, secretPassword, o...)
		return err
	},
	"EmailExists": func(ctx context.Context, c *Client, o ...CallOption) error {
		_, err := c.Auth.Exists(ctx, secretEmail, o...)
		return err
	},
}

func secretSession() *Session {
	return &Session{state: state{cookie: &cookie{value: secretCookie}}, others: &[]otherCookie{{"lb", cookie{value: secretOther}}}}
}

func TestNoSecretIsShownWhateverTheBackendAnswers(t *testing.T) {
	d := newLeakDetector(t)
	page := strings.Join([]string{secretEmail, secretPassword, secretToken, secretCookie, secretHeader, secretOther}, " ")
	repeat := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Set-Cookie", "connect.sid="+secretCookie+"; Path=/")
			w.Header().Add("Set-Cookie", "lb="+secretOther+"; Path=/")
			w.Header().Set("Location", "https://other.example"+r.URL.Path)
			w.Header().Set("X-Echo", page)
			answer(w, status, contentType, body)
		}
	}
	answers := map[string]http.HandlerFunc{}
	for _, status := range []int{200, 204, 302, 401, 404, 422, 500, 503} {
		answers[fmt.Sprint(status, " page")] = repeat(status, "text/html", page)
		answers[fmt.Sprint(status, " JSON")] = repeat(status, "application/json",
			fmt.Sprintf(`{"type":"duplicate_error","message":"Key (email)=(%s) exists"}`, secretEmail))
		answers[fmt.Sprint(status, " bad JSON")] = repeat(status, "application/json", `{"customer":"`+page)
		answers[fmt.Sprint(status, " wrong JSON")] = repeat(status, "application/json", `{"customer":"`+page+`","orders":"`+page+`"}`)
		answers[fmt.Sprint(status, " unreadable Location")] = func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://[other/"+secretEmail+"/"+r.URL.Path+r.Header.Get("Cookie"))
			answer(w, status, "", "")
		}
	}
	transports := map[string]roundTrip{}
	for name, h := range answers {
		transports[name] = inMemoryTransport(h)
	}
	for name, err := range map[string]error{
		"dial":               &net.OpError{Op: "dial", Err: errors.New("refused")},
		"a middleware":       fmt.Errorf("GET https://shop.example.com/store/auth/%s failed", secretEmail),
		"an escaped URL":     fmt.Errorf("GET https://shop.example.com/store/auth/%s failed", strings.Replace(secretEmail, "@", "%40", 1)),
		"a URL error":        &url.Error{Op: "Get", URL: "https://shop.example.com/store/auth/" + secretEmail, Err: errors.New("failed")},
		"a nested URL error": fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: "https://shop.example.com/store/auth/" + secretEmail, Err: errors.New("failed")}),
	} {
		transports[name] = func(*http.Request) (*http.Response, error) { return nil, err }
	}
	for name, transport := range transports {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			var mu sync.Mutex
			write := writerFunc(func(p []byte) (int, error) {
				mu.Lock()
				defer mu.Unlock()
				return log.Write(p)
			})
			debug := &slog.HandlerOptions{Level: slog.LevelDebug}
			logger := slog.New(slog.NewMultiHandler(slog.NewTextHandler(write, debug), slog.NewJSONHandler(write, debug)))
			base := mustNew(t, "https://shop.example.com", WithHTTPClient(&http.Client{Transport: transport}), WithLogger(logger),
				WithHeader("Authorization", secretHeader), WithMaxRetries(1))
			var errs []error
			for op, call := range everyOperation {
				if err := call(t.Context(), base.WithSession(secretSession()), WithHeader("X-Call", secretHeader)); err != nil {
					errs = append(errs, err, fmt.Errorf("%s: %w", op, err))
				}
			}
			d.look(name, errs, errors.Join(errs...))
			for _, err := range errs {
				d.look(name, err)
			}
			d.check("the log of "+name, log.String())
			if log.Len() == 0 {
				t.Error("nothing was logged")
			}
		})
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestNoSecretIsShownByWhatHoldsIt(t *testing.T) {
	d := newLeakDetector(t)
	s := secretSession()
	options := []Option{WithHeader("X-Test", secretHeader), WithPublishableKey(secretHeader), WithUserAgent(secretHeader), WithBearerToken(secretToken)}
	bearer := mustNew(t, "https://shop.example.com", options...)
	withSession := bearer.WithSession(s)
	callOptions := []CallOption{WithHeader("X-Test", secretHeader), WithPublishableKey(secretHeader)}

	d.look("a client", withSession, *withSession, &withSession, bearer, *bearer)
	d.look("its services", withSession.Auth, withSession.Addresses, withSession.PaymentMethods)
	d.look("a session", s, &s, struct{ S *Session }{s}, struct{ s *Session }{s}, []*Session{s}, map[string]*Session{"a": s})
	d.look("options", options, options[0], callOptions, callOptions[0])
	d.look("a struct that holds a client", struct {
		Client *Client
		c      Client
	}{withSession, *withSession})
	type request struct { // as a handler's context value
		Name    string
		Session *Session
		inner   struct{ client *Client }
	}
	r := request{Name: "x", Session: s}
	r.inner.client = withSession
	d.look("a struct that holds a session", r, &r, []request{r})

	_, err := DecodeSession(s.Encode() + "A")
	d.look("a text that is refused", err)
	if _, leaked := leaks(s.Encode()); leaked {
		t.Log("Encode is readable: that is what its documentation says")
	}
	_, err = New("https://u:" + secretPassword + "@shop.example.com/" + secretToken)
	d.look("a base URL that is refused", err)
}

func TestResponseHoldsNoCookie(t *testing.T) {
	d := newLeakDetector(t)
	c := mustNew(t, "https://shop.example.com", inMemory(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Set-Cookie", "connect.sid="+secretCookie+"; Path=/")
		w.Header().Add("Set-Cookie", "lb="+secretOther+"; Path=/")
		answerJSON(w, 200, customerJSON)
	}), WithHeader("Authorization", secretHeader))
	var r Response
	opt := WithResponse(&r)
	_, err := c.Auth.Authenticate(t.Context(), secretEmail, secretPassword, opt)
	wantOK(t, err)
	if r.StatusCode != http.StatusOK || len(r.Header) == 0 {
		t.Errorf("response %+v", r)
	}
	d.look("a response", r, &r, opt)
	d.look("the client after a login", c, c.Session())
}

func TestPrintedSessionShowsWhetherACustomerIsLoggedIn(t *testing.T) {
	if got := fmt.Sprint(sessionOf("x")); got != "customers.Session(logged in)" {
		t.Error(got)
	}
	if got := fmt.Sprintf("%+v", new(Session)); got != "customers.Session(not logged in)" {
		t.Error(got)
	}
	_ = fmt.Sprint((*Session)(nil)) // does not end the program
}

func TestPrintingASessionWhileItChanges(t *testing.T) {
	b := newSessionBackend(t)
	c := b.client(t)
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 20 {
			_ = logIn(t.Context(), c, "a@example.com")
		}
	})
	wg.Go(func() {
		for range 200 {
			_ = fmt.Sprintf("%v %+v %#v", c.Session(), c.Session(), struct{ S *Session }{c.Session()})
			_ = fmt.Sprintf("%v", c)
		}
	})
	wg.Wait()
}

func TestSessionHasNoMarshaler(t *testing.T) {
	out, err := json.Marshal(map[string]*Session{"S": secretSession()})
	if err != nil || string(out) != `{"S":{}}` {
		t.Errorf("%s, %v", out, err)
	}
}
