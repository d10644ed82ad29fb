package specdiff_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff"
	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/document"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
	"github.com/medusa-storefront/customers-go/specdiff/live"
)

// pets is a contract that is right about the backend of the record.
const pets = `# The pets of a shop.
openapi: 3.0.3
info: { title: Pets, version: "1" }
paths:
  /store/customers/pets:
    get:
      operationId: ListPets # the only operation
      security: []
      responses:
        '200':
          description: All pets
          headers:
            ETag: { schema: { type: string } }
          content:
            application/json:
              schema: { $ref: '#/components/schemas/Pets' }
        '404':
          description: None
          x-no-content-type: true
components:
  schemas:
    Pets:
      type: object
      required: [pets, count]
      properties:
        pets:
          type: array
          items: { $ref: '#/components/schemas/Pet' }
        count: { type: integer }
    # A pet is never sold.
    Pet:
      type: object
      required: [id, kind, owner, born_at]
      properties:
        id: { type: string, minLength: 3 } # unique
        kind: { type: string, enum: [cat, dog] }
        owner: { type: string, nullable: true, description: Its owner }
        born_at:
          type: string
          format: date-time
        weight:
          type: number # in kilograms
`

// petRecord returns a record of a backend that sends two pets.
func petRecord() *live.Record {
	get := func(status int, kind, body string) live.Exchange {
		header := http.Header{}
		if kind != "" {
			header.Set("Content-Type", kind)
		}
		if status == http.StatusOK {
			header.Set("Etag", "1")
		}
		return live.Exchange{Exchange: &conform.Exchange{
			Method: http.MethodGet, URL: "/store/customers/pets", RequestHeader: http.Header{}, Status: status, ResponseHeader: header, ResponseBody: []byte(body),
		}}
	}
	return &live.Record{Exchanges: []live.Exchange{
		get(http.StatusOK, "application/json; charset=utf-8", `{"pets":[
			{"id":"pet_1","kind":"cat","owner":"Ada","born_at":"2026-01-31T12:00:00.000Z","weight":3.5},
			{"id":"pet_2","kind":"dog","owner":null,"born_at":"2026-01-31T12:00:00.000Z"}],"count":2}`),
		get(http.StatusNotFound, "", "Not Found"),
	}}
}

func fixed(t *testing.T, contract string, record *live.Record) (left []finding.Finding, changed []finding.Finding, text string) {
	t.Helper()
	doc, err := document.Parse([]byte(contract), "contract")
	if err != nil {
		t.Fatal(err)
	}
	r, out, err := specdiff.Fix(specdiff.Sources{Contract: doc, Text: []byte(contract), Record: record}, specdiff.Config{})
	if err != nil {
		t.Fatal(err)
	}
	return r.Unexplained(), r.Fixed, string(out)
}

