package route

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/infer"
)

// Propose returns an entry for the paths of a contract, by the responses to the route, as YAML to paste. The contract is
// the one to paste it into: what it has components for refers to them. Propose returns an error that says why if no
// response shows what the route is.
func (r Route) Propose(contract *openapi3.T, seen []*conform.Exchange) (string, error) {
	if err := problem(seen); err != nil {
		return "", err
	}
	byStatus := map[int][]*conform.Exchange{}
	for _, x := range seen {
		byStatus[x.Status] = append(byStatus[x.Status], x)
	}
	p := proposal{contract}
	responses := infer.Map()
	for _, status := range slices.Sorted(maps.Keys(byStatus)) {
		infer.Set(responses, strconv.Itoa(status), p.response(status, byStatus[status]))
	}
	get := infer.Map()
	infer.Set(get, "operationId", infer.Scalar(p.operationID(r.Template)))
	if tag := p.tag(r.Template); tag != "" {
		infer.Set(get, "tags", list(infer.Scalar(tag)))
	}
	infer.Set(get, "summary", infer.Scalar("Read "+r.Template))
	infer.Set(get, "description", infer.Scalar("Proposed by specdiff, from what was seen. Say what it is for."))
	infer.Set(get, "security", p.security(seen))
	if parameters := r.parameters(); len(parameters) > 0 {
		infer.Set(get, "parameters", &yaml.Node{Kind: yaml.SequenceNode, Content: parameters})
	}
	infer.Set(get, "responses", responses)
	item, paths, document := infer.Map(), infer.Map(), infer.Map()
	infer.Set(item, "get", get)
	infer.Set(paths, r.Template, item)
	infer.Set(document, "paths", paths)
	return infer.YAML(document), nil
}

// problem returns why nothing can be proposed.
func problem(seen []*conform.Exchange) error {
	var first *conform.Exchange // that was sent with a login, or the first
	for _, x := range seen {
		if x.Status/100 == 2 {
			return nil
		}
		if first == nil || loggedIn(x) && !loggedIn(first) {
			first = x
		}
	}
	switch {
	case first == nil:
		return errors.New("it was not asked: no customer could log in")
	case first.Status == http.StatusNotFound && !isJSON(first):
		return errors.New("the backend has no such route")
	case first.Status == http.StatusNotFound:
		return errors.New("404: there is nothing at it for this customer; give parameters other values")
	case first.Status == http.StatusUnauthorized && loggedIn(first):
		return errors.New("401: it needs another login than a customer's")
	case first.Status == http.StatusUnauthorized:
		return errors.New("401: it needs a login; give one with -email")
	}
	return fmt.Errorf("%d, and no success", first.Status)
}

func loggedIn(x *conform.Exchange) bool {
	return x.RequestHeader.Get("Cookie")+x.RequestHeader.Get("Authorization") != ""
}

// proposal makes parts of a proposed contract.
type proposal struct{ contract *openapi3.T }

// known are the components that the contract has for failures.
var known = map[int]string{
	http.StatusBadRequest: "BadRequest", http.StatusUnauthorized: "Unauthenticated", http.StatusNotFound: "NotFound", http.StatusInternalServerError: "ServerError",
}

func (p proposal) response(status int, seen []*conform.Exchange) *yaml.Node {
	components := p.components()
	if name := known[status]; components.Responses[name] != nil && p.fits(components.Responses[name], seen) {
		return reference("responses", name)
	}
	node := infer.Map()
	infer.Set(node, "description", infer.Scalar(cmp.Or(http.StatusText(status), "A response")))
	headers := infer.Map()
	for _, header := range []struct{ name, component string }{{"ETag", "ETag"}, {"Set-Cookie", "SessionCookie"}} {
		if components.Headers[header.component] != nil && slices.ContainsFunc(seen, func(x *conform.Exchange) bool { return x.ResponseHeader.Get(header.name) != "" }) {
			infer.Set(headers, header.name, reference("headers", header.component))
		}
	}
	if len(headers.Content) > 0 {
		infer.Set(node, "headers", headers)
	}
	kinds := map[string][]*conform.Exchange{}
	for _, x := range seen {
		if len(x.ResponseBody) > 0 {
			kinds[mediaType(x)] = append(kinds[mediaType(x)], x)
		}
	}
	if len(kinds[""]) > 0 {
		infer.Set(node, "x-no-content-type", infer.Scalar(true))
		delete(kinds, "")
	}
	content := infer.Map()
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		media := infer.Map()
		infer.Set(media, "schema", schema(kinds[kind]))
		infer.Set(content, kind, media)
	}
	if len(content.Content) > 0 {
		infer.Set(node, "content", content)
	}
	return node
}

