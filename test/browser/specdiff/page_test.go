// Package specdiff drives the page that specdiff writes in Chromium, and reads its other reports by programs of others.
package specdiff

import (
	"bytes"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/accept"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/report"
	"github.com/medusa-storefront/customers-go/test/browser/internal/chrome"
)

var (
	chromium *chrome.Browser
	// make screenshots sets it.
	screenshots = flag.String("screenshots", "", "the `folder` to write the screenshot of the document to")
)

func TestMain(m *testing.M) {
	var err error
	if chromium, err = chrome.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "chromium:", err)
		os.Exit(1)
	}
	code := m.Run()
	chromium.Close()
	os.Exit(code)
}

// sample returns the report of a run on the real backend, after edits of the contract, with some of what is explained.
func sample(t *testing.T) *report.Report {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, err := report.ReadJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// many returns a report with as many findings as the real backend's.
func many(t *testing.T) *report.Report {
	t.Helper()
	r := sample(t)
	all := r.Findings
	for i := range 673 - len(all) {
		f := all[i%len(all)]
		f.Place = fmt.Sprintf("%s.copy_%d", f.Place, i)
		r.Findings = append(r.Findings, f)
	}
	return r
}

// hostile is text that a backend or a document may contain, and that would do something in a page that took it as it is.
const hostile = "</script><script>globalThis.hacked=1</script><img src=x onerror=globalThis.hacked=1><a href=javascript:globalThis.hacked=1>x</a>" +
	"</code></details></style><style>*{display:none}</style>\"'`\u202e\u2066 {{.}} ${BACKEND} <!-- "

func terrible(t *testing.T) *report.Report {
	t.Helper()
	r := sample(t)
	r.Findings = append(r.Findings[:6:6], r.Findings[len(r.Findings)-6:]...)
	long := strings.Repeat("very_long_name_without_a_place_to_break", 20)
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Place = fmt.Sprint("Order.", hostile, long, i)
		f.Contract, f.Published, f.Live, f.Go, f.Change, f.Example, f.YAML = hostile, long, hostile, hostile, long, hostile, "x: "+hostile
		f.Operation, f.Uses, f.File = hostile, []string{hostile, long}, hostile
		f.Curl = "curl '" + hostile + "'"
		if f.Accepted != "" {
			f.Accepted = hostile + long
		}
	}
	r.Sources = report.Sources{Contract: hostile, Published: long, Backend: "javascript:" + hostile, Version: hostile, Since: hostile}
	r.Problems = []accept.Problem{{ID: hostile, Text: long}}
	r.Coverage = []report.Coverage{{What: hostile, Seen: 1, Declared: 2, Floor: 90, Missing: []string{hostile, long}}}
	r.Notes, r.Gone = []string{hostile}, []finding.Finding{r.Findings[0]}
	return r
}

// written writes the page of a report to a file, and returns its name.
func written(t *testing.T, r *report.Report) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	var b bytes.Buffer
	if err := r.HTML(&b); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// show opens the page of a report from a file.
func show(t *testing.T, r *report.Report) *chrome.Tab {
	t.Helper()
	file := written(t, r)
	tab := chromium.Profile(t).Tab()
	tab.Open("file://" + file)
	t.Cleanup(func() {
		for _, address := range tab.Requests() {
			if address != "file://"+file {
				t.Errorf("the page asked for %s", address)
			}
		}
	})
	return tab
}

// count returns how many elements are shown that the CSS selector matches.
func count(tab *chrome.Tab, selector string) int {
	return chrome.Evaluate[int](tab, fmt.Sprintf(`[...document.querySelectorAll(%q)].filter(e => e.checkVisibility()).length`, selector))
}

// mine returns the report about a backend alone, with a difference that breaks the client.
func mine(t *testing.T) *report.Report {
	t.Helper()
	r := sample(t)
	r.Sources.Published = ""
	r.Findings = slices.DeleteFunc(r.Findings, func(f finding.Finding) bool { return f.Wrong == finding.Published })
	for i := range r.Findings {
		r.Findings[i].Breaking = i == 0
	}
	return r
}

