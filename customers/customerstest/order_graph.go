package customerstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/medusa-storefront/customers-go/api"
)

// An entityKind is a table of the graph that begins at an order, known from the models of package api: properties whose
// type is another of these models are relations, all others are columns.
type entityKind struct {
	name      string
	columns   []string
	relations map[string]*relation
	times     map[string]bool   // the columns that hold a time
	totals    map[string]bool   // the columns that are computed, for some rows of a list only
	made      map[string]string // by property, the relation that it is made of
}

type relation struct {
	kind  *entityKind
	list  bool
	eager bool // it comes whenever the row it belongs to does
}

// What no type can tell. The properties that the backend's code makes of a relation once that is loaded:
var madeOf = map[string]map[string]string{
	"Product":     {"profile": "profiles", "profile_id": "profiles"},
	"Cart":        {"payment_session": "payment_sessions"},
	"MoneyAmount": {"variant": "variants", "variant_id": "variants"},
}

// The relations that always come along:
var eagerRelations = []string{"Fulfillment.items", "Return.items"}

// orderKind is what an entry of the list is.
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

// totalsOf is what the model for the list has beyond the model for everywhere else.
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
			if name := jsonName(field); !columns[name] {
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

// source is the relation that a property is made of; empty for what the database has.
func (k *entityKind) source(name string) string { return k.made[name] }

// follow is the relation that a path can go on with.
func (k *entityKind) follow(name string) *relation {
	if k.source(name) != "" {
		return nil
	}
	return k.relations[name]
}

// An entity is a row, with whatever rows were put in behind it.
type entity struct {
	kind  *entityKind
	parts []part // in the order they came
}

// part is a column, or the rows of a relation.
type part struct {
	name   string
	label  []byte // the name as it stands in JSON, after a comma
	column json.RawMessage
	rows   []*entity // none for a relation to nothing

	// What its kind says about it.
	relation *relation // nil for a column
	source   string    // the relation that it is made of, if any
	total    bool
}

func (k *entityKind) newPart(name string, column json.RawMessage) part {
	return part{
		name: name, label: append(appendString([]byte{','}, name), ':'), column: column,
		relation: k.relations[name], source: k.source(name), total: k.totals[name],
	}
}

func (e *entity) part(name string) *part {
	for i := range e.parts {
		if e.parts[i].name == name {
			return &e.parts[i]
		}
	}
	return nil
}

// row is the one row of a relation, or nil.
func (e *entity) row(name string) *entity {
	if p := e.part(name); p != nil && len(p.rows) == 1 {
		return p.rows[0]
	}
	return nil
}

// readEntity takes a row as JSON has it. Its times are cut to milliseconds, as in all the backend sends; what isn't
// known of its kind is kept as a column.
func readEntity(kind *entityKind, data []byte) (*entity, error) {
	properties, err := readObject(kind, data)
	if err != nil {
		return nil, err
	}
	e := &entity{kind: kind}
	for _, p := range properties {
		switch {
		case p.relation != nil:
			if p.rows, err = readRows(p.relation, p.column); err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
			p.column = nil
		case kind.times[p.name]:
			if p.column, err = cutTime(p.column); err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
		}
		e.parts = append(e.parts, p)
	}
	e.complete()
	return e, nil
}

// complete adds the columns that weren't put in, as null, but for those that the backend has only when it is set up
// for them. Without an id a row is no stored one: a tax line that was computed has few columns.
func (e *entity) complete() {
	if e.part("id") == nil {
		return
	}
	for _, name := range e.kind.columns {
		optional := name == "includes_tax" || name == "object" || e.kind.totals[name] || e.kind.source(name) != ""
		if !optional && e.part(name) == nil {
			e.parts = append(e.parts, e.kind.newPart(name, json.RawMessage("null")))
		}
	}
}

// readObject is an object's properties in the order they stand.
func readObject(kind *entityKind, data []byte) ([]part, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("an object is needed, not %.20s", data)
	}
	var properties []part
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string) // nothing else comes before a value
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, value); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		properties = append(properties, kind.newPart(name, compact.Bytes()))
	}
	return properties, nil
}

func readRows(r *relation, data json.RawMessage) ([]*entity, error) {
	if string(data) == "null" {
		return nil, nil
	}
	items := []json.RawMessage{data}
	if r.list {
		if err := json.Unmarshal(data, &items); err != nil {
			return nil, fmt.Errorf("a list is needed, not %.20s", data)
		}
	}
	var rows []*entity
	for _, item := range items {
		row, err := readEntity(r.kind, item)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func cutTime(data json.RawMessage) (json.RawMessage, error) {
	if string(data) == "null" {
		return data, nil
	}
	var t time.Time
	if err := json.Unmarshal(data, &t); err != nil {
		return nil, err
	}
	return t.UTC().AppendFormat(nil, `"`+timeFormat+`"`), nil
}
