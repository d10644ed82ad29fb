package main

import (
	"strings"
	"testing"
)

const generated = `package api

import (
	"fmt"
	"net/http"
	"net/url"
)

func NewGetRequest(server string, id string) (*http.Request, error) {
	var err error

	pathParam0, err = runtime.StyleParamWithOptions("simple", false, "id", id, runtime.StyleParamOptions{ParamLocation: runtime.ParamLocationPath, Type: "string", Format: ""})

	operationPath := fmt.Sprintf("/a/%s/b", pathParam0)
	queryURL, err := url.Parse(operationPath)
	req, err := http.NewRequest(http.MethodGet, queryURL.String(), nil)
	return req, nil
}
`

func TestBuildersAreRewritten(t *testing.T) {
	out, err := rewrite(generated)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`segment0, err := pathSegment("id", id)`, `newRequest(http.MethodGet, server, "/a/"+segment0+"/b", "", nil, "")`} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %s in\n%s", want, out)
		}
	}
	if strings.Contains(string(out), "net/url") || strings.Contains(string(out), `"fmt"`) {
		t.Errorf("imports that are not used are left:\n%s", out)
	}
}

func TestWhatIsNotKnownIsRefused(t *testing.T) {
	for _, text := range []string{
		strings.Replace(generated, "\treturn req, nil\n", "\treq.Header.Set(\"X\", headerParam0)\n\treturn req, nil\n", 1),
		strings.Replace(generated, "http.NewRequest(", "http.NewRequestWithContext(ctx, ", 1),
		strings.Replace(generated, "func NewGetRequest(server", "func NewGetRequest(host", 1),
		strings.Replace(generated, `Format: ""`, `Format: "byte"`, 1),
	} {
		if out, err := rewrite(text); err == nil {
			t.Errorf("taken: %s", out)
		}
	}
}
