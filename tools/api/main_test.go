package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const source = `package shop

import "net/http"

const (
	Limit          = 3
	Open     State = "open"
	internal       = 1
)

type State string

type Client struct {
	http.Flusher
	base
	Name string
	key  string
}

type base struct{ Count int }

func (base) Reset()             {}
func (c *Client) Close() error  { return nil }
func (c Client) private() State { return Open }

type Alias[T any] = List[T]

type List[T any] []T

func (List[T]) First(fallback T) (first T) { return }

type Sealed interface{ sealed(); Public(n int) }

var Default *Client

func Map[T, U any](in []T, f func(T) U, more ...http.Header) []U { return nil }
`

const want = `const Limit = 3
const Open State = "open"
field Client.Count int
field Client.Flusher http.Flusher embedded
field Client.Name string
func Map[T, U any](in []T, f func(T) U, more ...http.Header) []U
method (*Client) Close() error
method (Client) Flush()
method (Client) Reset()
method (List) First(fallback T) (first T)
method (Sealed) Public(n int)
method (Sealed) with unexported methods
type Alias[T any] = List[T]
type Client struct
type List[T any] []T
type Sealed interface
type State string
var Default *Client
`

func TestLines(t *testing.T) {
	dir, out := t.TempDir(), t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module example.com/shop\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "shop.go"), source)
	if err := run(dir, out, []string{"."}, false); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(out, "shop.txt")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != want {
		t.Errorf("got\n%s", text)
	}

	if err := run(dir, out, []string{"."}, true); err != nil {
		t.Errorf("unchanged: %v", err)
	}
	write(t, filepath.Join(dir, "shop.go"), strings.Replace(source, "Name string", "Name []string", 1))
	if err := run(dir, out, []string{"."}, true); !errors.Is(err, errChanged) {
		t.Errorf("a field of another type: %v", err)
	}
}

func TestDifference(t *testing.T) {
	got := difference([]string{"a", "b int", "c"}, []string{"a", "b string", "c", "d"})
	if want := []string{"- b int", "+ b string", "+ d"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
