// Package document reads OpenAPI 3.0 documents that may be damaged or hostile, from files and URLs.
package document

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"
)

// The bounds on what a document may cost, which is 300 MiB of memory at most. The published document of all storefront
// routes has 0.6 MB and 30,000 values.
const (
	MaxBytes  = 4 << 20
	maxValues = 200_000 // with aliases unfolded
	timeout   = 20 * time.Second
	maxHops   = 3
)

// Load reads a document, YAML or JSON, from a file or an http(s) URL. It reads at most [MaxBytes], for at most 20
// seconds, and follows at most three redirects. See [Parse] for what it refuses.
func Load(ctx context.Context, source string) (*openapi3.T, error) {
	data, err := Read(ctx, source)
	if err != nil {
		return nil, err
	}
	return Parse(data, source)
}

// Read returns the text of a document, as [Load] reads it.
func Read(ctx context.Context, source string) ([]byte, error) {
	if !IsURL(source) {
		return readFile(ctx, source)
	}
	if u, err := url.Parse(source); err != nil || u.User != nil {
		return nil, errors.New("the document's URL holds a password: serve it without one, or download it and give the file")
	}
	return fetch(ctx, source)
}

// IsURL reports whether a source is a URL, and not a file.
func IsURL(source string) bool {
	u, err := url.Parse(source)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https")
}

func readFile(_ context.Context, name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file", name)
	}
	return readAll(f, name)
}

func fetch(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	client := &http.Client{CheckRedirect: func(_ *http.Request, via []*http.Request) error {
		if len(via) > maxHops {
			return fmt.Errorf("more than %d redirects", maxHops)
		}
		return nil
	}}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetching the document: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetching %s: %s", address, resp.Status)
	}
	return readAll(resp.Body, address)
}

func readAll(r io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%s is larger than %d MiB: is it an OpenAPI document?", name, MaxBytes>>20)
	}
	return data, nil
}

// Parse reads a document; name is for errors. It refuses references to other files, aliases that unfold to very many
// values, schemas that consist of themselves, and documents without a part that OpenAPI requires and readers rely on.
func Parse(data []byte, name string) (*openapi3.T, error) {
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%s is larger than %d MiB: is it an OpenAPI document?", name, MaxBytes>>20)
	}
	doc, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return doc, nil
}

func parse(data []byte) (*openapi3.T, error) {
	if mayHold(data) > maxValues {
		return nil, fmt.Errorf("it holds more than %d values: is it an OpenAPI document?", maxValues)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("it is neither YAML nor JSON: %w", err)
	}
	if size(&root, map[*yaml.Node]int{}) > maxValues {
		return nil, fmt.Errorf("it unfolds to more than %d values: its aliases repeat too much", maxValues)
	}
	if err := version(&root); err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(data)
	if err != nil {
		return nil, firstLine(err)
	}
	if err := Complete(doc); err != nil {
		return nil, err
	}
	return doc, nil
}

// mayHold returns about how many values there are at most, without parsing: each begins a line or follows one of these
// characters.
func mayHold(data []byte) int {
	n := 1
	for _, c := range data {
		if c == '\n' || c == ',' || c == '[' || c == '{' {
			n++
		}
	}
	return n
}

// size returns the number of nodes below n, with aliases unfolded. It returns more than maxValues for a node that
// contains itself.
func size(n *yaml.Node, known map[*yaml.Node]int) int {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if total, ok := known[n]; ok {
		return total
	}
	known[n] = maxValues + 1 // while it is being counted
	total := 1
	for _, child := range n.Content {
		total += size(child, known)
		if total > maxValues {
			return maxValues + 1
		}
	}
	known[n] = total
	return total
}

func version(root *yaml.Node) error {
	var head struct {
		OpenAPI yaml.Node `yaml:"openapi"`
		Swagger yaml.Node `yaml:"swagger"`
	}
	if err := root.Decode(&head); err != nil || head.OpenAPI.Value+head.Swagger.Value == "" {
		return errors.New(`it is no OpenAPI document: "openapi: 3.0.x" is missing at its top`)
	}
	if v := head.OpenAPI.Value; !strings.HasPrefix(v, "3.0.") {
		return fmt.Errorf("it is OpenAPI %s; only 3.0 is understood", v+head.Swagger.Value)
	}
	return nil
}

// firstLine returns the first line of an error, because nested decoding quotes the document at length.
func firstLine(err error) error {
	text, _, _ := strings.Cut(err.Error(), "\n")
	const most = 300
	if len(text) > most {
		text = text[:most] + "…"
	}
	return errors.New(text)
}
