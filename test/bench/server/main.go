// Command server responds as the backend does, as fast as net/http can, with the bodies that were recorded in a directory or
// with sample ones. It prints its URL and ends when its standard input does. It is a process of its own, so that its cost
// is not part of the clients' cost.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/medusa-storefront/customers-go/test/bench/internal/responses"
)

func main() {
	if err := run(); err != nil {
		log.Fatal("server: ", err)
	}
}

func run() error {
	a := responses.Sample()
	if len(os.Args) > 1 {
		var err error
		if a, err = responses.Read(os.Args[1]); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it listens until the program ends
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", listener.Addr())
	server := &http.Server{Handler: handler(a), ReadHeaderTimeout: time.Minute}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func handler(a *responses.Bodies) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /store/customers/me", secured(a.Retrieve))
	mux.HandleFunc("GET /store/customers/me/orders", secured(a.ListOrders))
	mux.HandleFunc("POST /store/auth", login(a.Authenticate))
	mux.HandleFunc("POST /store/customers", login(a.Create))
	return mux
}

// secured refuses a request without a session, so that no client can do without its cookie.
func secured(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("connect.sid"); err != nil || c.Value == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		write(w, body)
	}
}

// login sends a cookie as long as the backend's.
func login(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Set-Cookie", "connect.sid=s%3ApNo5I4feIDdFZ4bPBxyze3fpcNzIpdSh.6I3Evx7U2OCRo6aDw93dODlJCgz6r7xXKD%2ByuyoJAf0; Path=/; Expires="+
			time.Now().Add(10*time.Hour).UTC().Format(http.TimeFormat)+"; HttpOnly")
		write(w, body)
	}
}

// write sends the headers that Medusa sends.
func write(w http.ResponseWriter, body []byte) {
	h := w.Header()
	h.Set("X-Powered-By", "Express")
	h.Set("Vary", "Origin")
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("ETag", `W/"4de65-VN6k/7apOZ+qEVtewF+P1CtMEL8"`)
	_, _ = w.Write(body)
}
