package orders

import (
	"encoding/json"
	"strings"

	"github.com/medusa-storefront/customers-go/customers/customerstest/internal/js"
)

// rows are all rows of an order, by kind and id. A relation that was not stored behind a row leads to one of them by
// the id that the row has.
type rows map[string]*entity

func rowsOf(e *entity) rows {
	all := make(rows)
	all.add(e)
	return all
}

func (all rows) add(e *entity) {
	if id := e.text("id"); id != "" {
		all[e.kind.name+" "+id] = e
	}
	for _, p := range e.parts {
		for _, row := range p.rows {
			all.add(row)
		}
	}
}

// behind returns the row that a relation leads to, or nil. Currencies and fulfillment providers exist in every backend.
func (all rows) behind(e *entity, name string) *entity {
	r := e.kind.relations[name]
	if r.list {
		return nil
	}
	id := e.text(name + "_id")
	switch code := e.text("currency_code"); {
	case r.kind.name == "Currency" && code != "":
		return constant(r.kind, currency(code))
	case r.kind.name == "FulfillmentProvider" && id != "":
		return constant(r.kind, js.Members{{Name: "id", Value: id}, {Name: "is_installed", Value: true}})
	}
	return all[r.kind.name+" "+id]
}

// constant returns the row with these columns.
func constant(kind *entityKind, columns js.Members) *entity {
	e := &entity{kind: kind}
	for _, m := range columns {
		e.parts = append(e.parts, kind.newPart(m.Name, json.RawMessage(js.Append(nil, m.Value))))
	}
	return e
}

// currencies are rows of the backend's table: code, sign, native sign and name.
var currencies = map[string][3]string{
	"aud": {"AU$", "$", "Australian Dollar"},
	"cad": {"CA$", "$", "Canadian Dollar"},
	"chf": {"CHF", "CHF", "Swiss Franc"},
	"cny": {"CN¥", "CN¥", "Chinese Yuan"},
	"dkk": {"Dkr", "kr", "Danish Krone"},
	"eur": {"€", "€", "Euro"},
	"gbp": {"£", "£", "British Pound Sterling"},
	"jpy": {"¥", "￥", "Japanese Yen"},
	"nok": {"Nkr", "kr", "Norwegian Krone"},
	"pln": {"zł", "zł", "Polish Zloty"},
	"sek": {"Skr", "kr", "Swedish Krona"},
	"usd": {"$", "$", "US Dollar"},
}

// currency returns the row of a currency. One that is not in currencies has its code for signs and name.
func currency(code string) js.Members {
	row, known := currencies[code]
	if !known {
		row = [3]string{strings.ToUpper(code), strings.ToUpper(code), strings.ToUpper(code)}
	}
	return js.Members{{Name: "code", Value: code}, {Name: "symbol", Value: row[0]}, {Name: "symbol_native", Value: row[1]}, {Name: "name", Value: row[2]}}
}
