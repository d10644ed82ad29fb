package live

import (
	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

// Floor is how much has to be seen of each kind of sight, in percent of what is declared. A kind that is missing has no
// floor.
type Floor map[conform.SightKind]int

// DefaultFloor is what a run with the logins of test/e2e/backend shows, a shop with orders of every kind.
var DefaultFloor = Floor{
	conform.Called: 100, conform.Responded: 75, conform.Content: 75, conform.InResponse: 90, conform.Property: 85, conform.Enum: 60, conform.Input: 90,
}
