package fix

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/infer"
	"github.com/medusa-storefront/customers-go/specdiff/locate"
)

// schema returns the schema at the place, and whether all of the place is there. What is said beside a reference is
// that of the place, and the rest is that of the component.
func (c *change) schema(place string) (written, component *yaml.Node, ok bool) {
	at, rest := c.Doc().Find(place)
	written = at.Node
	if inner := locate.Look(at.Value, "schema"); inner != nil {
		written = inner // of a parameter or a media type
	}
	return written, c.Doc().Follow(written), rest == "" && written != nil && written.Kind == yaml.MappingNode
}

func (c *change) presence() error {
	switch parts := strings.SplitN(c.f.Place, " ", 4); {
	case len(parts) == 2:
		return forAPerson("an operation needs names and descriptions that nothing shows")
	case len(parts) == 3:
		return forAPerson("a body needs a schema that nothing shows")
	case len(parts) == 4 && slices.Contains([]string{"query", "path", "header", "cookie"}, parts[2]):
		return c.parameter(parts[2], parts[3])
	}
	at, rest := c.Doc().Find(c.f.Place)
	switch {
	case rest == "" && gone(c.truth):
		return c.removeProperty(at)
	case rest == "":
		return forAPerson("it is there, and what was seen does not fit it")
	case gone(c.truth):
		return nil
	case !strings.HasPrefix(rest, ".") || strings.Contains(rest[1:], "["):
		return forAPerson("more than a property is missing")
	}
	return c.addProperty(at, rest[1:])
}

// addProperty adds a property to the object at a place.
func (c *change) addProperty(at locate.At, name string) error {
	object := at.Value
	if inner := locate.Look(object, "schema"); inner != nil {
		object = c.Doc().Follow(inner)
	}
	object = c.withProperties(object)
	properties := locate.Look(object, "properties")
	schema, err := c.build(name)
	if err != nil {
		return err
	}
	schema = c.likeSiblings(properties, schema)
	c.yaml.WriteString(c.YAML(name, schema))
	if properties == nil {
		return c.Set(object, "properties", mapping(name, schema))
	}
	if err := c.Set(properties, name, schema, c.neighbours(properties, name)...); err != nil {
		return err
	}
	if !c.always(name) {
		return nil
	}
	owner := object // as it is, if the change is dry
	if at, rest := c.Doc().Find(c.f.Place); rest == "" {
		owner = at.Owner
	}
	return c.require(owner, name)
}

// likeSiblings returns a schema with the format that all properties of its type beside it have.
func (c *change) likeSiblings(properties, schema *yaml.Node) *yaml.Node {
	const fewest = 2
	formats, typ := map[string]int{}, locate.Look(schema, "type")
	if c.s.Shown != nil && len(c.values()) > 0 || typ == nil || typ.Value != "string" || locate.Look(schema, "enum") != nil {
		return schema
	}
	for _, name := range locate.Keys(properties) {
		own := locate.Look(properties, name)
		if typeOf(c.Doc(), own) != typ.Value {
			continue
		}
		format := ""
		if n := keyword(c.Doc(), own, "format"); n != nil {
			format = n.Value
		}
		formats[format]++
	}
	for format, n := range formats {
		if format != "" && len(formats) == 1 && n >= fewest {
			return with(schema, "format", text(format))
		}
	}
	return schema
}

// withProperties returns the part of an object that has the properties: itself, or a branch of it.
func (c *change) withProperties(object *yaml.Node) *yaml.Node {
	if locate.Look(object, "properties") != nil {
		return object
	}
	if branches := locate.Look(object, "allOf"); branches != nil {
		for _, branch := range branches.Content {
			if found := c.withProperties(c.Doc().Follow(branch)); locate.Look(found, "properties") != nil {
				return found
			}
		}
	}
	return object
}