// TestPage checks pages with few, no and hostile findings by axe: closed in a window, and open on a narrow phone in
// the dark. None may be wider than the screen.
func TestPage(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]*report.Report{
		"sample": sample(t), "a backend alone": mine(t), "hostile": terrible(t), "none": {Sources: report.Sources{Contract: "openapi.yaml", Backend: "http://x"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tab := show(t, r)
			for _, screen := range []struct {
				name          string
				width, height int64
				phone, dark   bool
			}{{"window", 1280, 800, false, false}, {"phone", 320, 640, true, true}} {
				tab.Size(screen.width, screen.height, screen.phone)
				tab.Dark(screen.dark)
				if screen.phone && len(r.Findings) > 0 {
					tab.Press("Open all")
				}
				for _, v := range tab.Violations() {
					t.Errorf("%s: %s", screen.name, v)
				}
				if wide := tab.Overflow(); wide > 0 {
					t.Errorf("%s: the page is %g pixels wider than the screen", screen.name, wide)
				}
			}
			if chrome.Evaluate[bool](tab, `"hacked" in globalThis`) {
				t.Error("text of a report was run")
			}
			if n := chrome.Evaluate[int](tab, `document.querySelectorAll("main, script, style, img, a").length`); n != 4 { // one link skips to the findings
				t.Errorf("text of a report became an element: there are %d", n)
			}
		})
	}
}

func TestEveryFindingIsThere(t *testing.T) {
	t.Parallel()
	for _, r := range []*report.Report{many(t), terrible(t)} {
		tab := show(t, r)
		chrome.Evaluate[bool](tab, `(document.getElementById("open").click(), true)`)
		if got := count(tab, ".finding"); got != len(r.Findings) {
			t.Errorf("%d findings are shown, want %d", got, len(r.Findings))
		}
		if got := count(tab, ".finding > dl"); got != len(r.Findings) {
			t.Errorf("%d findings are open, want %d", got, len(r.Findings))
		}
		if wide := tab.Overflow(); wide > 0 {
			t.Errorf("%d findings are %g pixels wider than the screen", len(r.Findings), wide)
		}
		chrome.Evaluate[bool](tab, `(document.getElementById("close").click(), true)`)
		if got := count(tab, ".finding > dl"); got != 0 {
			t.Errorf("%d findings are still open", got)
		}
	}
}

func TestFilter(t *testing.T) {
	t.Parallel()
	r := sample(t)
	tab := show(t, r)
	shown := func(is func(finding.Finding) bool) int {
		n := 0
		for _, f := range r.Findings {
			if is(f) {
				n++
			}
		}
		return n
	}
	expect := func(what string, want int) {
		t.Helper()
		if got := chrome.Evaluate[int](tab, `document.querySelectorAll(".finding:not([hidden])").length`); got != want || want == 0 {
			t.Errorf("%s: %d findings are shown, want %d", what, got, want)
		}
		if status := fmt.Sprintf("%d of %d findings", want, len(r.Findings)); !tab.Page().Shows(status) {
			t.Errorf("%s: the page does not say %q", what, status)
		}
	}
	all := len(r.Findings)
	expect("at first", all)

	tab.Fill("Search", "LOYALTY  customer")
	expect("a search", shown(func(f finding.Finding) bool { return strings.Contains(f.Place, "loyalty") }))
	tab.Fill("Search", "any JSON may be stored") // a reason: its group opens
	expect("a search for a reason", shown(func(f finding.Finding) bool { return f.Accepted == "any JSON may be stored" }))
	if count(tab, ".group > .finding") == 0 {
		t.Error("what a search found is in a closed group")
	}
	tab.Fill("Search", "x")
	tab.Keys("\b") // a person empties the field
	expect("an empty search", all)

	for _, wrong := range []finding.Wrong{finding.Contract, finding.Published, finding.Undecided} {
		tab.Check(string(wrong))
		expect(string(wrong), shown(func(f finding.Finding) bool { return f.Wrong == wrong }))
	}
	tab.Fill("Search", "metadata")
	expect("both", shown(func(f finding.Finding) bool {
		return f.Wrong == finding.Undecided && strings.Contains(fmt.Sprint(f), "metadata")
	}))
}

