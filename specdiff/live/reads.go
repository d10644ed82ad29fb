package live

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// reads asks with every login for its data. It changes nothing.
func (r *run) reads(ctx context.Context) error {
	s := &script{run: r, ctx: ctx}
	explored := exploration{}
	for i, login := range r.config.Logins {
		s.progress("reads: login %d of %d", i+1, len(r.config.Logins))
		a := &account{email: login.Email, password: login.Password, given: true}
		x := s.enter(a)
		if s.err == nil && !a.hasCredentials() {
			s.shutOut(x, i)
			continue
		}
		r.given = cmp.Or(r.given, a)
		s.readAll(a, explored)
	}
	if r.config.ReadOnly && r.given == nil && len(r.config.Logins) > 0 {
		r.withoutLogin()
	}
	if len(r.config.Logins) == 0 {
		s.note("no login with orders was given, so no order was read")
	}
	return s.err
}

// enter logs a given customer in. It prefers a token, which leaves no session to end. A backend before Medusa 1.17
// issues none. A token cannot be revoked, so a run that changes nothing does not ask for one. It returns the last response.
func (s *script) enter(a *account) response {
	credentials := object{"email": a.email, "password": a.password}
	if !s.config.ReadOnly {
		x := s.post("get a token", bearerPath, credentials, nil)
		s.takeToken(a, x)
		if a.token != "" || x.Status == http.StatusUnauthorized && foreign(x.Exchange) == "" { // a second failure could lock the login
			return x
		}
	}
	x := s.post("log in to read", authPath, credentials, nil)
	if s.login(a, x); a.cookie != "" {
		s.accounts = append(s.accounts, a)
	}
	return x
}

// shutOut says why a given customer could not be logged in.
func (s *script) shutOut(x response, i int) {
	which := "the customer"
	if len(s.config.Logins) > 1 {
		which = fmt.Sprintf("customer %d of %d", i+1, len(s.config.Logins))
	}
	why := fmt.Sprintf("the login got %s", cmp.Or(foreign(x.Exchange), shortly(x.Exchange)))
	switch {
	case x.Status == 0:
		why = "the login got no response"
	case x.Status == http.StatusUnauthorized && foreign(x.Exchange) == "":
		why = "wrong email or password"
	case x.Status/100 == 2 && foreign(x.Exchange) == "":
		why = "the login set no session cookie"
	}
	s.trouble(http.MethodPost, authPath, "%s: %s could not log in, so no orders were read", why, which)
}

// withoutLogin leaves out of the report what follows from a login that was refused: the operations that need one.
func (r *run) withoutLogin() {
	for _, doc := range r.documents {
		for _, place := range doc.Operations() {
			if strings.HasPrefix(place, http.MethodGet+" "+mePath) || place == finding.Operation(http.MethodGet, authPath) || place == finding.Operation(http.MethodDelete, authPath) {
				r.record.Untried = append(r.record.Untried, place)
			}
		}
	}
}

func (s *script) readAll(a *account, explored exploration) {
	read := func(step, path string) response {
		return s.do(request{step: step, method: http.MethodGet, path: path, by: a, bearer: a.token != ""})
	}
	read("read the profile", mePath)
	read("read the session", authPath)
	read("list payment methods", methodsPath)
	read("list orders", ordersPath)
	for _, path := range s.config.Ask {
		read(StepAsk, path)
	}
	read("list many orders", ordersPath+"?limit=100")
	x := read("list all orders", ordersPath+"?limit=0")
	if len(x.orders()) == 0 {
		return
	}
	read("list one order", ordersPath+"?limit=1")
	if len(explored) == 0 && a.cookie == "" { // one login is enough, since its response is that of a session
		login := &account{}
		s.login(login, s.post("log in to see the orders", authPath, object{"email": a.email, "password": a.password}, nil))
		s.do(request{step: "log out", method: http.MethodDelete, path: authPath, by: login})
	}
	for _, doc := range s.documents {
		if order := orderOf(doc); order != nil {
			if len(explored) == 0 {
				s.filters(read, x.orders())
			}
			s.columns(read, order, x.orders())
			s.explore(read, order, explored)
		}
	}
}

// orders returns the orders in the response.
func (a response) orders() []any {
	var body struct {
		Orders []any `json:"orders"`
	}
	if json.Unmarshal(a.body, &body) != nil {
		return nil
	}
	return body.Orders
}

// orderOf returns the order of a document; nil if it has none.
func orderOf(doc *conform.Contract) *conform.Node {
	response := doc.Response(finding.Operation(http.MethodGet, ordersPath), "200")
	if response == nil {
		return nil
	}
	for _, list := range response.Relations() {
		if list.Name == "orders" {
			return list.To
		}
	}
	return nil
}