// fits reports whether a response of the contract has the content types and the cookie that were seen.
func (p proposal) fits(response *openapi3.ResponseRef, seen []*conform.Exchange) bool {
	declared := response.Value
	return !slices.ContainsFunc(seen, func(x *conform.Exchange) bool {
		kind := mediaType(x)
		return kind != "" && declared.Content[kind] == nil || kind == "" && len(declared.Content) > 0 ||
			(declared.Headers["Set-Cookie"] != nil) != (x.ResponseHeader.Get("Set-Cookie") != "") && !loggedIn(x)
	})
}

func schema(seen []*conform.Exchange) *yaml.Node {
	var samples []any
	for _, x := range seen {
		d := json.NewDecoder(bytes.NewReader(x.ResponseBody))
		d.UseNumber()
		var v any
		if !isJSON(x) || d.Decode(&v) != nil {
			v = string(x.ResponseBody)
		}
		samples = append(samples, v)
	}
	return infer.Schema(samples)
}

func isJSON(x *conform.Exchange) bool { return strings.HasSuffix(mediaType(x), "json") }

func mediaType(x *conform.Exchange) string {
	kind, _, _ := strings.Cut(x.ResponseHeader.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// components returns the components of the contract, which may have none.
func (p proposal) components() openapi3.Components {
	if p.contract == nil || p.contract.Components == nil {
		return openapi3.Components{}
	}
	return *p.contract.Components
}

// security returns what a request needs: nothing if one without a login had a success.
func (p proposal) security(seen []*conform.Exchange) *yaml.Node {
	all := list()
	if slices.ContainsFunc(seen, func(x *conform.Exchange) bool { return !loggedIn(x) && x.Status/100 == 2 }) {
		return all
	}
	for _, name := range []string{"cookieAuth", "bearerAuth"} {
		if p.components().SecuritySchemes[name] != nil {
			scheme := infer.Map()
			scheme.Style = yaml.FlowStyle
			infer.Set(scheme, name, list())
			all.Content = append(all.Content, scheme)
		}
	}
	return all
}

// operationID returns a name that the contract does not have yet: GetWishlistById.
func (p proposal) operationID(template string) string {
	id, by := "Get", ""
	for segment := range strings.SplitSeq(strings.Trim(template, "/"), "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok {
			by = "By" + pascal(strings.TrimSuffix(name, "}"))
		} else if !slices.Contains([]string{"store", "customers", "me"}, segment) {
			id += by + pascal(segment)
			by = ""
		}
	}
	id += by
	taken := map[string]bool{"Get": true}
	if p.contract != nil {
		for _, item := range p.contract.Paths.Map() {
			for _, op := range item.Operations() {
				taken[op.OperationID] = true
			}
		}
	}
	for n := 2; ; n++ {
		if !taken[id] {
			return id
		}
		id = strings.TrimRight(id, "0123456789") + strconv.Itoa(n)
	}
}

func pascal(words string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(words, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		first, size := utf8.DecodeRuneInString(word)
		b.WriteString(string(unicode.ToUpper(first)) + word[size:])
	}
	return b.String()
}

// tag returns the tag of the contract's operations next to the route; "" if there are none.
func (p proposal) tag(template string) string {
	for prefix := template; p.contract != nil && prefix != ""; prefix = prefix[:strings.LastIndex(prefix, "/")] {
		if item := p.contract.Paths.Find(prefix); item != nil {
			for _, op := range item.Operations() {
				if len(op.Tags) > 0 {
					return op.Tags[0]
				}
			}
		}
	}
	return ""
}

func (r Route) parameters() []*yaml.Node {
	var all []*yaml.Node
	add := func(name, in string, required bool, value string) {
		node, kind := infer.Map(), infer.Map()
		infer.Set(node, "name", infer.Scalar(name))
		infer.Set(node, "in", infer.Scalar(in))
		if required {
			infer.Set(node, "required", infer.Scalar(true))
		}
		kind.Style = yaml.FlowStyle
		_, err := strconv.Atoi(value)
		infer.Set(kind, "type", infer.Scalar(map[bool]string{true: "integer", false: "string"}[err == nil && !required]))
		infer.Set(node, "schema", kind)
		all = append(all, node)
	}
	for _, name := range r.Names {
		add(name, "path", true, "")
	}
	for _, q := range r.Query {
		add(q.Name, "query", false, q.Value)
	}
	return all
}

func list(all ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: all}
}

func reference(kind, name string) *yaml.Node {
	node := infer.Map()
	node.Style = yaml.FlowStyle
	infer.Set(node, "$ref", infer.Scalar("#/components/"+kind+"/"+name))
	return node
}
