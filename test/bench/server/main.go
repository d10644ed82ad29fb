// Command server responds as the backend does, as fast as net/http can, with the bodies that were recorded in a
// directory or with sample ones. It prints its URL and ends when its standard input does. It is a process of its own,
// so that its cost is not part of the clients' cost.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/test/bench/internal/clients"
	"github.com/medusa-storefront/customers-go/test/bench/internal/responses"
)

func main() {
	if err := run(); err != nil {
		log.Fatal("server: ", err)
	}
}

func run() error {
	a, err := responses.Read(strings.Join(os.Args[1:], ""))
	if err != nil {
		return err
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

	gitHub, hCloud := responses.GitHub(), responses.HCloud()
	gitHubHeader := http.Header{
		"Content-Type": {"application/json; charset=utf-8"}, "Cache-Control": {"private, max-age=60, s-maxage=60"}, "Vary": {"Accept, Authorization"},
		"X-Ratelimit-Limit": {"5000"}, "X-Ratelimit-Remaining": {"4999"}, "X-Ratelimit-Used": {"1"}, "X-Ratelimit-Reset": {"4102444800"},
	}
	hCloudHeader := http.Header{
		"Content-Type": {"application/json"}, "Ratelimit-Limit": {"3600"}, "Ratelimit-Remaining": {"3599"}, "Ratelimit-Reset": {"4102444800"},
	}
	mux.HandleFunc("GET "+clients.GitHubPath+"user", authorized(gitHubHeader, gitHub.Read))
	mux.HandleFunc("GET "+clients.GitHubPath+"user/repos", authorized(gitHubHeader, gitHub.List))
	mux.HandleFunc("GET "+clients.HCloudPath+"/networks/4711", authorized(hCloudHeader, hCloud.Read))
	mux.HandleFunc("GET "+clients.HCloudPath+"/servers", authorized(hCloudHeader, hCloud.List))
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

// authorized refuses a request without the token, and responds as another API does.
func authorized(header http.Header, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+clients.Token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		maps.Copy(w.Header(), header)
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	}
}

// login sends a cookie as long as the backend's.
func login(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Set-Cookie", "connect.sid="+clients.Cookie+"; Path=/; Expires="+
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