// TestBackendAlone checks that the filter of a report about a backend alone is by what breaks the client.
func TestBackendAlone(t *testing.T) {
	t.Parallel()
	r := mine(t)
	tab := show(t, r)
	if page := tab.Page(); !page.Shows("specdiff breaks") || !page.Shows(r.Findings[0].ID()) {
		t.Errorf("what breaks is not shown:\n%s", page.Text)
	}
	for choice, want := range map[string]int{"breaks": 1, "harmless": len(r.Findings) - 1} {
		tab.Check(choice)
		if got := chrome.Evaluate[int](tab, `document.querySelectorAll(".finding:not([hidden])").length`); got != want {
			t.Errorf("%s: %d findings are shown, want %d", choice, got, want)
		}
	}
}

func TestOnlyNew(t *testing.T) {
	t.Parallel()
	r := sample(t)
	n := 0
	for _, f := range r.Findings {
		if f.New {
			n++
		}
	}
	tab := show(t, r)
	tab.Check(fmt.Sprintf("only new (%d)", n))
	if got := chrome.Evaluate[int](tab, `document.querySelectorAll(".finding:not([hidden])").length`); got != n || n == 0 || n == len(r.Findings) {
		t.Errorf("%d findings are shown, want %d", got, n)
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	r := sample(t)
	i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.Curl != "" && f.Place == "Customer.first_name" })
	f := r.Findings[i]
	tab := show(t, r)
	tab.Fill("Search", f.ID())
	tab.Press("Open all")
	tab.Press("Copy repeat")
	tab.Until(`[...document.querySelectorAll(".copy")].some(e => e.textContent === "Copied")`)
	tab.Paste("Search")
	if got := tab.Value("Search"); got != f.Curl {
		t.Errorf("copied %q, want %q", got, f.Curl)
	}
}

func TestKeyboard(t *testing.T) {
	t.Parallel()
	tab := show(t, sample(t))
	tab.Keys(chrome.KeyTab)
	if got := tab.Focused(); got != "Skip to the findings" {
		t.Errorf("the first thing to come to is %q", got)
	}
	tab.Keys(chrome.KeyEnter + chrome.KeyTab)
	if got := tab.Focused(); got != "Search" {
		t.Errorf("after the skip comes %q", got)
	}
	for range 10 {
		tab.Keys(chrome.KeyTab)
		if chrome.Evaluate[bool](tab, `document.activeElement.localName === "summary"`) {
			break
		}
	}
	tab.Keys(chrome.KeyEnter)
	if count(tab, ".finding > dl") != 1 {
		t.Error("the Enter key opens no finding")
	}
}

func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	r := sample(t)
	file := written(t, r)
	tab := chromium.Profile(t).Tab()
	tab.WithoutScripts()
	page := tab.Open("file://" + file)
	if !page.Shows(r.Findings[0].ID()) || page.Shows("Search") || page.Shows("Copy") {
		t.Errorf("without scripts, the page shows\n%s", page.Text)
	}
}

// TestScreenshot makes the picture of specdiff's README.
func TestScreenshot(t *testing.T) {
	t.Parallel()
	const width, most = 1200, 200 << 10
	tab := show(t, sample(t))
	tab.Size(width, 1120, false)
	chrome.Evaluate[bool](tab, `(() => { const f = document.querySelector(".finding"); f.open = true; scrollTo(0, 0); return true })()`)
	image := tab.Screenshot()
	if picture, err := png.DecodeConfig(bytes.NewReader(image)); err != nil || picture.Width != width || len(image) > most {
		t.Errorf("%d bytes, %d pixels wide: %v", len(image), picture.Width, err)
	}
	if *screenshots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*screenshots, "specdiff.png"), image, 0o644); err != nil {
		t.Fatal(err)
	}
}
