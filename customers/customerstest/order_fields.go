package customerstest

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
)

// What the list shows of an order if the query doesn't say.
var (
	defaultOrderColumns = []string{
		"id", "status", "fulfillment_status", "payment_status", "display_id", "cart_id", "customer_id", "email",
		"region_id", "currency_code", "tax_rate", "created_at",
	}
	defaultOrderRelations = []string{
		"shipping_address", "fulfillments", "fulfillments.tracking_links", "items", "items.variant", "shipping_methods",
		"shipping_methods.shipping_option", "discounts", "discounts.rule", "customer", "payments", "region",
	}
)

// What totals are computed from is loaded whatever the query says.
var (
	relationsOfTotals = []string{
		"items.tax_lines", "items.adjustments", "items.variant", "swaps.additional_items.tax_lines",
		"swaps.additional_items.adjustments", "claims.additional_items.tax_lines", "claims.additional_items.adjustments",
		"discounts.rule", "gift_cards", "gift_card_transactions", "refunds", "shipping_methods.tax_lines", "region", "payments",
	}
	relationsOfNamedTotals = []string{"items.variant.product.profiles", "gift_card_transactions.gift_card"}
)

// The totals that a query can name. The backend computes those in an older way, with fewer side effects.
var (
	namedOrderTotals = []string{
		"subtotal", "tax_total", "shipping_total", "discount_total", "gift_card_total", "total", "paid_total",
		"refunded_total", "refundable_amount",
	}
	namedItemTotals = []string{"items.refundable", "swaps.additional_items.refundable", "claims.additional_items.refundable"}
)

// orderView is what to show of a row and of those behind it.
type orderView struct {
	relations map[string]*orderView

	columns  map[string]bool // nil: all
	totals   map[string]bool
	computed bool // tax lines that were computed while reading are shown
	empty    bool // a list is shown without its rows
}

// at is the view of the rows at the end of a path, made if need be; nil if there is no such path.
func (v *orderView) at(kind *entityKind, path string) *orderView {
	for name := range strings.SplitSeq(path, ".") {
		r := kind.follow(name)
		if r == nil {
			return nil
		}
		if v.relations == nil {
			v.relations = make(map[string]*orderView)
		}
		next := v.relations[name]
		if next == nil {
			next = &orderView{computed: v.computed}
			v.relations[name] = next
		}
		v, kind = next, r.kind
	}
	return v
}

// view is what fields and expand ask for; not ok if one of them names what isn't there.
func (q *orderQuery) view() (view *orderView, ok bool) {
	columns, relations := q.selected()
	if q.q != nil {
		relations = append(relations, "shipping_address", "customer")
	}
	kind := orderKind()
	view = &orderView{columns: map[string]bool{"object": true, "tax_rate": true}}
	var totals []string
	for _, name := range columns {
		root, _, _ := strings.Cut(name, ".")
		switch {
		case slices.Contains(namedOrderTotals, name), slices.Contains(namedItemTotals, name):
			totals = append(totals, name)
		case slices.Contains(kind.columns, root) && root != "object" && !kind.totals[root]:
			view.columns[root] = true
		case kind.follow(root) == nil && name != "" && name != "__proto__":
			return nil, false
		}
	}
	view.computed = len(totals) == 0
	relations = append(relations, relationsOfTotals...)
	if len(totals) > 0 {
		relations = append(relations, relationsOfNamedTotals...)
	}
	for _, path := range relations {
		if path != "" && path != "__proto__" && view.at(kind, path) == nil {
			return nil, false
		}
	}
	view.showTotals(kind, totals)
	return view, true
}

// viewOfOld is view for an order from before there were tax lines, which has a tax rate instead: its lines are shown
// without, unless a total is named.
func (q *orderQuery) viewOfOld() *orderView {
	view, ok := q.view()
	if ok && view.computed {
		kind := orderKind()
		view.at(kind, "items.tax_lines").empty = true
		view.at(kind, "shipping_methods.tax_lines").empty = true
	}
	return view
}

// selected is the names that fields and expand come to: of columns, totals and relations, known or not.
func (q *orderQuery) selected() (columns, relations []string) {
	columns = slices.Clone(defaultOrderColumns)
	var starred []string
	if q.fields != nil {
		names := slices.DeleteFunc(strings.Split(*q.fields, ","), func(name string) bool { return name == "" })
		signed := func(name string) bool { return strings.ContainsAny(name[:1], "+-*") }
		if len(names) == 0 || slices.ContainsFunc(names, func(name string) bool { return !signed(name) }) {
			columns = nil
			for _, name := range names {
				columns = append(columns, strings.TrimLeft(name[:1], "+-")+name[1:])
			}
		} else {
			for _, name := range names {
				switch name[0] {
				case '+':
					columns = append(columns, name[1:])
				case '-':
					columns = slices.DeleteFunc(columns, func(c string) bool { return c == name[1:] })
				default:
					columns = append(columns, name)
				}
			}
		}
		columns = append(columns, "created_at", "id")
		columns = slices.DeleteFunc(columns, func(name string) bool {
			relation, ok := strings.CutPrefix(name, "*")
			if ok {
				starred = append(starred, relation)
			}
			return ok
		})
	}
	if q.expand != nil {
		return columns, strings.Split(*q.expand, ",")
	}
	for _, name := range columns {
		if dot := strings.LastIndexByte(name, '.'); dot >= 0 {
			if dot == 0 {
				return []string{"."}, nil // a relation without a name, which nothing has
			}
			relations = append(relations, name[:dot])
		}
	}
	return columns, slices.Concat(relations, defaultOrderRelations, starred)
}

// showTotals says where which totals come: everywhere if none is named.
func (v *orderView) showTotals(kind *entityKind, named []string) {
	items, methods := v.at(kind, "items"), v.at(kind, "shipping_methods")
	if len(named) == 0 {
		v.totals, methods.totals = kind.totals, kind.relations["shipping_methods"].kind.totals
		items.totals = kind.relations["items"].kind.totals
		for _, path := range []string{"swaps.additional_items", "claims.additional_items"} {
			v.at(kind, path).totals = map[string]bool{"refundable": true}
		}
		return
	}
	v.totals, items.totals = make(map[string]bool), make(map[string]bool)
	for _, name := range named {
		if path, ok := strings.CutSuffix(name, ".refundable"); ok {
			at := v.at(kind, path)
			if at.totals == nil {
				at.totals = make(map[string]bool)
			}
			at.totals["refundable"] = true
			continue
		}
		v.totals[name] = true
		switch name {
		case "gift_card_total":
			v.totals["gift_card_tax_total"] = true
		case "subtotal", "total":
			for total := range kind.relations["items"].kind.totals {
				if total != "refundable" {
					items.totals[total] = true
				}
			}
		}
	}
}

// append writes what v shows of the row.
func (e *entity) append(b []byte, v *orderView) []byte {
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
			b = p.append(b, next)
		}
	}
	for _, name := range e.missing(v) {
		p := e.kind.newPart(name, json.RawMessage("null"))
		begin(p.label)
		if p.relation != nil {
			b = p.append(b, v)
		} else {
			b = append(b, p.column...)
		}
	}
	return append(b, '}')
}

// shows tells whether a column is to be seen.
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

// missing is what v asks for and nobody put in.
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

// append writes the rows of a relation.
func (p *part) append(b []byte, v *orderView) []byte {
	if !p.relation.list {
		if len(p.rows) == 0 {
			return append(b, "null"...)
		}
		return p.rows[0].append(b, v)
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
		b = row.append(b, v)
	}
	return append(b, ']')
}
