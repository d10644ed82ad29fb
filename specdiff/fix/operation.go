package fix

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/locate"
)

// parameter adds a parameter as the published document has it, or removes one that is refused.
func (c *change) parameter(in, name string) error {
	at, rest := c.Doc().Find(c.f.Place)
	if gone(c.truth) {
		return c.removeParameter(at)
	}
	theirs := c.published()
	switch {
	case rest == "":
		return forAPerson("it is there, and what was seen does not fit it")
	case in != "query" || theirs == nil:
		return forAPerson("what it takes is not known")
	}
	if c.s.Published != nil {
		theirs = c.s.Published.Follow(theirs)
	}
	if locate.Look(theirs, "name") == nil {
		return forAPerson("it is a part of a parameter, which is written in another way")
	}
	parameter := mapping("name", text(locate.Look(theirs, "name").Value), "in", text(in))
	for _, keyword := range []string{"required", "style", "explode"} {
		if value := locate.Look(theirs, keyword); value != nil && value.Value != "false" {
			parameter = with(parameter, keyword, restyled(value))
		}
	}
	schema := c.convert(locate.Look(theirs, "schema"), c.s.Published)
	parameter = with(parameter, "schema", inBraces(schema))
	c.yaml.WriteString(c.YAML("", listOf(parameter)))
	parameters := locate.Look(at.Value, "parameters")
	if parameters == nil {
		return c.Set(at.Value, "parameters", listOf(parameter))
	}
	return c.Insert(parameters, c.slotOf(parameters, name), parameter)
}

// slotOf returns before which parameter a new one goes: behind the one that it follows in the published document.
func (c *change) slotOf(parameters *yaml.Node, name string) int {
	nameOf := func(doc *locate.Document, n *yaml.Node) string {
		if name := locate.Look(doc.Follow(n), "name"); name != nil {
			return strings.TrimSuffix(name.Value, "[]")
		}
		return ""
	}
	operation, _ := c.s.Published.Find(c.f.Point.Operation())
	theirs := locate.Look(operation.Value, "parameters")
	if theirs == nil {
		return len(parameters.Content)
	}
	i := slices.IndexFunc(theirs.Content, func(n *yaml.Node) bool { return nameOf(c.s.Published, n) == name })
	for i--; i >= 0; i-- {
		before := nameOf(c.s.Published, theirs.Content[i])
		if at := slices.IndexFunc(parameters.Content, func(n *yaml.Node) bool { return nameOf(c.Doc(), n) == before }); at >= 0 {
			return at + 1
		}
	}
	return len(parameters.Content)
}

func (c *change) removeParameter(at locate.At) error {
	parameters := locate.Look(at.Owner, "parameters")
	if parameters == nil {
		return forAPerson("other operations have it too")
	}
	i := slices.IndexFunc(parameters.Content, func(n *yaml.Node) bool { return c.Doc().Follow(n) == at.Value })
	switch {
	case i < 0:
		return forAPerson("other operations have it too")
	case len(parameters.Content) == 1:
		return c.Remove(at.Owner, "parameters")
	}
	return c.Delete(parameters, i)
}

// style makes the parameter one that is written in a way that the backend accepts.
func (c *change) style() error {
	_, list, ok := strings.Cut(c.truth, "accepted: ")
	at, rest := c.Doc().Find(c.f.Place)
	name := locate.Look(at.Value, "name")
	if !ok || rest != "" || name == nil {
		return forAPerson("no way to write it was accepted")
	}
	bare := strings.TrimSuffix(name.Value, "[]")
	ways := []struct{ way, name, style, explode string }{
		{"brackets", bare + "[]", "form", "true"}, {"comma", bare, "form", "false"}, {"repeated", bare, "form", "true"},
		{"comma in brackets", bare + "[]", "form", "false"}, {"deep object", bare, "deepObject", "true"}, {"bare names", bare, "form", "true"},
		{"pairs", bare, "form", "false"}, {"pipes", bare, "pipeDelimited", "false"}, {"spaces", bare, "spaceDelimited", "false"},
	}
	slices.SortStableFunc(ways, func(a, b struct{ way, name, style, explode string }) int { // its name is kept if it can be
		return cmp.Compare(different(a.name, name.Value), different(b.name, name.Value))
	})
	for _, w := range ways {
		if !slices.ContainsFunc(strings.Split(list, ", "), func(got string) bool {
			return got == w.way || (w.way == "deep object" || w.way == "bare names") && strings.HasPrefix(got, w.way+" ")
		}) {
			continue
		}
		for _, keyword := range []struct {
			name  string
			value *yaml.Node
		}{{"name", text(w.name)}, {"style", text(w.style)}, {"explode", plain("bool", w.explode)}} {
			at, _ = c.Doc().Find(c.f.Place)
			if err := c.set(at.Value, keyword.name, keyword.value); err != nil {
				return err
			}
		}
		return nil
	}
	return forAPerson("OpenAPI has no way to say how it is written: %s", list)
}