// neighbours returns the properties behind which a new one goes, by what the backend sends. It returns none if that is
// not known, or if properties of this name have a place in other schemas.
func (c *change) neighbours(properties *yaml.Node, name string) []string {
	if c.s.Shown == nil {
		return nil
	}
	order, known := c.s.Shown.Order(c.f.Point), locate.Keys(properties)
	at := slices.Index(order, name)
	if at < 0 {
		return nil
	}
	before, after := "", ""
	for i := at - 1; i >= 0 && before == ""; i-- {
		if slices.Contains(known, order[i]) {
			before = order[i]
		}
	}
	for i := at + 1; i < len(order) && after == ""; i++ {
		if slices.Contains(known, order[i]) {
			after = order[i]
		}
	}
	if i := slices.Index(known, before); len(c.usual(name)) == 0 || i >= 0 && i+1 < len(known) && known[i+1] == after {
		return []string{before}
	}
	return nil
}

// always reports whether a new property is required, which the next comparison disproves if it is not.
func (c *change) always(name string) bool {
	if strings.HasPrefix(c.truth, "accepted") {
		return false
	}
	theirs := false
	for _, place := range append(slices.Clone(c.f.Elsewhere), c.f.Place) {
		if c.s.Published == nil {
			break
		}
		if at, rest := c.s.Published.Find(place); rest == "" {
			theirs = true
			if required := locate.Look(at.Owner, "required"); required != nil && contains(required, name) >= 0 {
				return true
			}
		}
	}
	return !theirs
}

func contains(n *yaml.Node, value string) int {
	if n == nil {
		return -1
	}
	return slices.IndexFunc(n.Content, func(e *yaml.Node) bool { return e.Value == value })
}

// require puts a property on the list of what is required of its object: where its neighbours are.
func (c *change) require(object *yaml.Node, name string) error {
	required := locate.Look(object, "required")
	if required == nil {
		return c.set(object, "required", list(text(name)))
	}
	if contains(required, name) >= 0 {
		return nil
	}
	i := beside(locate.Keys(locate.Look(object, "properties")), name, required)
	all := *required
	all.Content = slices.Insert(slices.Clone(required.Content), i, text(name))
	c.yaml.WriteString(c.YAML("required", &all))
	return c.Insert(required, i, text(name))
}

// beside returns before which element of a list a name goes, by its neighbours in the names.
func beside(names []string, name string, list *yaml.Node) int {
	at := slices.Index(names, name)
	for i := at - 1; i >= 0; i-- {
		if before := contains(list, names[i]); before >= 0 {
			return before + 1
		}
	}
	for i := at + 1; at >= 0 && i < len(names); i++ {
		if after := contains(list, names[i]); after >= 0 {
			return after
		}
	}
	return len(list.Content)
}

// release takes a property off the list of what is required of its object.
func (c *change) release(object *yaml.Node, name string) error {
	required := locate.Look(object, "required")
	i := contains(required, name)
	switch {
	case i < 0:
		return nil
	case len(required.Content) == 1:
		return c.Remove(object, "required")
	}
	all := *required
	all.Content = slices.Delete(slices.Clone(required.Content), i, i+1)
	c.yaml.WriteString(c.YAML("required", &all))
	return c.Delete(required, i)
}

func (c *change) removeProperty(at locate.At) error {
	if at.Owner == nil || at.Key == nil || locate.Look(at.Owner, "properties", at.Key.Value) != at.Value && locate.Look(at.Owner, "properties") == nil {
		return forAPerson("it is no property")
	}
	name := at.Key.Value
	if err := c.release(at.Owner, name); err != nil {
		return err
	}
	c.yaml.Reset() // nothing is to be written
	at, _ = c.Doc().Find(c.f.Place)
	properties := locate.Look(at.Owner, "properties")
	if len(properties.Content) == 2 { //nolint:mnd // a name and its value
		return c.Remove(at.Owner, "properties")
	}
	return c.Remove(properties, name)
}

func (c *change) required() error {
	at, rest := c.Doc().Find(c.f.Place)
	may := !strings.HasPrefix(c.truth, "refused") && c.truth != "required"
	switch {
	case strings.HasPrefix(rest, ".") && may: // it is required and not declared
		return c.release(c.withRequired(at.Value), rest[1:])
	case rest != "":
		return forAPerson("it is not there")
	case may && c.unknown():
		return c.removeProperty(at)
	case at.Owner != nil && at.Key != nil && locate.Look(at.Owner, "properties", at.Key.Value) != nil:
		if may {
			return c.release(at.Owner, at.Key.Value)
		}
		return c.require(at.Owner, at.Key.Value)
	}
	value := c.Doc().Follow(at.Node)
	in := locate.Look(value, "in")
	if in == nil && locate.Look(value, "content") == nil {
		return forAPerson("it is no property, parameter or body: a reference to %s may be wrong", c.f.Component())
	}
	if in != nil && in.Value == "path" {
		return forAPerson("a parameter in a path is always required")
	}
	if may {
		c.yaml.WriteString(c.YAML("required", boolean(false)))
		return c.remove(value, "required")
	}
	return c.set(value, "required", boolean(true))
}

