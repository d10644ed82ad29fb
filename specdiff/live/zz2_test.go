package live

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"sort"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
)

func TestYY(t *testing.T) {
	var b struct {
		URL, PasswordTokenURL string
		Customers             []Login
	}
	text, _ := os.ReadFile("/tmp/live-backend.json")
	json.Unmarshal(text, &b)
	body, _ := json.Marshal(b.Customers[0])
	_ = body
	resp, err := http.Post(b.URL+"/store/auth/token", "application/json", strings.NewReader(fmt.Sprintf(`{"email":%q,"password":%q}`, b.Customers[0].Email, b.Customers[0].Password)))
	if err != nil {
		t.Fatal(err)
	}
	var tok struct {
		AccessToken string `json:"access_token"`
	}
	json.NewDecoder(resp.Body).Decode(&tok)
	req, _ := http.NewRequest("GET", b.URL+"/store/customers/me/orders?limit=0", nil)
	req.Header.Set("Authorization", "Bearer "+tok.AccessToken)
	resp, err = http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	all, _ := io.ReadAll(resp.Body)
	c := newCompactor()
	out := c.body(&conform.Exchange{Method: "GET", URL: "/x", Status: 200, ResponseHeader: resp.Header, ResponseBody: all})
	fmt.Println(len(all), len(out), strings.Count(string(out), `"display_id"`))
	n := map[string]int{}
	ex := map[string]string{}
	for k := range c.seen {
		p, f, _ := strings.Cut(k, "\x00")
		n[p]++
		ex[p] += " | " + f
	}
	var ps []string
	for p := range n {
		ps = append(ps, p)
	}
	sort.Slice(ps, func(i, j int) bool { return n[ps[i]] > n[ps[j]] })
	for _, p := range ps[:40] {
		fmt.Println(n[p], p, ex[p][:min(200, len(ex[p]))])
	}
}