func different(a, b string) int {
	if a == b {
		return 0
	}
	return 1
}

// responded returns the operation and the status of the response at the place.
func (c *change) responded() (operation, status string) {
	return c.f.Point.Operation(), c.f.Place[strings.LastIndex(c.f.Place, " ")+1:]
}

// status adds the response that was seen: one that other operations refer to, if it fits.
func (c *change) status() error {
	operation, status := c.responded()
	at, _ := c.Doc().Find(operation)
	responses := locate.Look(at.Value, "responses")
	if gone(c.truth) {
		return c.Remove(responses, status)
	}
	response := c.fitting(operation, status, "")
	if responses == nil || response == nil {
		return forAPerson("what is in it was not seen")
	}
	var before []string
	for _, known := range locate.Keys(responses) {
		if known < status {
			before = append(before, known)
		}
	}
	c.yaml.WriteString(c.YAML(status, response))
	return c.Set(responses, status, response, append(before, "")...)
}

// fitting returns a response for what was seen: a reference to the component that other operations have for the status,
// other than a component that is wrong, or a response in place; nil if it was not seen.
func (c *change) fitting(operation, status, wrong string) *yaml.Node {
	if c.s.Shown == nil {
		return nil
	}
	x := c.s.Shown.Exchange(finding.Response(operation, status))
	if x == nil {
		return nil
	}
	counts := map[string]int{}
	method := strings.ToLower(x.Method)
	paths := locate.Look(c.Doc().Root, "paths")
	for _, path := range locate.Keys(paths) {
		for _, other := range locate.Keys(locate.Look(paths, path)) {
			ref := locate.Look(paths, path, other, "responses", status, "$ref")
			if ref == nil || ref.Value == wrong {
				continue
			}
			counts[ref.Value]++
			if other == method {
				counts[ref.Value] += len(locate.Keys(paths))
			}
		}
	}
	best := ""
	for ref, n := range counts {
		if c.describes(mapping("$ref", text(ref)), operation, status) && (best == "" || n > counts[best] || n == counts[best] && ref < best) {
			best = ref
		}
	}
	if best != "" {
		return inBraces(mapping("$ref", text(best)))
	}
	return c.response(operation, status)
}

// describes reports whether a response has the content type that was seen, and the schema that the published document
// has for it.
func (c *change) describes(response *yaml.Node, operation, status string) bool {
	x := c.s.Shown.Exchange(finding.Response(operation, status))
	response = c.Doc().Follow(response)
	kind, _, _ := strings.Cut(x.ResponseHeader.Get("Content-Type"), ";")
	untyped := locate.Look(response, "x-no-content-type")
	media := locate.Look(response, "content", kind)
	switch {
	case kind == "" && len(x.ResponseBody) > 0:
		return untyped != nil && untyped.Value == "true"
	case kind == "":
		return untyped == nil && locate.Look(response, "content") == nil
	case media == nil:
		return false
	}
	schema := refOf(locate.Look(media, "schema"))
	if c.s.Published == nil || x.Status/100 > 2 {
		return true
	}
	at, rest := c.s.Published.Find(finding.Media(finding.Response(operation, status), kind))
	return rest == "" && refOf(locate.Look(at.Value, "schema")) == schema
}

func refOf(n *yaml.Node) string {
	if ref := locate.Look(n, "$ref"); ref != nil {
		return ref.Value
	}
	return ""
}

// response returns a response in place.
func (c *change) response(operation, status string) *yaml.Node {
	x := c.s.Shown.Exchange(finding.Response(operation, status))
	response := mapping("description", text(cmp.Or(http.StatusText(x.Status), status)))
	headers := mapping()
	for _, name := range []string{"ETag", "Set-Cookie"} {
		if x.ResponseHeader.Get(name) != "" {
			headers = with(headers, name, c.usualHeader(name))
		}
	}
	if len(headers.Content) > 0 {
		response = with(response, "headers", headers)
	}
	kind, _, _ := strings.Cut(x.ResponseHeader.Get("Content-Type"), ";")
	switch {
	case kind != "":
		return with(response, "content", mapping(kind, mapping("schema", c.body(operation, status, kind))))
	case len(x.ResponseBody) > 0:
		return with(response, "x-no-content-type", boolean(true))
	}
	return response
}

