// Package backend starts the real Medusa backend of test/e2e/backend, with its own Postgres, and stops it.
package backend

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Backend is a running backend. Its exported fields are the JSON that start.mjs prints.
type Backend struct {
	Version        string            `json:"version"` // Medusa's
	URL            string            `json:"url"`
	DatabaseURL    string            `json:"databaseUrl"`
	ControlURL     string            `json:"controlUrl"`
	JWTSecret      string            `json:"jwtSecret"`
	CookieSecret   string            `json:"cookieSecret"`
	Settings       Settings          `json:"settings"`
	AdminUser      AdminUser         `json:"admin"`
	PublishableKey string            `json:"publishableKey"`
	Orders         map[string]string `json:"orders"` // the seeded orders of the customer "orders": name → id
	Customers      []Customer        `json:"customers"`
	Regions        map[string]Region `json:"regions"`

	process *process // nil if another program started it
	pool    *pgxpool.Pool
	poolMu  sync.Mutex
}

// Settings are Medusa's settings that tests change; the zero value is Medusa as it comes.
type Settings struct {
	NodeEnv          string `json:"nodeEnv,omitempty"`        // NODE_ENV, such as "production"; default "development"
	SessionName      string `json:"sessionName,omitempty"`    // the session cookie's name; default "connect.sid"
	SessionTTL       int64  `json:"sessionTtl,omitempty"`     // the session's lifetime in milliseconds; default ten hours
	SessionRolling   bool   `json:"sessionRolling,omitempty"` // whether every response sets a fresh cookie
	OptionalFeatures bool   `json:"optionalFeatures,omitempty"`
	Project          string `json:"project,omitempty"` // a folder of test/e2e/backend/projects; default the stock project
	Config           string `json:"config,omitempty"`  // changes of medusa-config.js, as JSON
}

// AdminUser is the administrator's account.
type AdminUser struct {
	Email    string `json:"email"`
	Password string `json:"password"`
	APIToken string `json:"apiToken"`
}

// Customer is a seeded customer.
type Customer struct {
	Key      string `json:"key"` // the customer's name in the seed
	ID       string `json:"id"`
	Email    string `json:"email"`
	Password string `json:"password"`
	Note     string `json:"note"`   // what tests use the customer for
	Orders   int    `json:"orders"` // how many orders the seed placed
}

// Region is a seeded region.
type Region struct {
	ID           string  `json:"id"`
	Name         string  `json:"name"`
	CurrencyCode string  `json:"currencyCode"`
	TaxRate      float64 `json:"taxRate"`
}

// Customer returns the seeded customer with the key.
func (b *Backend) Customer(key string) (Customer, error) {
	for _, c := range b.Customers {
		if c.Key == key {
			return c, nil
		}
	}
	return Customer{}, fmt.Errorf("the seed has no customer %q", key)
}

// SessionCookie returns the name of the backend's session cookie.
func (b *Backend) SessionCookie() string {
	if b.Settings.SessionName != "" {
		return b.Settings.SessionName
	}
	return "connect.sid"
}

// Secure reports whether the backend sets its session cookie for use from another site: Secure, SameSite=None.
func (b *Backend) Secure() bool {
	return b.Settings.NodeEnv == "production" || b.Settings.NodeEnv == "staging"
}

// Start starts a backend and returns when it responds. The first start on a machine installs npm packages and fills a
// database, which takes minutes; a later one takes seconds. The backend ends with Stop. It also ends with this process,
// even if that is killed: its standard input closes then. If it does not start, the error has the end of its log.
func Start(ctx context.Context) (*Backend, error) {
	script, err := findScript()
	if err != nil {
		return nil, err
	}
	p, line, err := run(ctx, "node", script, "--json")
	if err != nil {
		return nil, fmt.Errorf("the backend does not start: %w", err)
	}
	b, err := parse(line)
	if err != nil {
		p.stop()
		return nil, err
	}
	b.process = p
	return b, nil
}

// Attach returns the backend that another program started and stops. The line is the JSON that start.mjs printed.
func Attach(line string) (*Backend, error) {
	return parse([]byte(line))
}

func parse(line []byte) (*Backend, error) {
	b := new(Backend)
	if err := json.Unmarshal(line, b); err != nil {
		return nil, fmt.Errorf("start.mjs printed no line of JSON: %w", err)
	}
	if b.URL == "" || b.DatabaseURL == "" || b.ControlURL == "" || len(b.Customers) == 0 {
		return nil, errors.New("start.mjs printed JSON that lacks the URLs or the customers")
	}
	return b, nil
}

// Stop ends the backend and returns when its processes have ended.
func (b *Backend) Stop() {
	b.poolMu.Lock()
	if b.pool != nil {
		b.pool.Close()
	}
	b.poolMu.Unlock()
	if b.process != nil {
		b.process.stop()
	}
}

// findScript looks for start.mjs from the working directory upwards, as tests run in the directory of their package.
func findScript() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		script := filepath.Join(dir, "test", "e2e", "backend", "start.mjs")
		if _, err := os.Stat(script); err == nil {
			return script, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no test/e2e/backend/start.mjs in %s or above", start)
		}
	}
}

// process is a child process that prints one line when it is ready and ends when its standard input closes.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	done  chan struct{} // closed when it has ended
}

// stopPatience is how long Medusa and Postgres may take to end. Then the child is killed, and its guard process ends
// the processes that it leaves behind.
const stopPatience = 30 * time.Second

func run(ctx context.Context, name string, args ...string) (*process, []byte, error) {
	cmd := exec.Command(name, args...) //nolint:noctx // it outlives the context of its start; stop ends it
	log := new(tail)
	cmd.Stderr = log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, nil, err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	p := &process{cmd: cmd, stdin: stdin, done: make(chan struct{})}
	lines := make(chan []byte, 1)
	go func() {
		defer close(p.done)
		line, readErr := bufio.NewReader(stdout).ReadBytes('\n')
		if readErr == nil {
			lines <- line
		}
		_, _ = io.Copy(io.Discard, stdout)
		_ = cmd.Wait() // the log has the reason of an error
	}()
	select {
	case line := <-lines:
		return p, line, nil
	case <-p.done:
		return nil, nil, fmt.Errorf("%s ended with %s; the end of its log:\n%s", name, cmd.ProcessState, log)
	case <-ctx.Done():
		p.stop()
		return nil, nil, fmt.Errorf("%w; the end of the log:\n%s", context.Cause(ctx), log)
	}
}

func (p *process) stop() {
	_ = p.stdin.Close() // fails only if it is closed
	select {
	case <-p.done:
	case <-time.After(stopPatience):
		_ = p.cmd.Process.Kill() // fails only if it has ended
		<-p.done
	}
}

// tail keeps the last bytes that are written to it.
type tail struct {
	mu   sync.Mutex
	text []byte
}

const tailBytes = 8 << 10

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, b...)
	if over := len(t.text) - tailBytes; over > 0 {
		t.text = append(t.text[:0], t.text[over:]...)
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.text))
}
