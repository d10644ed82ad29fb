package inmemory

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
	"github.com/medusa-storefront/customers-go/specdiff"
)

// TestARecordShowsWhatItsRunShowed checks that the report on a record is that of the run that was recorded, and that
// the record is without secrets.
func TestARecordShowsWhatItsRunShowed(t *testing.T) {
	backend := customerstest.NewServer(t)
	file := filepath.Join(t.TempDir(), "run.har")
	config := specdiff.Config{
		Contract: "../../../openapi.yaml", Backend: backend.URL, Setup: fixture(t, backend), Floor: floor,
		Accepted: "../../../specdiff/accepted.yaml", Version: "1.20.11", Record: file,
	}
	want := reportOn(t, config)
	setup := config.Setup
	config.Backend, config.Setup, config.Version, config.Record, config.Replay = "", specdiff.Setup{}, "", "", file
	if got := reportOn(t, config); got != want {
		t.Errorf("the record shows\n%s\nand the run showed\n%s", got, want)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, customer := range setup.Customers {
		for _, secret := range []string{customer.Email, customer.Password} {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("the record has %q", secret)
			}
		}
	}
	for _, form := range []string{`eyJ[\w-]+\.`, `connect\.sid=s(:|%3A)`, `specdiff-[a-z0-9]{10}-\d`, `(?i)@example\.com`} {
		if found := regexp.MustCompile(form).Find(text); found != nil {
			t.Errorf("the record has %q", found)
		}
	}
}

// reportOn returns the report as JSON.
func reportOn(t *testing.T, config specdiff.Config) string {
	t.Helper()
	r, err := specdiff.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := r.JSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestAHarFileOfAnotherProgram checks what a file shows that a browser recorded in front of a gateway.
func TestAHarFileOfAnotherProgram(t *testing.T) {
	type object = map[string]any
	exchange := func(method, url string, requestHeaders []object, status int, headers []object, body string) object {
		return object{
			"request":  object{"method": method, "url": url, "headers": requestHeaders},
			"response": object{"status": status, "headers": headers, "content": object{"size": len(body), "mimeType": "application/json", "text": body}},
		}
	}
	const shop = "https://shop.example.com/medusa"
	isJSON := []object{{"name": "content-type", "value": "application/json; charset=utf-8"}}
	session := []object{{"name": ":authority", "value": "shop.example.com"}, {"name": "cookie", "value": "connect.sid=s%3Asecret"}}
	exists := `{"exists":true,"since":"2020"}`
	har := func(entries ...object) string {
		text, err := json.Marshal(object{"log": object{"version": "1.2", "entries": entries}})
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "browser.har")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	run := func(file string) (ids, text string) {
		r, err := specdiff.Run(t.Context(), specdiff.Config{Contract: "../../../openapi.yaml", Replay: file})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.Findings {
			ids += f.ID() + " "
			text += f.Curl + f.Example + f.Live
		}
		return strings.TrimSpace(ids), text + strings.Join(r.Notes, "; ")
	}
	ids, text := run(har(
		exchange("GET", shop+"/assets/app.js", nil, 200, nil, "x"),
		exchange("OPTIONS", shop+"/store/auth", nil, 204, nil, ""),
		exchange("GET", shop+"/store/auth/a%40b.example", session, 200, isJSON, exists),
	))
	if want := "StoreGetAuthEmailRes.since#presence"; ids != want {
		t.Errorf("found %s, want %s", ids, want)
	}
	if strings.Contains(text, "secret") || strings.Contains(text, "a%40b") || !strings.Contains(text, "2 of 3 exchanges") {
		t.Errorf("printed %s", text)
	}
	// Browsers leave out cookies, unless they are asked not to.
	ids, text = run(har(exchange("GET", shop+"/store/customers/me/payment-methods", nil, 200, isJSON, `{"payment_methods":[]}`)))
	if ids != "" || !strings.Contains(text, "without cookies and tokens") {
		t.Errorf("found %s and printed %s", ids, text)
	}
}