// body returns the schema of a body: that of the published document if the contract has its component, or that of
// other responses of the contract with the status.
func (c *change) body(operation, status, kind string) *yaml.Node {
	if kind != "application/json" {
		return inBraces(mapping("type", text("string")))
	}
	if c.s.Published != nil {
		at, rest := c.s.Published.Find(finding.Media(finding.Response(operation, status), kind))
		if schema := locate.Look(at.Value, "schema"); rest == "" && schema != nil {
			if refOf(schema) != "" && locate.Look(c.Doc().Root, "components", "schemas", strings.TrimPrefix(refOf(schema), components)) != nil {
				return inBraces(mapping("$ref", text(refOf(schema))))
			}
		}
	}
	if status[0] >= '4' && locate.Look(c.Doc().Root, "components", "schemas", "Error") != nil {
		return inBraces(mapping("$ref", text(components+"Error")))
	}
	return mapping("type", text("object"))
}

// usualHeader returns a header as most responses of the contract have it.
func (c *change) usualHeader(name string) *yaml.Node {
	counts, nodes, best := map[string]int{}, map[string]*yaml.Node{}, ""
	var visit func(n *yaml.Node)
	visit = func(n *yaml.Node) {
		if header := locate.Look(n, "headers", name); header != nil {
			key := c.YAML("", header)
			counts[key]++
			nodes[key] = header
			if counts[key] > counts[best] {
				best = key
			}
		}
		for _, child := range n.Content {
			visit(child)
		}
	}
	visit(c.Doc().Root)
	if best != "" {
		return nodes[best]
	}
	return inBraces(mapping("schema", inBraces(mapping("type", text("string")))))
}

// owned returns the response at the place to change. If it is a component that other operations use, and they do not
// have the same finding, ok is false.
func (c *change) owned(place string) (response *yaml.Node, ok bool) {
	at, rest := c.Doc().Find(place)
	ref := refOf(at.Node)
	if rest != "" {
		return nil, false
	}
	if ref == "" {
		return at.Value, true
	}
	paths := locate.Look(c.Doc().Root, "paths")
	for _, path := range locate.Keys(paths) {
		for _, method := range locate.Keys(locate.Look(paths, path)) {
			for _, status := range locate.Keys(locate.Look(paths, path, method, "responses")) {
				other := finding.Response(finding.Operation(method, path), status)
				if refOf(locate.Look(paths, path, method, "responses", status)) != ref || c.s.Shown == nil || c.s.Shown.Exchange(other) == nil {
					continue
				}
				if !slices.ContainsFunc(c.s.Findings, func(f finding.Finding) bool {
					return f.Place == other && f.Aspect == c.f.Aspect && (f.Wrong == finding.Contract || f.Wrong == finding.Documents)
				}) {
					return at.Value, false
				}
			}
		}
	}
	return at.Value, true
}

// instead makes an operation refer to a response that fits, instead of a component that is right for others.
func (c *change) instead() error {
	operation, status := c.responded()
	at, _ := c.Doc().Find(operation)
	responses := locate.Look(at.Value, "responses")
	response := c.fitting(operation, status, refOf(locate.Look(responses, status)))
	if response == nil {
		return forAPerson("what is in it was not seen")
	}
	return c.set(responses, status, response)
}

func (c *change) contentType() error {
	if _, isBody := strings.CutPrefix(c.f.Place, c.f.Point.Operation()+" body"); isBody {
		return c.requestType()
	}
	response, ok := c.owned(c.f.Place)
	operation, status := c.responded()
	switch {
	case response == nil || c.s.Shown == nil || c.s.Shown.Exchange(c.f.Place) == nil:
		return forAPerson("what is in it was not seen")
	case c.describes(response, operation, status):
		return nil // it was changed for another operation
	case !ok:
		return c.instead()
	}
	x := c.s.Shown.Exchange(c.f.Place)
	kind, _, _ := strings.Cut(x.ResponseHeader.Get("Content-Type"), ";")
	content := locate.Look(response, "content")
	for _, known := range locate.Keys(content) {
		if c.looksLike(known, kind) {
			c.yaml.WriteString(c.YAML(kind, locate.Look(content, known)))
			return c.Rename(content, known, kind)
		}
	}
	return c.retype(kind, len(x.ResponseBody) > 0)
}