// TestFix damages a contract in many ways, each of which has to be mended to the byte.
func TestFix(t *testing.T) {
	for name, c := range map[string]struct{ from, to string }{
		"nothing":                       {"", ""},
		"null forbidden":                {"type: string, nullable: true, description", "type: string, description"},
		"value of an enum removed":      {"[cat, dog]", "[cat]"},
		"type changed":                  {"count: { type: integer }", "count: { type: string }"},
		"type narrower":                 {"type: number # in kilograms", "type: integer # in kilograms"},
		"format removed":                {"          format: date-time\n", ""},
		"format changed":                {"format: date-time", "format: date"},
		"format added":                  {"owner: { type: string, nullable", "owner: { type: string, format: uuid, nullable"},
		"required in addition":          {"owner, born_at]", "owner, born_at, weight]"},
		"required of nothing":           {"owner, born_at]", "owner, born_at, name]"},
		"bound in addition":             {"minLength: 3 }", "minLength: 3, maxLength: 4 }"},
		"status removed":                {"        '404':\n          description: None\n          x-no-content-type: true\n", "        '404':\n          description: None\n"},
		"content type added":            {"          x-no-content-type: true\n", "          content:\n            text/plain: { schema: { type: string } }\n"},
		"content type misspelled":       {"            application/json:", "            application/jsno:"},
		"header in addition":            {"          headers:\n", "          headers:\n            X-Total: { schema: { type: string } }\n"},
		"header of another type":        {"ETag: { schema: { type: string } }", "ETag: { schema: { type: boolean } }"},
		"credentials that are not sent": {"security: []", "security: [{ cookie: [] }]"},
		"keyword misspelled":            {"nullable: true", "nulable: true"},
		"keyword of an object":          {"      required: [id", "      requird: [id"},
	} {
		t.Run(name, func(t *testing.T) {
			for layout, as := range map[string]func(string) string{
				"YAML": func(s string) string { return s },
				"CRLF": func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") },
			} {
				original, broken := as(pets), as(strings.Replace(pets, c.from, c.to, 1))
				left, changed, text := fixed(t, broken, petRecord())
				if text != original || len(left) > 1 {
					t.Errorf("%s: got\n%s\nleft %+v", layout, text, left)
				}
				if name != "nothing" && len(changed) == 0 {
					t.Errorf("%s: it does not say what it changed", layout)
				}
				if _, again, text := fixed(t, text, petRecord()); text != original || len(again) > 0 {
					t.Errorf("%s: a second run changes %+v", layout, again)
				}
			}
		})
	}
}

// TestFixAdds checks what is written where the contract lacks something: as like things in it are written.
func TestFixAdds(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"a property":       {"        weight:\n          type: number # in kilograms\n", "", "        weight: { type: number, example: 1.5 }\n"},
		"a property first": {"        id: { type: string, minLength: 3 } # unique\n", "", "      properties:\n        id:\n          type: string\n          example: text\n        kind"},
		"a header":         {"          headers:\n            ETag: { schema: { type: string } }\n", "", "          description: All pets\n"},
		"a status":         {"        '404':\n          description: None\n          x-no-content-type: true\n", "", "        '404':\n          description: Not Found\n          x-no-content-type: true\n"},
	} {
		t.Run(name, func(t *testing.T) {
			left, _, text := fixed(t, strings.Replace(pets, c.from, c.to, 1), petRecord())
			if !strings.Contains(text, c.want) || len(left) > 1 {
				t.Errorf("got\n%s\nleft %+v", text, left)
			}
		})
	}
}

// TestWhatIsLeftToAPerson checks that what nothing shows is left as it is, with a reason.
func TestWhatIsLeftToAPerson(t *testing.T) {
	for name, c := range map[string]struct{ from, to, id string }{
		"several types":              {"count: { type: integer }", "count: { type: integer }\n        more: { type: boolean }", ""},
		"a wrong reference":          {"items: { $ref: '#/components/schemas/Pet' }", "items: { $ref: '#/components/schemas/Pets' }", "Pets.id#presence"},
		"an object that is an array": {"          type: array\n          items: { $ref: '#/components/schemas/Pet' }\n", "          $ref: '#/components/schemas/Pet'\n", "Pet#type"},
		"an anchor":                  {"owner: { type: string, nullable: true, description: Its owner }", "owner: &text { type: string }\n        name: *text", "Pet.owner#nullable"},
	} {
		t.Run(name, func(t *testing.T) {
			broken := strings.Replace(pets, c.from, c.to, 1)
			left, _, text := fixed(t, broken, petRecord())
			if text != broken {
				t.Errorf("got\n%s", text)
			}
			for _, f := range left {
				if f.Left == "" {
					t.Errorf("%s has no reason", f.ID())
				}
				if f.ID() == c.id {
					c.id = ""
				}
			}
			if c.id != "" {
				t.Errorf("%s is not left: %+v", c.id, left)
			}
		})
	}
}

// recorded writes a record as a file.
func recorded(t *testing.T) string {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "run.har"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(petRecord().WriteHAR(f), f.Close()); err != nil {
		t.Fatal(err)
	}
	return f.Name()
}

