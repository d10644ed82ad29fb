package document

import "github.com/getkin/kin-openapi/openapi3"

// Range returns the least and the most that a number may be; nil for no bound. An exclusive bound of an integer is the
// next integer. Ok is false if the schema has an exclusive bound of another number.
func Range(s *openapi3.Schema) (least, most *float64, ok bool) {
	least, most, ok = s.Min, s.Max, true
	for _, bound := range []struct {
		exclusive *bool
		value     **float64
		step      float64
	}{{s.ExclusiveMin.Bool, &least, 1}, {s.ExclusiveMax.Bool, &most, -1}} {
		if bound.exclusive == nil || !*bound.exclusive || *bound.value == nil {
			continue
		}
		if !s.Type.Is("integer") {
			ok = false
			continue
		}
		next := **bound.value + bound.step
		*bound.value = &next
	}
	return least, most, ok && s.ExclusiveMin.Value == nil && s.ExclusiveMax.Value == nil
}

// Parameters returns the parameters of an operation: its own, and those of its path that it does not replace.
func Parameters(item *openapi3.PathItem, op *openapi3.Operation) openapi3.Parameters {
	var all openapi3.Parameters
	for _, p := range item.Parameters {
		if op.Parameters.GetByInAndName(p.Value.In, p.Value.Name) == nil {
			all = append(all, p)
		}
	}
	return append(all, op.Parameters...)
}