// looksLike reports whether a content type of the contract is another spelling of one that was seen.
func (c *change) looksLike(known, kind string) bool {
	a, _, _ := strings.Cut(known, "/")
	b, _, _ := strings.Cut(kind, "/")
	return kind != "" && a == b && distance(known, kind) <= mostTypos
}

// retype makes the content of the response what was seen.
func (c *change) retype(kind string, body bool) error {
	response, _ := c.owned(c.f.Place)
	operation, status := c.responded()
	if content := locate.Look(response, "content"); kind != "" && c.seen(response) {
		media := mapping("schema", c.body(operation, status, kind))
		c.yaml.WriteString(c.YAML(kind, media))
		return c.Set(content, kind, media)
	}
	if kind != "" {
		content := mapping(kind, mapping("schema", c.body(operation, status, kind)))
		if err := c.remove(response, "x-no-content-type"); err != nil {
			return err
		}
		response, _ = c.owned(c.f.Place)
		return c.set(response, "content", content)
	}
	if err := c.remove(response, "content"); err != nil {
		return err
	}
	response, _ = c.owned(c.f.Place)
	if body {
		return c.set(response, "x-no-content-type", boolean(true), "description")
	}
	return c.remove(response, "x-no-content-type")
}

// seen reports whether responses came with a content type that a response has.
func (c *change) seen(response *yaml.Node) bool {
	for _, kind := range locate.Keys(locate.Look(response, "content")) {
		if c.s.Shown.Came(c.f.Place, kind) {
			return true
		}
	}
	return false
}

func (c *change) requestType() error {
	at, _ := c.Doc().Find(c.f.Place)
	content := locate.Look(c.Doc().Follow(at.Node), "content")
	kinds := locate.Keys(content)
	if len(kinds) != 1 || !strings.HasPrefix(c.f.Published, "application/json") || kinds[0] == c.f.Published || strings.Contains(c.truth, "form") {
		return forAPerson("one way to write a body may be enough: %s", c.truth)
	}
	c.yaml.WriteString(c.YAML(c.f.Published, locate.Look(content, kinds[0])))
	return c.Rename(content, kinds[0], c.f.Published)
}

// headers adds the headers that came, removes those that did not, and makes those text that are no numbers.
func (c *change) headers() error {
	response, _ := c.owned(c.f.Place)
	stay := len(locate.Keys(locate.Look(response, "headers")))
	all := strings.Split(strings.ReplaceAll(c.truth, "; ", ", "), ", ")
	slices.SortStableFunc(all, func(a, b string) int { // what has to go first
		return strings.Compare(fmt.Sprint(!strings.HasPrefix(a, "no ")), fmt.Sprint(!strings.HasPrefix(b, "no ")))
	})
	for _, what := range all {
		missed := strings.HasPrefix(what, "no ") || strings.HasPrefix(what, "none")
		name, detail, _ := strings.Cut(strings.TrimPrefix(what, "no "), " ")
		if c.f.Aspect == finding.Cookie {
			name, detail = "Set-Cookie", ""
		}
		if name == "" || name[0] < 'A' || name[0] > 'Z' {
			continue // it says more about the one before
		}
		if missed {
			stay--
		} else if stay == 0 && detail == "" && strings.Contains(c.truth, "no ") {
			continue // a response without headers lacks none
		}
		if err := c.header(finding.HeaderName(name), missed, detail != ""); err != nil {
			return err
		}
		if c.f.Aspect == finding.Cookie {
			break
		}
	}
	return nil
}

// header adds, removes or retypes one header.
func (c *change) header(name string, missed, retype bool) error {
	response, ok := c.owned(c.f.Place)
	if response == nil {
		return forAPerson("the response is not there")
	}
	headers := locate.Look(response, "headers")
	known := ""
	for _, key := range locate.Keys(headers) {
		if strings.EqualFold(key, name) {
			known = key
		}
	}
	switch {
	case c.truth == "no cookie at a login":
		return forAPerson("not every login sets a cookie: find out when it does not")
	case !missed && !retype && known != "", missed && known == "":
		return nil // it was changed for another operation
	case retype && known != "":
		return c.retypeHeader(c.Doc().Follow(locate.Look(headers, known)))
	case !ok:
		return c.instead()
	case !missed:
		value := c.usualHeader(name)
		if headers == nil {
			return c.set(response, "headers", mapping(name, value))
		}
		return c.set(headers, name, value)
	case len(headers.Content) == 2: //nolint:mnd // a name and its value
		return c.Remove(response, "headers")
	}
	return c.Remove(headers, known)
}

