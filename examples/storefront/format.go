package main

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/customers"
)

// funcs are for the templates. deref makes "" of a null name, which html/template would print as <nil>.
var funcs = template.FuncMap{
	"money": money, "minus": func(n int64) int64 { return -n }, "words": words, "date": date,
	"countries": countries, "country": country, "deref": customers.Deref[string],
}

// zeroDecimal has the currencies whose amounts the backend shows as they are. It divides those in all others by 100,
// also of currencies that have three decimals.
const zeroDecimal = " bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf "

// money writes an amount, which is in the currency's smallest unit, for people: "DKK 1,590.00", "JPY 1,590".
func money(amount int64, currency string) string {
	digits, sign := strconv.FormatInt(amount, 10), ""
	if amount < 0 {
		digits, sign = digits[1:], "−"
	}
	decimals := ""
	if !strings.Contains(zeroDecimal, " "+strings.ToLower(currency)+" ") {
		digits = strings.Repeat("0", max(0, 3-len(digits))) + digits
		digits, decimals = digits[:len(digits)-2], "."+digits[len(digits)-2:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + strings.ToUpper(currency) + "\u00a0" + digits + decimals
}

// terms are the states of an order that people call by other words.
var terms = map[string]string{
	"captured": "Paid", "not_paid": "Not paid yet", "awaiting": "Not paid yet", "not_fulfilled": "Not sent yet", "fulfilled": "Packed",
	"shipped": "Sent", "partially_shipped": "Partially sent",
}

// words writes a state of an order, also one that only this shop has: "partially_refunded" is "Partially refunded".
func words(state any) string {
	s := fmt.Sprint(state)
	if term, ok := terms[s]; ok {
		return term
	}
	if s = strings.ReplaceAll(s, "_", " "); s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func date(t time.Time) string { return t.Format("2 January 2006") }

// countryNames are the countries that the shop sends to, in the order in which people look for them.
var countryNames = [][2]string{
	{"au", "Australia"}, {"at", "Austria"}, {"be", "Belgium"}, {"ca", "Canada"}, {"dk", "Denmark"}, {"fi", "Finland"},
	{"fr", "France"}, {"de", "Germany"}, {"ie", "Ireland"}, {"it", "Italy"}, {"jp", "Japan"}, {"nl", "Netherlands"},
	{"no", "Norway"}, {"pl", "Poland"}, {"pt", "Portugal"}, {"es", "Spain"}, {"se", "Sweden"}, {"ch", "Switzerland"},
	{"gb", "United Kingdom"}, {"us", "United States"},
}

// countries returns the codes to choose from, and the one that is chosen.
func countries(chosen string) []string {
	var codes []string
	for _, c := range countryNames {
		codes = append(codes, c[0])
	}
	if chosen != "" && !slices.Contains(codes, chosen) {
		codes = append(codes, chosen)
	}
	return codes
}

// country returns the name of a country, or its code.
func country(code string) string {
	for _, c := range countryNames {
		if c[0] == code {
			return c[1]
		}
	}
	return strings.ToUpper(code)
}
