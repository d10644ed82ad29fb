package live

import (
	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// Floor is the least that has to be seen of a kind of thing, in percent of what is declared. What is not in it has none.
type Floor map[conform.SightKind]int

// DefaultFloor is what a run with the logins of a shop that has orders of many kinds reaches.
var DefaultFloor = Floor{
	conform.Called: 100, conform.Responded: 75, conform.Content: 75, conform.InResponse: 90, conform.Property: 85, conform.Enum: 60, conform.Input: 90,
}
