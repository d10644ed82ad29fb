// Command plain asks who is logged in with net/http and encoding/json alone: what a program costs without package
// customers.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	req, err := http.NewRequest(http.MethodGet, os.Args[1]+"/store/customers/me", nil) //nolint:noctx // a program that ends
	if err != nil {
		log.Fatal(err)
	}
	client := new(http.Client)
	resp, err := client.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	var out struct {
		Customer struct {
			Email string `json:"email"`
		} `json:"customer"`
	}
	err = json.NewDecoder(resp.Body).Decode(&out)
	_ = resp.Body.Close()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(out.Customer.Email)
}
