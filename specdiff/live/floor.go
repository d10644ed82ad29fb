package live

import (
	"fmt"
	"io"
	"slices"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// Coverage is how much of what a document declares a record has shown, a line for each kind of thing.
type Coverage []conform.Coverage

// Floor is the least that has to be seen of a kind of thing, in percent of what is declared. What is not in it has none.
type Floor map[conform.SightKind]int

// DefaultFloor is what a run with the logins of a shop that has orders of many kinds reaches.
var DefaultFloor = Floor{
	conform.Called: 100, conform.Answered: 75, conform.Content: 75, conform.Held: 90, conform.Property: 85, conform.Enum: 60, conform.Input: 90,
}

var titles = map[conform.SightKind]string{
	conform.Called: "operations", conform.Answered: "operation × status", conform.Content: "operation × status × content type",
	conform.Held: "operation × status × property", conform.Property: "properties", conform.Valued: "properties with a value",
	conform.Null: "nulls", conform.Enum: "enum values", conform.Input: "parameters and request properties",
}

// Below returns a line for each kind of thing of which less was seen than the floor asks for; none is good.
func (c Coverage) Below(floor Floor) []string {
	var all []string
	for _, line := range c {
		if least := floor[line.What]; line.Seen*100 < least*line.Declared {
			all = append(all, fmt.Sprintf("%s: %d of %d seen, the floor is %d %%", titles[line.What], line.Seen, line.Declared, least))
		}
	}
	return all
}

// Write writes a table for a person; with missing, also what was not seen.
func (c Coverage) Write(out io.Writer, missing bool) error {
	for _, line := range c {
		if _, err := fmt.Fprintf(out, "%-36s %5d of %5d\n", titles[line.What], line.Seen, line.Declared); err != nil {
			return err
		}
		for _, name := range line.Missing {
			if missing {
				if _, err := fmt.Fprintf(out, "    %s\n", name); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (c *check) coverage() Coverage { return slices.Clip(Coverage(c.tally.Coverage())) }