// columns asks for the columns of the document that are not sent by default. One that the backend does not select fails
// the whole request; then they are asked for one by one.
func (s *script) columns(read func(string, string) response, order *conform.Node, orders []any) {
	usual, _ := orders[0].(object)
	names := slices.DeleteFunc(order.Columns(), func(name string) bool {
		_, comes := usual[name]
		return comes || s.unselectable[name]
	})
	if len(names) == 0 {
		return
	}
	list := func(names ...string) bool {
		return read("list orders with more columns", ordersPath+"?limit=0&fields="+url.QueryEscape(strings.Join(names, ","))).Status/100 == 2
	}
	if list(names...) || len(names) == 1 {
		return
	}
	good := slices.DeleteFunc(names, func(name string) bool {
		s.unselectable[name] = s.unselectable[name] || !list(name)
		return s.unselectable[name]
	})
	if len(good) > 0 {
		list(good...)
	}
}

// exploration is the set of relations that were seen with something in them, by the place of the object and the name of
// the relation.
type exploration map[string]bool

// spot is the end of a path of relations, from an order.
type spot struct {
	path string
	edge string
	node *conform.Node
	ids  []string // of orders that have something there, or might
}

const (
	together = 20 // paths in one request
	attempts = 3  // of spots for one relation, and of orders at each
)

// explore expands each relation of the document in which there is something. It goes level by level. First it asks all
// orders for their own relations, then single orders, because the time that a backend takes grows with both.
func (s *script) explore(read func(string, string) response, order *conform.Node, x exploration) {
	for level := s.expand(read, spots(spot{node: order}, x), "", x); len(level) > 0 && s.err == nil; {
		byOrder := map[string][]spot{}
		asked := map[string]int{}
		for _, at := range level {
			for _, next := range spots(at, x) {
				if asked[next.edge]++; asked[next.edge] > attempts {
					continue
				}
				for _, id := range next.ids[:min(len(next.ids), attempts)] {
					byOrder[id] = append(byOrder[id], next)
				}
			}
		}
		level = nil
		for _, id := range slices.Sorted(maps.Keys(byOrder)) {
			places := slices.DeleteFunc(byOrder[id], func(p spot) bool { return x[p.edge] })
			for some := range slices.Chunk(places, together) {
				level = append(level, s.expand(read, some, id, x)...)
			}
		}
	}
}

// spots returns the spots one relation further that are not explored yet.
func spots(at spot, x exploration) []spot {
	var all []spot
	for _, relation := range at.node.Relations() {
		edge := at.node.Place() + "." + relation.Name
		if !x[edge] {
			all = append(all, spot{strings.TrimPrefix(at.path+"."+relation.Name, "."), edge, relation.To, at.ids})
		}
	}
	return all
}

// expand asks for some spots, of one order or of all, and returns those in which there is something new. A path that
// the backend does not know fails the whole request; then each half is asked for.
func (s *script) expand(read func(string, string) response, some []spot, id string, x exploration) []spot {
	if len(some) == 0 || s.err != nil {
		return nil
	}
	var paths []string
	for _, p := range some {
		paths = append(paths, p.path)
	}
	query := url.Values{"expand": {strings.Join(paths, ",")}, "limit": {"0"}}
	if id != "" {
		query.Set("id", id)
	}
	got := read("list orders with what belongs to them", ordersPath+"?"+query.Encode())
	if got.Status/100 != 2 {
		if len(some) == 1 {
			return nil
		}
		return slices.Concat(s.expand(read, some[:len(some)/2], id, x), s.expand(read, some[len(some)/2:], id, x))
	}
	var reached []spot
	orders := richest(got.orders(), paths)
	for _, p := range some {
		p.ids = nil
		for _, order := range orders {
			if reaches(order, p.path) {
				p.ids = append(p.ids, fmt.Sprint(order["id"]))
			}
		}
		if len(p.ids) > 0 && !x[p.edge] {
			x[p.edge] = true
			reached = append(reached, p)
		}
	}
	return reached
}

// richest sorts orders by how many of the paths they have something at, so that few orders have to be asked for.
func richest(list []any, paths []string) []object {
	var orders []object
	count := map[string]int{}
	for _, element := range list {
		order, ok := element.(object)
		if !ok {
			continue
		}
		orders = append(orders, order)
		for _, path := range paths {
			if reaches(order, path) {
				count[fmt.Sprint(order["id"])]++
			}
		}
	}
	slices.SortStableFunc(orders, func(a, b object) int { return count[fmt.Sprint(b["id"])] - count[fmt.Sprint(a["id"])] })
	return orders
}

// reaches reports whether there is an object at a dotted path.
func reaches(v any, path string) bool {
	switch v := v.(type) {
	case []any:
		return slices.ContainsFunc(v, func(element any) bool { return reaches(element, path) })
	case map[string]any:
		name, rest, _ := strings.Cut(path, ".")
		return name == "" || reaches(v[name], rest)
	}
	return false
}
