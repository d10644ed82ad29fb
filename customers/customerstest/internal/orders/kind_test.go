package orders

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// docs/orders.md lists the relations of the backend's entities. The models describe what it sends.
func TestRelationsAreThoseOfTheBackend(t *testing.T) {
	text, err := os.ReadFile("../../../../docs/orders.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(text), "| entity | relations |")
	documented := make(map[string][]string)
	relation := regexp.MustCompile("`(\\w+)`")
	for line := range strings.SplitSeq(table, "\n") {
		cells := strings.Split(line, "|")
		if len(cells) < 4 || strings.HasPrefix(cells[1], "---") {
			continue
		}
		var relations []string
		for _, m := range relation.FindAllStringSubmatch(cells[2], -1) {
			relations = append(relations, m[1])
		}
		slices.Sort(relations)
		documented[strings.ReplaceAll(strings.TrimSpace(cells[1]), "Api", "API")] = relations
	}
	seen := make(map[*entityKind]bool)
	var walk func(*entityKind)
	walk = func(k *entityKind) {
		if seen[k] {
			return
		}
		seen[k] = true
		var relations []string
		for name, r := range k.relations {
			walk(r.kind)
			if k.follow(name) != nil {
				relations = append(relations, name)
			}
		}
		slices.Sort(relations)
		want, ok := documented[k.name]
		if !ok || !slices.Equal(relations, want) {
			t.Errorf("%s has %v, documented is %v", k.name, relations, want)
		}
	}
	walk(orderKind())
	if len(documented) != 58 || len(seen) < 58 {
		t.Errorf("%d entities documented, %d known, want 58", len(documented), len(seen))
	}
}