// unknown reports whether the published document does not have the property either.
func (c *change) unknown() bool {
	return slices.ContainsFunc(c.s.Findings, func(f finding.Finding) bool {
		return f.Place == c.f.Place && f.Aspect == finding.Presence && f.Published == "absent"
	})
}

func (c *change) withRequired(object *yaml.Node) *yaml.Node {
	if inner := locate.Look(object, "schema"); inner != nil {
		object = c.Doc().Follow(inner)
	}
	return object
}

func (c *change) nullable() error {
	written, _, ok := c.schema(c.f.Place)
	if !ok {
		return forAPerson("it has no schema")
	}
	at := c.at()
	null := strings.Contains(c.truth, "null") && !strings.HasPrefix(c.truth, "not null") && !strings.Contains(c.truth, "refused")
	ref := locate.Look(written, "$ref")
	switch {
	case null && ref != nil && at.Owner != nil && at.Key != nil && locate.Look(at.Owner, "properties") != nil:
		schema := nullable(written)
		c.yaml.WriteString(c.YAML(at.Key.Value, schema))
		return c.Set(locate.Look(at.Owner, "properties"), at.Key.Value, schema)
	case ref != nil && locate.Look(written, "nullable") != nil && c.truth == "":
		c.yaml.WriteString(c.YAML("$ref", ref))
		return c.Remove(written, "nullable") // it has no effect, and null was not seen
	case ref != nil:
		return forAPerson("what stands beside a reference has no effect")
	case null:
		return c.set(written, "nullable", boolean(true))
	}
	if n := locate.Look(written, "nullable"); n == nil {
		return forAPerson("it is the component that allows null")
	}
	c.yaml.WriteString(c.YAML("nullable", boolean(false)))
	return c.remove(written, "nullable")
}

// ofType are the keywords that mean something for one type only.
var ofType = map[string][]string{
	"string":  {"minLength", "maxLength", "pattern"},
	"integer": {"minimum", "maximum"},
	"number":  {"minimum", "maximum"},
	"array":   {"items", "minItems", "maxItems"},
	"object":  {"properties", "required", "additionalProperties"},
}

// formatsOf are the formats of a type.
var formatsOf = map[string][]string{
	"string": {"date-time", "date", "email", "uri", "uuid", "byte", "binary", "password"}, "integer": {"int32", "int64"}, "number": {"float", "double"},
}

func (c *change) typ() error {
	written, _, ok := c.schema(c.f.Place)
	values := c.values()
	kinds := kindsOf(values)
	switch {
	case !ok:
		return forAPerson("it has no schema")
	case c.follows && locate.Look(written, "type") != nil && typeOf(c.Doc(), written) != "object" && locate.Look(c.published(), "type") != nil:
		return c.likePublished(written)
	case c.follows:
		return c.another(written)
	case strings.Contains(c.truth, "accepted") || strings.Contains(c.truth, "refused"):
		return c.likePublished(written)
	case len(kinds) == 2 && kinds[0] == "integer" && kinds[1] == "number":
		kinds = kinds[1:]
	case len(kinds) == 0 && locate.Look(written, "type") != nil && slices.Contains([]string{"string", "integer", "number", "boolean"}, c.truth):
		kinds = []string{c.truth} // as the published document has it
	case len(kinds) != 1:
		return forAPerson("several types were seen: %s", strings.Join(kinds, ", "))
	}
	kind := kinds[0]
	if c.f.Place == c.f.Component() && (kind == "object" || kind == "array" || slices.Contains([]string{"object", "array"}, typeOf(c.Doc(), written))) {
		return forAPerson("a reference to %s is likely to be wrong, not what it describes: look at its uses", c.f.Place)
	}
	if kind == "object" || kind == "array" || locate.Look(written, "type") == nil {
		return c.another(written)
	}
	for other, keywords := range ofType {
		for _, keyword := range keywords {
			if other != kind && !slices.Contains(ofType[kind], keyword) {
				if err := c.drop(keyword); err != nil {
					return err
				}
			}
		}
	}
	written, _, _ = c.schema(c.f.Place)
	if format := locate.Look(written, "format"); format != nil && !slices.Contains(formatsOf[kind], format.Value) {
		if err := c.drop("format"); err != nil {
			return err
		}
	}
	written, _, _ = c.schema(c.f.Place)
	return c.set(written, "type", text(kind))
}