func (c *change) retypeHeader(header *yaml.Node) error {
	text := inBraces(mapping("type", text("string")))
	if now := locate.Look(header, "schema"); now != nil && c.YAML("", now) == c.YAML("", text) {
		return nil // it was changed for another operation
	}
	return c.set(header, "schema", text)
}

// security makes the credentials of an operation those with which its requests succeeded.
func (c *change) security() error {
	if c.s.Shown == nil {
		return forAPerson("no credentials were seen")
	}
	if err := c.schemes(); err != nil {
		return err
	}
	operation := c.f.Point.Operation()
	none, cookie, token := c.s.Shown.Credentials(operation)
	security := list()
	for _, scheme := range []struct {
		works    bool
		kind, in string
	}{{cookie, "apiKey", "cookie"}, {token, "http", ""}} {
		name := c.scheme(scheme.kind)
		switch {
		case !scheme.works || none:
		case name == "":
			return forAPerson("components.securitySchemes has no %s", cmp.Or(scheme.in, "token"))
		default:
			security.Content = append(security.Content, inBraces(mapping(name, list())))
		}
	}
	if len(security.Content) == 0 && !none {
		return forAPerson("no request of it succeeded")
	}
	at, _ := c.Doc().Find(operation)
	if now := locate.Look(at.Value, "security"); now != nil && c.YAML("", now) == c.YAML("", security) {
		return nil
	}
	return c.set(at.Value, "security", security)
}

// scheme returns the name of the first security scheme of a type.
func (c *change) scheme(kind string) string {
	all := locate.Look(c.Doc().Root, "components", "securitySchemes")
	for _, name := range locate.Keys(all) {
		if typ := locate.Look(all, name, "type"); typ != nil && typ.Value == kind {
			return name
		}
	}
	return ""
}

// schemes makes the security schemes those of the requests.
func (c *change) schemes() error {
	all := func() *yaml.Node { return locate.Look(c.Doc().Root, "components", "securitySchemes") }
	for _, s := range []struct{ kind, keyword, value string }{
		{"apiKey", "in", "cookie"}, {"apiKey", "name", c.s.Shown.CookieName()}, {"http", "scheme", "bearer"},
	} {
		scheme := locate.Look(all(), c.scheme(s.kind))
		if now := locate.Look(scheme, s.keyword); scheme != nil && s.value != "" && (now == nil || now.Value != s.value) {
			if err := c.set(scheme, s.keyword, text(s.value)); err != nil {
				return err
			}
		}
	}
	return nil
}

const mostTypos = 2

// misspelled gives a keyword that is not known the name of the one that is meant.
func (c *change) misspelled() error {
	name, _, ok := strings.Cut(c.f.Contract, " is no keyword of OpenAPI 3.0 here")
	if !ok {
		return forAPerson("what is not read has to be written in another way, if it means something")
	}
	best := ""
	for _, known := range keywords {
		if distance(name, known) <= mostTypos && (best == "" || distance(name, known) < distance(name, best)) {
			best = known
		}
	}
	if best == "" {
		return forAPerson("what is meant by %s is not known", name)
	}
	at := c.at()
	for _, n := range []*yaml.Node{at.Node, at.Value, locate.Look(at.Value, "schema"), at.Owner} {
		if key, value := locate.Get(n, name); key != nil {
			if now := locate.Look(n, best); now != nil {
				return c.Remove(n, name) // it was added because it was not there
			}
			c.yaml.WriteString(c.YAML(best, value))
			return c.Rename(n, name, best)
		}
	}
	return forAPerson("%s is not at %s itself", name, c.f.Place)
}

// keywords are those of schemas, operations, parameters and responses.
var keywords = []string{
	"type", "format", "nullable", "required", "properties", "additionalProperties", "items", "enum", "allOf", "oneOf", "anyOf", "description", "example", "title",
	"default", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern", "deprecated", "parameters", "responses", "requestBody", "security",
	"operationId", "summary", "tags", "name", "in", "schema", "style", "explode", "content", "headers",
}

// distance returns how many characters have to be changed, added or removed to make one text the other.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0]++
		for j := range len(b) {
			next := min(row[j], row[j+1]) + 1
			if a[i] == b[j] {
				next = min(next, diagonal)
			} else {
				next = min(next, diagonal+1)
			}
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
