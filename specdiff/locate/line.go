package locate

import (
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Set sets the file and line of findings. The text is that of the contract; nil if it was not read.
func Set(findings []finding.Finding, file string, text []byte) {
	d, err := Parse(text)
	if err != nil {
		return
	}
	for i := range findings {
		findings[i].File, findings[i].Line = file, d.Line(findings[i])
	}
}

// Line returns the line of a finding: that of the keyword that it is about, or, if it is not there, of what should get
// it.
func (d *Document) Line(f finding.Finding) int {
	at, rest := d.Find(f.Place)
	if rest != "" {
		return d.missing(at, rest)
	}
	key := d.keyword(at, f)
	if key == nil {
		return at.Line()
	}
	return key.Line
}

// missing returns the line of what should get something that is missing.
func (d *Document) missing(at At, rest string) int {
	first, _, _ := strings.Cut(rest, " ")
	name := "schemas"
	switch {
	case strings.HasPrefix(rest, "."):
		name = "properties"
	case strings.HasPrefix(rest, "header "):
		name = "headers"
	case slices.Contains([]string{"query", "path", "cookie"}, first):
		name = "parameters"
	case strings.Contains(first, "/"):
		name = "content"
	case first[0] >= '1' && first[0] <= '5':
		name = "responses"
	}
	if key := d.key(at.Value, name); key != nil {
		return key.Line
	}
	return at.Line()
}

// Bounds are the keywords that bound a value.
var Bounds = []string{
	"minLength", "maxLength", "pattern", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minItems", "maxItems",
	"uniqueItems", "minProperties", "maxProperties",
}

// keyword returns the keyword that a finding is about; nil if it is not there.
func (d *Document) keyword(at At, f finding.Finding) *yaml.Node {
	schema := at.Value
	if inner := Look(schema, "schema"); inner != nil && f.Aspect != finding.Required { // of a parameter or media type
		schema = d.Follow(inner)
	}
	switch f.Aspect {
	case finding.Required:
		return d.required(at)
	case finding.Nullable:
		if key, _ := Get(at.Node, "nullable"); key != nil {
			return key
		}
		key, _ := Get(Look(at.Node, "schema"), "nullable")
		return key
	case finding.Type, finding.Format, finding.Enum, finding.Default, finding.Example:
		return d.key(schema, string(f.Aspect))
	case finding.Bounds:
		return d.bound(schema, f.Contract)
	case finding.Open:
		return d.key(schema, "additionalProperties")
	case finding.Branches:
		return d.key(schema, "oneOf", "anyOf")
	case finding.Style:
		return d.key(at.Value, "style")
	case finding.Explode:
		return d.key(at.Value, "explode")
	case finding.ContentType:
		return d.key(d.follow(at).Value, "content", "x-no-content-type")
	case finding.Cookie:
		return d.ofHeader(d.follow(at).Value, "Set-Cookie")
	case finding.Header:
		return d.ofHeader(d.follow(at).Value, Name(f))
	case finding.Security:
		if key := d.key(at.Value, "security"); key != nil {
			return key
		}
		return d.key(d.Root, "security")
	case finding.OperationID:
		return d.key(at.Value, "x-medusa-operation-id", "operationId")
	case finding.Unread:
		return d.quoted(at, f.Contract)
	case finding.Presence, finding.Status, finding.Behavior, finding.Seen, finding.Refusal:
	}
	return nil
}

// key returns the first of the names that is in a mapping, a reference or a branch of it.
func (d *Document) key(n *yaml.Node, names ...string) *yaml.Node {
	for hops := mostHops; n != nil && hops > 0; hops-- {
		n = d.Follow(n)
		for _, name := range names {
			if key, _ := Get(n, name); key != nil {
				return key
			}
		}
		branches := Look(n, "allOf")
		if branches == nil || len(branches.Content) == 0 {
			return nil
		}
		for _, branch := range branches.Content[1:] {
			if key := d.key(branch, names...); key != nil {
				return key
			}
		}
		n = branches.Content[0]
	}
	return nil
}

// required returns the entry of a property in the list of its object, or the keyword of a parameter or body.
func (d *Document) required(at At) *yaml.Node {
	if key, value := Get(at.Value, "required"); key != nil && resolve(value).Kind == yaml.ScalarNode {
		return key
	}
	list := Look(at.Owner, "required")
	if list == nil || at.Key == nil {
		return nil
	}
	for _, entry := range list.Content {
		if entry.Value == at.Key.Value {
			return entry
		}
	}
	return nil
}

// bound returns the bound that a text names, or the first one.
func (d *Document) bound(schema *yaml.Node, text string) *yaml.Node {
	words := map[string]string{"at least": "min", "at most": "max"}
	for _, name := range Bounds {
		for phrase, prefix := range words {
			if strings.HasPrefix(text, phrase) && strings.HasPrefix(name, prefix) {
				if key := d.key(schema, name); key != nil {
					return key
				}
			}
		}
		if strings.Contains(text, name) {
			if key := d.key(schema, name); key != nil {
				return key
			}
		}
	}
	return d.key(schema, Bounds...)
}

var headerName = regexp.MustCompile(`^(?:no )?([A-Z][A-Za-z0-9-]*)`)

// Name returns the name of the header that a finding is about: the first that the backend does not send as the document
// says, because the document may say something of several.
func Name(f finding.Finding) string {
	for _, text := range []string{f.Live, f.Contract, f.Published} {
		if name := headerName.FindStringSubmatch(text); name != nil {
			return finding.HeaderName(name[1])
		}
	}
	return ""
}

// ofHeader returns the name of a header in a response, or the list of headers.
func (d *Document) ofHeader(response *yaml.Node, name string) *yaml.Node {
	headers := Look(response, "headers")
	for _, known := range Keys(headers) {
		if strings.EqualFold(known, name) {
			key, _ := Get(headers, known)
			return key
		}
	}
	return d.key(response, "headers")
}

var word = regexp.MustCompile(`[\w-]+`)

// quoted returns the first name at a place that a text mentions.
func (d *Document) quoted(at At, text string) *yaml.Node {
	for _, n := range []*yaml.Node{at.Node, at.Value, Look(at.Value, "schema"), at.Owner} {
		for _, name := range word.FindAllString(text, -1) {
			if key, _ := Get(n, name); key != nil {
				return key
			}
		}
	}
	return nil
}
