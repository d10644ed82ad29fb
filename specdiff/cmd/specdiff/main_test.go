package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const testdata = "../../testdata/"

func TestExitCodes(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	damaged := filepath.Join(t.TempDir(), "damaged.yaml")
	if err := os.WriteFile(damaged, []byte("openapi: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	contract, published := testdata+"contract.yaml", testdata+"published.yaml"
	for name, c := range map[string]struct {
		args           []string
		stdin          string
		code           int
		stdout, stderr string
	}{
		"agrees":             {[]string{"-spec", contract, "-published", contract}, "", agrees, "agrees, 0 findings", ""},
		"disagrees":          {[]string{"-spec", contract, "-published", published}, "", disagrees, "disagrees, 3 findings: 3 unexplained, 0 accepted, 0 where only the published document is wrong; who is wrong is shown by the running backend", ""},
		"accepted":           {[]string{"-spec", contract, "-published", published, "-accepted", testdata + "accepted.yaml"}, "", disagrees, "2 unexplained, 1 accepted", ""},
		"JSON":               {[]string{"-spec", contract, "-published", published, "-format", "json"}, "", disagrees, `"unexplained": 3`, ""},
		"Markdown":           {[]string{"-spec", contract, "-published", published, "-format", "markdown"}, "", disagrees, "### ❌ specdiff", ""},
		"other routes":       {[]string{"-spec", contract, "-published", published, "-routes", "/store"}, "", disagrees, "POST /store/carts#presence", ""},
		"help":               {[]string{"-h"}, "", agrees, "", "Exit code 0"},
		"nothing":            {nil, "", usage, "", "nothing to compare"},
		"unknown flag":       {[]string{"-x"}, "", usage, "", "not defined: -x"},
		"an argument":        {[]string{"openapi.yaml"}, "", usage, "", "one argument too many"},
		"unknown format":     {[]string{"-spec", contract, "-published", published, "-format", "xml"}, "", usage, "", "want text, json, markdown, github, junit, sarif or html"},
		"unknown ending":     {[]string{"-spec", contract, "-published", published, "-o", "report.pdf"}, "", usage, "", "must end in"},
		"no folder":          {[]string{"-backend", gone.URL, "-o", "none/report.json"}, "", usage, "", "-o: none/report.json cannot be written"},
		"folder is a file":   {[]string{"-backend", gone.URL, "-o", damaged + "/report.json"}, "", usage, "", "is no folder"},
		"no folder, record":  {[]string{"-backend", gone.URL, "-record", "none/run.har"}, "", usage, "", "-record: none/run.har cannot be written"},
		"no earlier report":  {[]string{"-spec", contract, "-published", published, "-since", "none.json"}, "", usage, "", "none.json"},
		"earlier is damaged": {[]string{"-spec", contract, "-published", published, "-since", contract}, "", usage, "", "contract.yaml: it is no report"},
		"no folder for it":   {[]string{"-spec", contract, "-published", published, "-o", "none/report.html"}, "", usage, "", "none/report.html"},
		"unknown floor":      {[]string{"-floor", "luck=3"}, "", usage, "", "one can ask for"},
		"floor above 100":    {[]string{"-floor", "status=101"}, "", usage, "", "one can ask for"},
		"floor, no backend":  {[]string{"-spec", contract, "-published", contract, "-floor", "default"}, "", usage, "", "a floor needs the contract and the backend"},
		"file is missing":    {[]string{"-spec", "none.yaml", "-published", published}, "", usage, "", "none.yaml"},
		"file is damaged":    {[]string{"-spec", damaged, "-published", published}, "", usage, "", "damaged.yaml: it is neither YAML nor JSON"},
		"no package":         {[]string{"-spec", contract, "-package", testdata}, "", usage, "", "no package.json"},
		"no accepted file":   {[]string{"-spec", contract, "-published", published, "-accepted", "none.yaml"}, "", usage, "", "none.yaml"},
		"nor is one asked":   {[]string{"-spec", contract, "-backend", gone.URL, "-accepted", "none.yaml"}, "", usage, "", "none.yaml"},
		"no setup file":      {[]string{"-spec", contract, "-setup", "none.json"}, "", usage, "", "none.json"},
		"setup is no JSON":   {[]string{"-spec", contract, "-setup", "-"}, "geheim", usage, "", "the setup is no JSON object"},
		"backend is gone":    {[]string{"-spec", contract, "-backend", gone.URL}, "", unreachable, "", "cannot be reached"},
		"backend from setup": {[]string{"-spec", contract, "-setup", "-"}, `{"url":"` + gone.URL + `"}`, unreachable, "", "cannot be reached"},
		"backend and replay": {[]string{"-spec", contract, "-backend", gone.URL, "-replay", damaged}, "", usage, "", "not both"},
		"backend alone":      {[]string{"-backend", gone.URL}, "", unreachable, "", "cannot be reached"},
		"email, no backend":  {[]string{"-email", "geheim@example.com"}, "", usage, "", "-email is a login at the -backend"},
		"email, no password": {[]string{"-email", "geheim@example.com", "-backend", gone.URL}, "geheim", usage, "", "set SPECDIFF_PASSWORD"},
		"header, no value":   {[]string{"-header", "geheim"}, "", usage, "", "-header is not like 'Name: value'"},
		"header, no name":    {[]string{"-header", ": geheim"}, "", usage, "", "-header is not like 'Name: value'"},
		"header of two":      {[]string{"-header", "X: a\r\nY: geheim"}, "", usage, "", "-header is not like 'Name: value'"},
		"header of ours":     {[]string{"-header", "cookie: geheim"}, "", usage, "", "specdiff sets Cookie by itself"},
		"route of no form":   {[]string{"-backend", gone.URL, "-route", "/store/wishlist"}, "", usage, "", "is not like 'GET /store/customers/me/wishlist'"},
		"route that changes": {[]string{"-backend", gone.URL, "-route", "POST /store/wishlist"}, "", usage, "", "only GET is asked"},
		"route, no backend":  {[]string{"-spec", contract, "-published", published, "-route", "GET /store/wishlist"}, "", usage, "", "a route is asked on the backend"},
		"lifetime":           {[]string{"-cookie-lifetime", "long"}, "", usage, "", "-cookie-lifetime"},
		"works":              {[]string{"-replay", testdata + "plain.har"}, "", agrees, "works: nothing that was seen breaks the Go client", ""},
		"breaks":             {[]string{"-replay", testdata + "shop.har"}, "", disagrees, "1. breaks: StoreGetAuthEmailRes.exists, type: string", ""},
		"no record":          {[]string{"-spec", contract, "-replay", "none.har"}, "", usage, "", "none.har"},
		"record is no HAR":   {[]string{"-spec", contract, "-replay", damaged}, "", usage, "", "damaged.yaml: it is no HAR file"},
		"record of no run":   {[]string{"-spec", contract, "-published", published, "-record", damaged}, "", usage, "", "a record is made of a backend"},
		"backend's password": {[]string{"-spec", contract, "-backend", "http://me:geheim@x"}, "", usage, "", "must have no user"},
	} {
		t.Run(name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), c.args, strings.NewReader(c.stdin), &stdout, &stderr); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("printed\n%s\nand on stderr\n%s\nwant %q and %q", &stdout, &stderr, c.stdout, c.stderr)
			}
			if c.code >= usage && stdout.Len() > 0 || strings.Contains(stderr.String(), "geheim") || strings.Contains(stdout.String(), "\x1b") {
				t.Errorf("printed\n%s\nand on stderr\n%s", &stdout, &stderr)
			}
		})
	}
}

