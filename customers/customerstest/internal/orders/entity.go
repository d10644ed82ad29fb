package orders

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

// entity is a row with the rows that were stored behind it.
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

	// These follow from its kind.
	relation *relation // nil for a column
	source   string    // the relation that it is made of, if any
	total    bool
}

func (k *entityKind) newPart(name string, column json.RawMessage) part {
	return part{
		name: name, label: append(js.Append([]byte{','}, name), ':'), column: column,
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

// row returns the one row of a relation, or nil.
func (e *entity) row(name string) *entity {
	if p := e.part(name); p != nil && len(p.rows) == 1 {
		return p.rows[0]
	}
	return nil
}

// readEntity reads a row from JSON. It cuts times to milliseconds, as the backend does, and keeps a property that its
// kind does not have as a column.
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

// complete adds the columns that the JSON lacks, as null, but for those that only some backends have. A row without an
// id is not of the database: a tax line that was computed has few columns.
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

// readObject reads an object's properties in their order.
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
	return t.UTC().AppendFormat(nil, `"`+js.TimeFormat+`"`), nil
}

// text returns a column that is a string, or "".
func (e *entity) text(name string) string {
	var s string
	if p := e.part(name); p != nil {
		_ = json.Unmarshal(p.column, &s) // null and a number are none
	}
	return s
}
