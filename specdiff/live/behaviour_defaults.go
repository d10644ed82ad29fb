package live

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// defaults compares the defaults that the document declares for limit and offset with what a list has where they are not
// asked for.
func (c *check) defaults(doc *openapi3.T) {
	item := doc.Paths.Value(ordersPath)
	if item == nil || item.Get == nil {
		return
	}
	for _, name := range []string{"limit", "offset"} {
		parameter := item.Get.Parameters.GetByInAndName(openapi3.ParameterInQuery, name)
		if parameter == nil || parameter.Schema == nil || parameter.Schema.Value == nil || parameter.Schema.Value.Default == nil {
			continue
		}
		want := fmt.Sprint(parameter.Schema.Value.Default)
		point := finding.Point{Place: finding.Operation(http.MethodGet, ordersPath) + " query " + name, Aspect: finding.Default}
		for i := range c.record.Exchanges {
			x := &c.record.Exchanges[i]
			if c.aside[x] || x.Method != http.MethodGet || !strings.HasPrefix(x.URL, ordersPath) {
				continue
			}
			shown := c.record.once(defaultOf{x.Exchange, name}, func() string {
				p := pageOf(x.Exchange)
				switch {
				case p == nil || p.query.Has(name):
					return ""
				case name == "limit":
					return fmt.Sprint(*p.Limit)
				}
				return fmt.Sprint(*p.Offset)
			})
			switch shown {
			case "":
			case want:
				c.add(point, finding.Supports, want, shown, "", x, 1)
			default:
				c.add(point, finding.Contradicts, want, shown, "", x, 1)
			}
		}
	}
}

// defaultOf is the key of the value of a parameter where it is not asked for.
type defaultOf struct {
	x    *conform.Exchange
	name string
}