// TestTheLoginOfEmail checks that the customer of -email is the first to log in, and that its password does not show.
func TestTheLoginOfEmail(t *testing.T) {
	logins := make(chan string, 100)
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.Contains(string(body), "ada@example.com") {
			select {
			case logins <- string(body):
			default:
			}
		}
		if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/store/auth/") {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
			_, _ = io.WriteString(w, `{"exists":false}`)
			return
		}
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, "Unauthorized")
	}))
	defer backend.Close()
	t.Setenv(passwordVariable, "geheim-geheim")
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-backend", backend.URL, "-email", "ada@example.com"}, strings.NewReader(""), &stdout, &stderr)
	if code != unreachable {
		t.Errorf("exit code %d, want %d", code, unreachable)
	}
	select {
	case body := <-logins:
		if !strings.Contains(body, "geheim-geheim") {
			t.Error("the login has another password")
		}
	default:
		t.Error("the customer did not log in")
	}
	if all := stdout.String() + stderr.String(); strings.Contains(all, "geheim") || strings.Contains(all, "ada@") {
		t.Errorf("a secret shows in\n%s", all)
	}
}

func TestJSONIsOneObject(t *testing.T) {
	var stdout, stderr bytes.Buffer
	run(t.Context(), []string{"-spec", testdata + "contract.yaml", "-published", testdata + "published.yaml", "-format", "json"}, nil, &stdout, &stderr)
	var got struct {
		Findings []map[string]any `json:"findings"`
	}
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil || len(got.Findings) != 3 {
		t.Errorf("got %v and %d findings", err, len(got.Findings))
	}
}

