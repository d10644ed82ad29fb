package edit_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/medusa-storefront/customers-go/specdiff/edit"
	"github.com/medusa-storefront/customers-go/specdiff/locate"
)

func ExampleText_Set() {
	t, err := edit.New([]byte(`properties:
  email: { type: string, description: Where to write } # in lower case
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	email := locate.Look(t.Doc().Root, "properties", "email")
	if err := t.Set(email, "nullable", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "true"}, "type"); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%s", t.Bytes())
	// Output:
	// properties:
	//   email: { type: string, nullable: true, description: Where to write } # in lower case
}

// node returns a value that is written as text.
func node(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(text), &n); err != nil {
		t.Fatal(err)
	}
	return n.Content[0]
}

func at(text *edit.Text, path string) *yaml.Node {
	if path == "" {
		return text.Doc().Root
	}
	return locate.Look(text.Doc().Root, strings.Split(path, "/")...)
}

// TestEdits checks the text after an edit, to the byte.
func TestEdits(t *testing.T) {
	const block = "# top\na:\n  x: 1 # one\n\n  # about y\n  y:\n    - p\n    - q # last\n  # end of a\nb: { x: 1, y: [p, q] }\n"
	set := func(path, name, value string, after ...string) func(*testing.T, *edit.Text) error {
		return func(t *testing.T, text *edit.Text) error {
			t.Helper()
			return text.Set(at(text, path), name, node(t, value), after...)
		}
	}
	remove := func(path, name string) func(*testing.T, *edit.Text) error {
		return func(_ *testing.T, text *edit.Text) error { return text.Remove(at(text, path), name) }
	}
	insert := func(path string, i int, value string) func(*testing.T, *edit.Text) error {
		return func(t *testing.T, text *edit.Text) error {
			t.Helper()
			return text.Insert(at(text, path), i, node(t, value))
		}
	}
	remove1 := func(path string, i int) func(*testing.T, *edit.Text) error {
		return func(_ *testing.T, text *edit.Text) error { return text.Delete(at(text, path), i) }
	}
	rename := func(path, name, to string) func(*testing.T, *edit.Text) error {
		return func(_ *testing.T, text *edit.Text) error { return text.Rename(at(text, path), name, to) }
	}
	for name, c := range map[string]struct {
		text     string
		edit     func(*testing.T, *edit.Text) error
		from, to string // what of the text becomes what
	}{
		"a name at the end":              {block, set("a", "z", "2"), "    - q # last\n", "    - q # last\n  z: 2\n"},
		"a name behind another":          {block, set("a", "z", "2", "x"), "x: 1 # one\n", "x: 1 # one\n  z: 2\n"},
		"a name at the begin":            {block, set("a", "w", "2", "none"), "  x: 1 # one\n", "  w: 2\n  x: 1 # one\n"},
		"a name in braces":               {block, set("b", "z", "2"), "[p, q] }", "[p, q], z: 2 }"},
		"a name at the begin of braces":  {block, set("b", "w", "2", "none"), "{ x: 1,", "{ w: 2, x: 1,"},
		"a value":                        {block, set("a", "x", "true"), "x: 1 # one", "x: true # one"},
		"a value in braces":              {block, set("b", "x", "12"), "{ x: 1,", "{ x: 12,"},
		"a list as a value":              {block, set("a", "y", "[r]"), "y:\n    - p\n    - q # last\n", "y: [r]\n"},
		"a list in braces":               {block, set("b", "y", "[r]"), "[p, q]", "[r]"},
		"a list in lines":                {block, set("a", "x", "- r\n- s"), "  x: 1 # one\n", "  x:\n    - r\n    - s\n"},
		"a mapping in lines":             {block, set("a", "x", "r: 1\ns: {t: u}"), "  x: 1 # one\n", "  x:\n    r: 1\n    s: { t: u }\n"},
		"a mapping like its neighbours":  {"a:\n  x: { p: 1 }\n", set("a", "z", "p: 2"), "1 }\n", "1 }\n  z: { p: 2 }\n"},
		"text that looks like a number":  {block, set("b", "z", "'1'"), "[p, q] }", "[p, q], z: '1' }"},
		"text with a colon":              {block, set("b", "z", "'a: b'"), "[p, q] }", "[p, q], z: 'a: b' }"},
		"text with a quote":              {block, set("b", "z", `"it's: #"`), "[p, q] }", "[p, q], z: 'it''s: #' }"},
		"a name that needs quotes":       {block, set("a", "200", "1"), "    - q # last\n", "    - q # last\n  '200': 1\n"},
		"double quotes, where most are":  {"a: \"b\"\n", set("", "c", "'1'"), "\n", "\nc: \"1\"\n"},
		"no line ending at the end":      {"a: 1", set("", "b", "2"), "1", "1\nb: 2"},
		"CRLF":                           {"a:\r\n  x: 1\r\n", set("a", "z", "2"), "1\r\n", "1\r\n  z: 2\r\n"},
		"four blanks":                    {"a:\n    x:\n        y: 1\n", set("a", "z", "p: 1"), "y: 1\n", "y: 1\n    z:\n        p: 1\n"},
		"lists without indentation":      {"a:\n- p\nb: 1\n", set("", "c", "- q"), "b: 1\n", "b: 1\nc:\n- q\n"},
		"behind a list without":          {"a:\n- p\nb: 1\n", set("", "z", "1", "a"), "- p\n", "- p\nz: 1\n"},
		"empty braces":                   {"a: {}\nb: { c: 1 }\n", set("a", "x", "1"), "{}", "{ x: 1 }"},
		"JSON":                           {`{"a": {"x": 1}}`, set("a", "y", "p: [q]"), "1}", `1, "y": {"p": ["q"]}}`},
		"JSON in lines":                  {"{\n  \"a\": {\n    \"x\": 1\n  }\n}\n", set("a", "y", "true"), "1\n", "1,\n    \"y\": true\n"},
		"JSON without blanks":            {`{"a":{"x":1}}`, set("a", "y", "p: [q, r]"), "1}", `1,"y":{"p":["q","r"]}}`},
		"where other mappings have it":   {"a: { type: x, nullable: true, text: y }\nb: { type: x, text: y }\n", set("b", "nullable", "true"), "b: { type: x,", "b: { type: x, nullable: true,"},
		"umlauts before":                 {"a: { ä: ö, x: 1 }\n", set("a", "x", "2"), "x: 1", "x: 2"},
		"behind quoted brackets":         {"a: { x: 'it''s ]}', y: \"\\\"}\", z: 1 } # {\n", set("a", "w", "2"), "z: 1 }", "z: 1, w: 2 }"},
		"behind text with an apostrophe": {"a: { x: it's, z: 1 }\n", set("a", "w", "2"), "z: 1 }", "z: 1, w: 2 }"},
		"behind folded text":             {"a:\n  x: >-\n    one\n\n    # two\n\n  y: 1\n", set("a", "z", "1", "x"), "    # two\n", "    # two\n  z: 1\n"},
		"behind text of two lines":       {"a:\n  x: one\n    two\n  y: 1\n", set("a", "z", "1", "x"), "    two\n", "    two\n  z: 1\n"},
		"a value of two lines":           {"a:\n  x: one\n    two\n  y: 1\n", set("a", "x", "1"), "x: one\n    two\n", "x: 1\n"},
		"behind braces of several lines": {"a:\n  x: {\n    p: 1\n  }\n  y: 1\n", set("a", "z", "1", "x"), "  }\n", "  }\n  z: 1\n"},
		"at a dash": {"a:\n  - y: 1\n    z: 2\nb: { x: 1, y: 2 }\n", func(t *testing.T, x *edit.Text) error {
			t.Helper()
			return x.Set(at(x, "a").Content[0], "x", node(t, "5"))
		}, "- y: 1", "- x: 5\n    y: 1"},
		"a name removed":                  {block, remove("a", "x"), "  x: 1 # one\n", ""},
		"a name with a list removed":      {block, remove("a", "y"), "  y:\n    - p\n    - q # last\n", ""},
		"the first in braces removed":     {block, remove("b", "x"), "{ x: 1, y", "{ y"},
		"the last in braces removed":      {block, remove("b", "y"), ", y: [p, q] }", " }"},
		"the only one in braces removed":  {"a: { x: 1 }\n", remove("a", "x"), "{ x: 1 }", "{}"},
		"a mapping removed":               {block, remove("", "a"), "a:\n  x: 1 # one\n\n  # about y\n  y:\n    - p\n    - q # last\n  # end of a\n", ""},
		"a name removed behind a dash":    {"a:\n  - x: 1\n    y: 2\n", func(_ *testing.T, x *edit.Text) error { return x.Remove(at(x, "a").Content[0], "x") }, "x: 1\n    y", "y"},
		"a name removed from JSON":        {"{\n  \"a\": 1,\n  \"b\": 2\n}\n", remove("", "b"), "1,\n  \"b\": 2", "1"},
		"an element at the end":           {block, insert("a/y", 2, "r"), "q # last\n", "q # last\n    - r\n"},
		"an element at the begin":         {block, insert("a/y", 0, "r"), "    - p\n", "    - r\n    - p\n"},
		"an element between":              {block, insert("a/y", 1, "r"), "    - p\n", "    - p\n    - r\n"},
		"an element in brackets":          {block, insert("b/y", 1, "r"), "[p, q]", "[p, r, q]"},
		"an element at the begin of them": {block, insert("b/y", 0, "r"), "[p, q]", "[r, p, q]"},
		"an element at their end":         {block, insert("b/y", 2, "r"), "[p, q]", "[p, q, r]"},
		"an element in empty brackets":    {"a: []\nb: [c]\n", insert("a", 0, "r"), "[]", "[r]"},
		"a mapping as an element":         {"a:\n  - name: x\n    in: y\n", insert("a", 1, "name: z\nin: q\nschema: {type: string}"), "in: y\n", "in: y\n  - name: z\n    in: q\n    schema: {type: string}\n"},
		"braces among elements":           {"a:\n  - { b: c }\n", insert("a", 1, "{b: d}"), "c }\n", "c }\n  - { b: d }\n"},
		"an element removed":              {block, remove1("a/y", 0), "    - p\n", ""},
		"the last element removed":        {block, remove1("a/y", 1), "    - q # last\n", ""},
		"the first in brackets removed":   {block, remove1("b/y", 0), "[p, q]", "[q]"},
		"the last in brackets removed":    {block, remove1("b/y", 1), "[p, q]", "[p]"},
		"an element that is a mapping":    {"a:\n  - name: x\n    in: y\n  # z\n  - name: z\n", remove1("a", 0), "  - name: x\n    in: y\n", ""},
		"a name renamed":                  {block, rename("a", "x", "type"), "x: 1 # one", "type: 1 # one"},
		"a name in quotes renamed":        {"{\"a\": 1}", rename("", "a", "b"), `"a"`, `"b"`},
		"a name in braces renamed":        {block, rename("b", "x", "z"), "{ x:", "{ z:"},
		"brackets in several lines":       {"a: [\n  p, # one\n  q\n]\n", insert("a", 2, "r"), "  q\n", "  q,\n  r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			text, err := edit.New([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if err := c.edit(t, text); err != nil {
				t.Error(err)
			}
			if got, want := string(text.Bytes()), strings.Replace(c.text, c.from, c.to, 1); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestRefusedEdits checks that an edit that cannot be made changes nothing.
func TestRefusedEdits(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		edit func(*edit.Text) error
	}{
		"a value with an anchor":      {"a: &x { b: 1 }\nc: *x\n", func(x *edit.Text) error { return x.Set(at(x, "a"), "b", node(t, "2")) }},
		"through an alias":            {"a: &x { b: 1 }\nc: *x\n", func(x *edit.Text) error { return x.Set(at(x, "c"), "b", node(t, "2")) }},
		"a name that is not there":    {"a: 1\n", func(x *edit.Text) error { return x.Remove(at(x, ""), "b") }},
		"a name in what is no map":    {"a: 1\n", func(x *edit.Text) error { return x.Set(at(x, "a"), "b", node(t, "2")) }},
		"the only element of a list":  {"a:\n  - b\n", func(x *edit.Text) error { return x.Delete(at(x, "a"), 0) }},
		"the only name of an element": {"a:\n  - b: 1\n", func(x *edit.Text) error { return x.Remove(at(x, "a").Content[0], "b") }},
		"a name that is there":        {"a: 1\nb: 2\n", func(x *edit.Text) error { return x.Rename(at(x, ""), "a", "b") }},
		"an element of two lists":     {"a:\n  - - b\n    - c\n  - d\n", func(x *edit.Text) error { return x.Delete(at(x, "a").Content[0], 0) }},
	} {
		text, err := edit.New([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		if err := c.edit(text); err == nil || string(text.Bytes()) != c.text {
			t.Errorf("%s: got %v and\n%s", name, err, text.Bytes())
		}
	}
}

// TestWhatIsRemovedAndSetAgain checks on a contract that a name that is removed and set again leaves the document as it
// was, and nearly everywhere the text too.
func TestWhatIsRemovedAndSetAgain(t *testing.T) {
	contract, err := os.ReadFile("../../openapi.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, lines := range []string{string(contract), strings.ReplaceAll(string(contract), "\n", "\r\n")} {
		text, err := edit.New([]byte(lines))
		if err != nil {
			t.Fatal(err)
		}
		n, equal := 0, 0
		schemas := locate.Keys(at(text, "components/schemas"))
		for i, schema := range schemas {
			path := "components/schemas/" + schema + "/properties"
			names := locate.Keys(at(text, path))
			if len(names) == 0 || i%4 != 0 {
				continue
			}
			path += "/" + names[i%len(names)]
			keywords := locate.Keys(at(text, path))
			name := keywords[i%len(keywords)]
			value := at(text, path+"/"+name)
			if value.Kind != yaml.ScalarNode || len(keywords) == 1 || value.Style&yaml.FoldedStyle != 0 {
				continue
			}
			if err := text.Remove(at(text, path), name); err != nil {
				t.Errorf("%s %s: %v", path, name, err)
			}
			if err := text.Set(at(text, path), name, value); err != nil {
				t.Errorf("%s %s: %v", path, name, err)
			}
			if n++; string(text.Bytes()) == lines {
				equal++
			} else if text, err = edit.New([]byte(lines)); err != nil {
				t.Fatal(err)
			}
		}
		if n < 10 || equal < n*9/10 {
			t.Errorf("of %d keywords, %d came back to where they were", n, equal)
		}
	}
}
