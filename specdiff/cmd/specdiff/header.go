package main

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var isToken = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// ours are the headers that specdiff sets.
var ours = []string{"Cookie", "Content-Type", "Content-Length", "Host", "If-None-Match", "Transfer-Encoding", "Connection"}

// header returns the headers of texts such as "Name: value". No error repeats a value, which is a secret.
func header(texts []string) (http.Header, error) {
	all := http.Header{}
	for _, text := range texts {
		name, value, ok := strings.Cut(text, ":")
		value = strings.TrimSpace(value)
		switch {
		case !ok || !isToken.MatchString(name) || value == "" || strings.ContainsFunc(value, unicode.IsControl):
			return nil, errors.New("-header is not like 'Name: value'")
		case slices.Contains(ours, http.CanonicalHeaderKey(name)):
			return nil, fmt.Errorf("-header: specdiff sets %s by itself", http.CanonicalHeaderKey(name))
		}
		all.Add(name, value)
	}
	return all, nil
}
