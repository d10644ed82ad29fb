package orders

import (
	"slices"
	"strings"
)

// The columns and relations that the list shows if the query does not choose.
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

// The relations that totals are computed from are always loaded.
var (
	relationsOfTotals = []string{
		"items.tax_lines", "items.adjustments", "items.variant", "swaps.additional_items.tax_lines",
		"swaps.additional_items.adjustments", "claims.additional_items.tax_lines", "claims.additional_items.adjustments",
		"discounts.rule", "gift_cards", "gift_card_transactions", "refunds", "shipping_methods.tax_lines", "region", "payments",
	}
	relationsOfNamedTotals = []string{"items.variant.product.profiles", "gift_card_transactions.gift_card"}
)

// The totals that a query can name. The backend computes them in another way, with fewer side effects.
var (
	namedOrderTotals = []string{
		"subtotal", "tax_total", "shipping_total", "discount_total", "gift_card_total", "total", "paid_total",
		"refunded_total", "refundable_amount",
	}
	namedItemTotals = []string{"items.refundable", "swaps.additional_items.refundable", "claims.additional_items.refundable"}
)

// orderView is what the response shows of a row and of the rows behind it.
type orderView struct {
	relations map[string]*orderView

	columns  map[string]bool // nil: all
	totals   map[string]bool
	computed bool // tax lines that were computed while reading are shown
	empty    bool // a list is shown without its rows
}

// at returns the view of the rows at the end of a path, and makes it if there is none. It returns nil if there is no
// such path.
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

// viewOf returns what fields and expand select. It is not ok if one of them names what does not exist.
func viewOf(q *query) (view *orderView, ok bool) {
	columns, relations := selected(q)
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

// viewOfOld returns the view of an order with a tax rate, from before there were tax lines: its lines are shown without
// them, unless a total is named.
func viewOfOld(q *query) *orderView {
	view, ok := viewOf(q)
	if ok && view.computed {
		kind := orderKind()
		view.at(kind, "items.tax_lines").empty = true
		view.at(kind, "shipping_methods.tax_lines").empty = true
	}
	return view
}

// selected returns the names that fields and expand select, of columns, totals and relations, known or not.
func selected(q *query) (columns, relations []string) {
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

// showTotals sets which totals are shown: all if none is named.
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

// viewOfLogin returns what a login shows of an order: all columns, items, no totals.
func viewOfLogin() *orderView {
	kind := orderKind()
	view := &orderView{columns: make(map[string]bool)}
	for _, column := range kind.columns {
		view.columns[column] = !kind.totals[column]
	}
	view.at(kind, "items")
	return view
}