// TestFixWritesTheFile checks that the file of the contract is replaced with its permissions, also behind a link, and
// that it stays as it is where nothing is to be changed.
func TestFixWritesTheFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "contract.yaml")
	link := filepath.Join(t.TempDir(), "link.yaml")
	if err := errors.Join(os.WriteFile(name, []byte(strings.Replace(pets, "[cat, dog]", "[cat]", 1)), 0o640), os.Symlink(name, link)); err != nil {
		t.Fatal(err)
	}
	config := specdiff.Config{Contract: link, Replay: recorded(t), Fix: true}
	r, err := specdiff.Run(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Fixed) != 1 || r.Fixed[0].ID() != "Pet.kind#enum" || r.Fixed[0].File != link || r.Fixed[0].YAML != "enum: [cat, dog]\n" {
		t.Errorf("it says %+v", r.Fixed)
	}
	text, err := os.ReadFile(name)
	info, infoErr := os.Lstat(link)
	if errors.Join(err, infoErr) != nil || string(text) != pets || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("got %v and\n%s", err, text)
	}
	before, err := os.Stat(name)
	if err != nil || before.Mode().Perm() != 0o640 {
		t.Errorf("its permissions are %v, %v", before.Mode(), err)
	}
	if r, err = specdiff.Run(t.Context(), config); err != nil || len(r.Fixed) > 0 {
		t.Errorf("a second run says %+v, %v", r, err)
	}
	if after, err := os.Stat(name); err != nil || !os.SameFile(before, after) {
		t.Error("a second run writes the file again")
	}
	if files, err := os.ReadDir(filepath.Dir(name)); err != nil || len(files) != 1 {
		t.Errorf("other files are left: %v", files)
	}
}

// TestProposedRequiredListIsWhole checks that YAML to paste keeps what is required already.
func TestProposedRequiredListIsWhole(t *testing.T) {
	without := strings.NewReplacer("[id, kind, owner", "[id, kind", "        owner: { type: string, nullable: true, description: Its owner }\n", "").Replace(pets)
	name := filepath.Join(t.TempDir(), "contract.yaml")
	if err := os.WriteFile(name, []byte(without), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := specdiff.Run(t.Context(), specdiff.Config{Contract: name, Replay: recorded(t)})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		if f.ID() == "Pet.owner#presence" {
			if !strings.HasPrefix(f.YAML, "owner:") || !strings.Contains(f.YAML, "required: [id, kind, born_at, owner]") {
				t.Errorf("got\n%s", f.YAML)
			}
			return
		}
	}
	t.Error("no finding")
}

func TestFixNeedsAFileAndABackend(t *testing.T) {
	for name, config := range map[string]specdiff.Config{
		"a URL":          {Contract: "https://shop.example.com/openapi.yaml", Replay: "x"},
		"no backend":     {Contract: "a.yaml", Published: "b.yaml"},
		"no contract":    {Published: "b.yaml", Replay: "x"},
		"only to follow": {Contract: "a.yaml", Replay: "x", Follow: []string{"*"}},
	} {
		if config.Fix = config.Follow == nil; name != "" {
			if _, err := specdiff.Run(t.Context(), config); !errors.Is(err, specdiff.ErrUsage) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	}
}

// ExampleFix mends a contract in memory that lacks a value which the backend sends.
func ExampleFix() {
	text := strings.Replace(pets, "[cat, dog]", "[cat]", 1)
	doc, err := document.Parse([]byte(text), "pets.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	r, _, err := specdiff.Fix(specdiff.Sources{Contract: doc, Text: []byte(text), Record: petRecord()}, specdiff.Config{Contract: "pets.yaml"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range r.Fixed {
		fmt.Printf("%s:%d: %s: %s", f.File, f.Line, f.ID(), f.YAML)
	}
	// Output:
	// pets.yaml:36: Pet.kind#enum: enum: [cat, dog]
}