// drop removes a keyword of the schema at the place.
func (c *change) drop(keyword string) error {
	written, _, _ := c.schema(c.f.Place)
	return c.remove(written, keyword)
}

// another replaces a schema, but for what is said about it.
func (c *change) another(written *yaml.Node) error {
	at := c.at()
	name := ""
	if at.Key != nil {
		name = at.Key.Value
	}
	schema, err := c.build(name)
	if err != nil {
		return err
	}
	if locate.Look(schema, "type") == nil && locate.Look(schema, "$ref") == nil && locate.Look(schema, "allOf") == nil {
		return forAPerson("what is in it was not seen")
	}
	said := only(written, func(keyword string) bool {
		return slices.Contains(texts, keyword) || keyword == "nullable" || strings.HasPrefix(keyword, "x-")
	})
	if locate.Look(said, "nullable") != nil {
		schema = nullable(schema)
	}
	ref := locate.Look(schema, "$ref")
	if ref != nil && len(said.Content) > 0 {
		schema = mapping("allOf", listOf(mapping("$ref", text(ref.Value))))
	}
	merged := mapping()
	for i := 0; i+1 < len(written.Content); i += 2 { // in the order in which they are
		keyword := written.Content[i].Value
		if value := locate.Look(schema, keyword); value != nil {
			merged = with(merged, keyword, value)
		} else if value := locate.Look(said, keyword); value != nil {
			merged = with(merged, keyword, value)
		}
	}
	for i := 0; i+1 < len(schema.Content); i += 2 {
		merged = with(merged, schema.Content[i].Value, schema.Content[i+1])
	}
	if ref != nil && len(said.Content) == 0 {
		merged = schema
	}
	c.yaml.WriteString(c.YAML(name, merged))
	if locate.Look(written, "$ref") != nil || locate.Look(merged, "$ref") != nil {
		return c.replace(at, name, merged)
	}
	for _, keyword := range locate.Keys(written) {
		if key, _ := locate.Get(merged, keyword); key == nil {
			if err := c.drop(keyword); err != nil {
				return err
			}
		}
	}
	for i := 0; i+1 < len(merged.Content); i += 2 {
		written, _, _ := c.schema(c.f.Place)
		if err := c.Set(written, merged.Content[i].Value, merged.Content[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// replace replaces a schema as a whole.
func (c *change) replace(at locate.At, name string, schema *yaml.Node) error {
	switch {
	case at.Key == nil:
		return forAPerson("it has no name")
	case locate.Look(at.Value, "schema") != nil:
		return c.Set(at.Value, "schema", schema)
	case at.Owner != nil && locate.Look(at.Owner, "properties", name) != nil:
		return c.Set(locate.Look(at.Owner, "properties"), name, schema)
	case at.Owner != nil && locate.Look(at.Owner, name) != nil:
		return c.Set(at.Owner, name, schema)
	}
	return forAPerson("it is a component")
}

// likePublished makes the keyword that the finding is about as the published document has it, if that is another.
func (c *change) likePublished(written *yaml.Node) error {
	keyword := string(c.f.Aspect)
	theirs := c.publishedSchema()
	ours, value := locate.Look(written, keyword), locate.Look(theirs, keyword)
	switch {
	case c.f.Wrong == finding.Documents || theirs == nil || ours == nil && value == nil || ours != nil && value != nil && ours.Value == value.Value:
		return forAPerson("which values are taken is known of some only: %s", c.truth)
	case value == nil:
		return c.drop(keyword)
	}
	return c.set(written, keyword, restyled(value))
}

func (c *change) format() error {
	written, schema, ok := c.schema(c.f.Place)
	switch {
	case !ok:
		return forAPerson("it has no schema")
	case c.f.Contract == "digits only" || strings.Contains(c.truth, "digits"):
		return forAPerson("an integer that is not written in digits is the backend's to mend")
	case c.follows, strings.Contains(c.truth, "accepted") || strings.Contains(c.truth, "refused"):
		return c.likePublished(written)
	}
	format := c.truth
	if inferred := locate.Look(infer.Schema(c.values()), "format"); format != "date-time" && inferred != nil {
		format = inferred.Value
	}
	if slices.Contains(formatsOf["string"], format) || slices.Contains(formatsOf["integer"], format) {
		return c.set(schema, "format", text(format))
	}
	return c.remove(schema, "format")
}

// mostNew is how many values are added to an enumeration at once. With more, it is free text.
const mostNew = 4

var word = regexp.MustCompile(`^[A-Za-z][A-Za-z_.-]{0,40}$`)

func (c *change) enum() error {
	_, schema, ok := c.schema(c.f.Place)
	enum := locate.Look(schema, "enum")
	theirs := c.publishedSchema()
	switch {
	case ok && c.follows:
		return c.likePublished(schema)
	case !ok || enum == nil:
		return forAPerson("there is no list of values")
	case strings.HasPrefix(c.truth, "accepted"), strings.HasPrefix(c.truth, "refused"):
		return c.likePublished(schema)
	}
	var added []string
	for _, v := range c.values() {
		s, isText := v.(string)
		if v == nil || contains(enum, fmt.Sprint(v)) >= 0 || slices.Contains(added, fmt.Sprint(v)) {
			continue
		}
		if added = append(added, fmt.Sprint(v)); !isText || !word.MatchString(s) {
			return c.Remove(schema, "enum") // it is no name of something
		}
	}
	if c.s.Published != nil && c.f.Published == "none" && theirs != nil && locate.Look(theirs, "enum") == nil || len(added) > mostNew {
		return c.Remove(schema, "enum")
	}
	if len(enum.Content) == 1 && len(added) == 1 && !slices.ContainsFunc(c.values(), func(v any) bool { return fmt.Sprint(v) == enum.Content[0].Value }) {
		return c.set(schema, "enum", list(text(added[0]))) // the only value that is ever sent is another
	}
	slices.Sort(added)
	all := *enum
	all.Content = slices.Clone(enum.Content)
	for _, value := range added {
		i := slot(enum, locate.Look(theirs, "enum"), value)
		all.Content = slices.Insert(all.Content, min(i, len(all.Content)), text(value))
		if err := c.Insert(enum, i, text(value)); err != nil {
			return err
		}
		_, schema, _ = c.schema(c.f.Place)
		enum = locate.Look(schema, "enum")
	}
	c.yaml.WriteString(c.YAML("enum", &all))
	return nil
}

// slot returns before which value of a list a new one goes: behind the one that it follows in the published document,
// or where it is in the alphabet if the list is sorted, or at the end.
func slot(ours, theirs *yaml.Node, value string) int {
	if theirs != nil {
		for i := contains(theirs, value) - 1; i >= 0; i-- {
			if before := contains(ours, theirs.Content[i].Value); before >= 0 {
				return before + 1
			}
		}
		if contains(theirs, value) == 0 {
			return 0
		}
	}
	var values []string
	for _, n := range ours.Content {
		values = append(values, n.Value)
	}
	if slices.IsSorted(values) && len(values) > 2 {
		i, _ := slices.BinarySearch(values, value)
		return i
	}
	return len(values)
}

func (c *change) bounds() error {
	_, schema, ok := c.schema(c.f.Place)
	if !ok {
		return forAPerson("it has no schema")
	}
	if c.follows {
		return c.boundsOfPublished()
	}
	if strings.Contains(c.truth, "accepted") || strings.Contains(c.truth, "refused") || strings.Contains(c.truth, "fails") {
		return c.bound(schema)
	}
	values := c.values()
	for _, keyword := range locate.Bounds {
		bound := locate.Look(schema, keyword)
		if bound == nil || within(keyword, bound.Value, values) {
			continue
		}
		theirs := locate.Look(c.publishedSchema(), keyword)
		if theirs != nil && within(keyword, theirs.Value, values) {
			if err := c.set(schema, keyword, restyled(theirs)); err != nil {
				return err
			}
		} else if err := c.Remove(schema, keyword); err != nil {
			return err
		}
		_, schema, _ = c.schema(c.f.Place)
	}
	return nil
}

// boundsOfPublished makes all bounds those of the published document.
func (c *change) boundsOfPublished() error {
	theirs := c.publishedSchema()
	for _, keyword := range locate.Bounds {
		_, schema, _ := c.schema(c.f.Place)
		ours, value := locate.Look(schema, keyword), locate.Look(theirs, keyword)
		var err error
		switch {
		case value != nil && (ours == nil || ours.Value != value.Value):
			err = c.set(schema, keyword, restyled(value))
		case value == nil && ours != nil:
			err = c.Remove(schema, keyword)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bound sets or removes a bound that a probe is about.
func (c *change) bound(schema *yaml.Node) error {
	changed := false
	does := func(how, variant string) bool { return slices.Contains(finding.Tried(c.truth, how), variant) }
	for _, b := range []struct{ variant, keyword, value string }{{"empty", "minLength", "1"}, {"negative", "minimum", "0"}} {
		if (does("refused", b.variant) || does("fails", b.variant)) && c.canHave(schema, b.keyword) && locate.Look(schema, b.keyword) == nil {
			changed = true
			if err := c.set(schema, b.keyword, plain("int", b.value)); err != nil {
				return err
			}
			_, schema, _ = c.schema(c.f.Place)
		}
	}
	for _, b := range []struct{ variant, keyword string }{
		{"empty", "minLength"}, {"one character", "minLength"}, {"too short", "minLength"}, {"too long", "maxLength"}, {"negative", "minimum"}, {"zero", "minimum"},
		{"more than 32 bits", "maximum"},
	} {
		if does("accepted", b.variant) && locate.Look(schema, b.keyword) != nil {
			changed = true
			keyword := b.keyword
			if exclusive := "exclusiveM" + strings.TrimPrefix(keyword, "m"); locate.Look(schema, exclusive) != nil {
				keyword = exclusive // the next comparison looks at what is left
			}
			if err := c.Remove(schema, keyword); err != nil {
				return err
			}
			_, schema, _ = c.schema(c.f.Place)
		}
	}
	if !changed {
		return forAPerson("which values are taken is known of some only: %s", c.truth)
	}
	return nil
}

func (c *change) canHave(schema *yaml.Node, keyword string) bool {
	return slices.Contains(ofType[typeOf(c.Doc(), schema)], keyword)
}

// within reports whether values keep a bound.
func within(keyword, bound string, values []any) bool {
	n, _ := strconv.ParseFloat(bound, 64) // a pattern is none
	return !slices.ContainsFunc(values, func(v any) bool {
		size, ok := sizeOf(v)
		switch {
		case keyword == "pattern":
			s, isText := v.(string)
			re, err := regexp.Compile(bound)
			return isText && err == nil && !re.MatchString(s)
		case strings.HasPrefix(keyword, "min"):
			return ok && size < n
		}
		return ok && strings.HasPrefix(keyword, "max") && size > n
	})
}

// sizeOf returns what bounds compare of a value.
func sizeOf(v any) (size float64, ok bool) {
	switch v := v.(type) {
	case string:
		return float64(utf8.RuneCountInString(v)), true
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	case []any:
		return float64(len(v)), true
	}
	return 0, false
}

func (c *change) byDefault() error {
	written, _, ok := c.schema(c.f.Place)
	if !ok {
		return forAPerson("it has no schema")
	}
	return c.likePublished(written)
}

func (c *change) open() error {
	_, schema, ok := c.schema(c.f.Place)
	switch {
	case !ok:
		return forAPerson("it has no schema")
	case strings.HasPrefix(c.truth, "refused"):
		return c.set(schema, "additionalProperties", boolean(false))
	}
	return c.remove(schema, "additionalProperties")
}