// TestOutputs checks that one run writes several files, each in the format of its ending, that an earlier one is taken
// for -since, and that GitHub gets the summary of the job.
func TestOutputs(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	t.Setenv("GITHUB_STEP_SUMMARY", file("summary"))
	args := []string{"-spec", testdata + "contract.yaml", "-published", testdata + "published.yaml", "-format", "github"}
	for _, name := range []string{"r.txt", "r.json", "r.md", "r.xml", "r.sarif", "r.html"} {
		args = append(args, "-o", file(name))
	}
	for range 2 { // the second run replaces the files, and adds to the summary
		var stdout, stderr bytes.Buffer
		if code := run(t.Context(), args, nil, &stdout, &stderr); code != disagrees || !strings.HasPrefix(stdout.String(), "::error ") {
			t.Fatalf("exit code %d, printed\n%s%s", code, &stdout, &stderr)
		}
	}
	for name, start := range map[string]string{"r.txt": "specdiff: ", "r.json": "{", "r.md": "### ", "r.xml": "<?xml ", "r.sarif": "{", "r.html": "<!DOCTYPE html>", "summary": "### "} {
		got, err := os.ReadFile(file(name))
		if err != nil || !strings.HasPrefix(string(got), start) {
			t.Errorf("%s: %v, %.80q", name, err, got)
		}
		if n := strings.Count(string(got), "### "); name == "summary" && n != 2 {
			t.Errorf("the summary has %d reports", n)
		}
	}
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), append(args[:4:4], "-since", file("r.json")), nil, &stdout, &stderr); code != disagrees || !strings.Contains(stdout.String(), "0 new") {
		t.Errorf("exit code %d, printed\n%s%s", code, &stdout, &stderr)
	}
}

func TestWidth(t *testing.T) {
	for columns, want := range map[string]int{"": 0, "100": 100, "1": 40, "-5": 0, "x": 0} {
		t.Setenv("COLUMNS", columns)
		if got := width(new(bytes.Buffer)); got != want {
			t.Errorf("COLUMNS=%s: the width is %d, want %d", columns, got, want)
		}
	}
}

func TestColorsAreForATerminal(t *testing.T) {
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // as a terminal is, a character device
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = device.Close() }()
	for _, c := range []struct {
		noColor, term string
		want          bool
	}{{"", "xterm", true}, {"1", "xterm", false}, {"", "dumb", false}} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("TERM", c.term)
		if got := colored(device); got != c.want {
			t.Errorf("NO_COLOR=%s TERM=%s: coloured is %t", c.noColor, c.term, got)
		}
		if colored(new(bytes.Buffer)) {
			t.Error("a buffer gets colours")
		}
	}
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := newProgress(&b)
	for range 1000 {
		p.step("script: logins")
	}
	p.done()
	if got := b.String(); got != "specdiff: script: logins\n" {
		t.Errorf("a file got %q", got)
	}
	b.Reset()
	p = newProgress(&b)
	p.terminal = true
	p.step("script: " + strings.Repeat("x", 200))
	p.done()
	if got := b.String(); !strings.HasPrefix(got, clearLine+"script: x") || !strings.HasSuffix(got, clearLine) || strings.Contains(got, "\n") || len(got) > 100 {
		t.Errorf("a terminal got %q", got)
	}
}
