package orders

import (
	"cmp"
	"encoding/json"
	"slices"
)

// appendRow appends what v shows of the row, in an order with the rows all.
func (e *entity) appendRow(b []byte, v *orderView, all rows) []byte {
	b = append(b, '{')
	first := true
	begin := func(label []byte) {
		if first {
			label = label[1:]
		}
		first = false
		b = append(b, label...)
	}
	for i := range e.parts {
		p := &e.parts[i]
		if p.relation == nil {
			if v.shows(p) {
				begin(p.label)
				b = append(b, p.column...)
			}
			continue
		}
		next := v.relations[cmp.Or(p.source, p.name)]
		if next == nil && p.relation.eager {
			next = &orderView{computed: v.computed}
		}
		if next != nil {
			begin(p.label)
			b = p.appendRows(b, next, all)
		}
	}
	for _, name := range e.missing(v) {
		p := e.kind.newPart(name, json.RawMessage("null"))
		begin(p.label)
		if p.relation == nil {
			b = append(b, p.column...)
			continue
		}
		if row := all.behind(e, name); row != nil {
			p.rows = []*entity{row}
		}
		b = p.appendRows(b, v.relations[name], all)
	}
	return append(b, '}')
}

// shows reports whether a column is shown.
func (v *orderView) shows(column *part) bool {
	switch {
	case column.source != "":
		return v.relations[column.source] != nil
	case column.total:
		return v.totals[column.name]
	default:
		return v.columns == nil || v.columns[column.name]
	}
}

// missing returns the names of what v shows and the row does not have.
func (e *entity) missing(v *orderView) []string {
	var names []string
	for name := range v.columns {
		if e.part(name) == nil {
			names = append(names, name)
		}
	}
	for name := range v.relations {
		// A line that is not of a product has no tax lines if none were stored and the backend computes them.
		untaxed := name == "tax_lines" && v.totals["refundable"] && v.computed
		if e.part(name) == nil && !untaxed {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// appendRows appends the rows of a relation.
func (p *part) appendRows(b []byte, v *orderView, all rows) []byte {
	if !p.relation.list {
		if len(p.rows) == 0 {
			return append(b, "null"...)
		}
		return p.rows[0].appendRow(b, v, all)
	}
	b = append(b, '[')
	first := true
	for _, row := range p.rows {
		computed := p.name == "tax_lines" && row.part("id") == nil
		if v.empty || computed && !v.computed {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = row.appendRow(b, v, all)
	}
	return append(b, ']')
}
