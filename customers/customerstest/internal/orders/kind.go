// Package orders stores orders with all that belongs to them, and lists them as the backend does.
package orders

import (
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// entityKind is a table of the graph that begins at an order, as the models of package api describe it: properties
// whose type is another of these models are relations, all others are columns.
type entityKind struct {
	name      string
	columns   []string
	relations map[string]*relation
	times     map[string]bool   // the columns whose values are times
	totals    map[string]bool   // the columns that are computed, for some rows of a list only
	made      map[string]string // by property, the relation that it is made of
}

type relation struct {
	kind  *entityKind
	list  bool
	eager bool // it is loaded whenever the row it belongs to is
}

// madeOf has the properties that the backend's code makes of a relation once that is loaded.
var madeOf = map[string]map[string]string{
	"Product":     {"profile": "profiles", "profile_id": "profiles"},
	"Cart":        {"payment_session": "payment_sessions"},
	"MoneyAmount": {"variant": "variants", "variant_id": "variants"},
}

// eagerRelations are loaded whenever the row they belong to is.
var eagerRelations = []string{"Fulfillment.items", "Return.items"}

// orderKind returns the kind of the entries of the list.
var orderKind = sync.OnceValue(func() *entityKind {
	return kindOf(reflect.TypeFor[api.Order](), make(map[reflect.Type]*entityKind))
})

func kindOf(t reflect.Type, known map[reflect.Type]*entityKind) *entityKind {
	if k := known[t]; k != nil {
		return k
	}
	k := &entityKind{
		name:      strings.TrimSuffix(t.Name(), "Record"),
		relations: make(map[string]*relation),
		times:     make(map[string]bool),
		totals:    totalsOf(t),
	}
	k.made = madeOf[k.name]
	known[t] = k
	for field := range t.Fields() {
		name := jsonName(field)
		if name == "-" { // it is not of the contract
			continue
		}
		target, list := field.Type, false
		for target.Kind() == reflect.Pointer || target.Kind() == reflect.Slice {
			list = list || target.Kind() == reflect.Slice
			target = target.Elem()
		}
		switch {
		case target == reflect.TypeFor[time.Time]():
			k.times[name] = true
			k.columns = append(k.columns, name)
		case target.Kind() == reflect.Struct:
			eager := slices.Contains(eagerRelations, k.name+"."+name)
			k.relations[name] = &relation{kind: kindOf(target, known), list: list, eager: eager}
		default:
			k.columns = append(k.columns, name)
		}
	}
	return k
}

// totalsOf returns the properties that the model for the list has and the model for everywhere else has not.
func totalsOf(t reflect.Type) map[string]bool {
	totals := make(map[string]bool)
	record, ok := map[reflect.Type]reflect.Type{
		reflect.TypeFor[api.Order]():          reflect.TypeFor[api.OrderRecord](),
		reflect.TypeFor[api.LineItem]():       reflect.TypeFor[api.LineItemRecord](),
		reflect.TypeFor[api.ShippingMethod](): reflect.TypeFor[api.ShippingMethodRecord](),
	}[t]
	if ok {
		columns := make(map[string]bool)
		for field := range record.Fields() {
			columns[jsonName(field)] = true
		}
		for field := range t.Fields() {
			if name := jsonName(field); !columns[name] && name != "-" {
				totals[name] = true
			}
		}
	}
	if t == reflect.TypeFor[api.LineItem]() || t == reflect.TypeFor[api.LineItemRecord]() {
		totals["refundable"] = true
	}
	return totals
}

func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}

// source returns the relation that a property is made of; it is empty for what the database has.
func (k *entityKind) source(name string) string { return k.made[name] }

// follow returns the relation that a path can go on with, or nil.
func (k *entityKind) follow(name string) *relation {
	if k.source(name) != "" {
		return nil
	}
	return k.relations[name]
}
