package customers_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
)

// shopURL is a stand-in for a backend, just enough of one for the examples to print what they would print on a real
// one. What they show is proven on the real backend in e2e.
var shopURL = httptest.NewServer(http.HandlerFunc(serveShop)).URL

func serveShop(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	loggedIn := strings.Contains(r.Header.Get("Cookie"), "connect.sid=s%3Aalec")
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	switch route := r.Method + " " + r.URL.Path; {
	case route == "POST /store/customers" || route == "POST /store/auth":
		if strings.Contains(string(body), "wrong") {
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, "Unauthorized")
			return
		}
		w.Header().Add("Set-Cookie", "connect.sid=s%3Aalec.1; Path=/; HttpOnly")
		fmt.Fprintf(w, `{"customer":%s}`, shopCustomer("Reynolds", "+45 12 34 56 78"))
	case route == "DELETE /store/auth":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprint(w, "OK")
	case route == "POST /store/customers/password-token":
		w.WriteHeader(http.StatusNoContent)
	case route == "POST /store/customers/password-reset":
		fmt.Fprintf(w, `{"customer":%s}`, shopCustomer("Reynolds", ""))
	case !loggedIn:
		w.Header()["Content-Type"] = nil
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, "Unauthorized")
	case route == "GET /store/customers/me":
		fmt.Fprintf(w, `{"customer":%s}`, shopCustomer("Reynolds", "+45 12 34 56 78"))
	case route == "POST /store/customers/me":
		fmt.Fprintf(w, `{"customer":%s}`, shopCustomer("Reynolds-Holm", ""))
	case route == "GET /store/auth":
		fmt.Fprint(w, `{"customer":{"id":"cus_1","email":"user@example.com","orders":[
			{"id":"order_2","display_id":2,"status":"completed"},{"id":"order_1","display_id":1,"status":"completed"}]}}`)
	case strings.HasPrefix(route, "POST /store/customers/me/addresses"):
		fmt.Fprintf(w, `{"customer":%s}`, shopCustomer("Reynolds", ""))
	case route == "GET /store/customers/me/orders":
		fmt.Fprint(w, `{"orders":[
			{"id":"order_2","display_id":2,"status":"completed","currency_code":"eur","total":4150,"created_at":"2024-05-02T10:00:00.000Z"},
			{"id":"order_1","display_id":1,"status":"completed","currency_code":"eur","total":1050,"created_at":"2024-05-01T10:00:00.000Z"}
		],"count":2,"offset":0,"limit":50}`)
	case route == "GET /store/customers/me/payment-methods":
		fmt.Fprint(w, `{"payment_methods":[{"provider_id":"stripe","data":{"card":{"last4":"4242"}}}]}`)
	}
}

func shopCustomer(lastName, phone string) string {
	if phone != "" {
		phone = `"phone":"` + phone + `",`
	}
	return `{"id":"cus_1","email":"user@example.com","first_name":"Alec","last_name":"` + lastName + `",` + phone + `
		"shipping_addresses":[{"id":"addr_1","first_name":"Alec","last_name":"Reynolds","address_1":"Vestergade 1",
		"city":"Aarhus","postal_code":"8000","country_code":"dk"}]}`
}
