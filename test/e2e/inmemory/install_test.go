package inmemory

import (
	"archive/zip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/medusa-storefront/customers-go/customers/customerstest"
)

// TestInstall checks that specdiff can be installed by go install from an empty folder, as people do who have no checkout,
// and that it then needs nothing else. Modules come from a folder and from the module cache, so no network is needed.
func TestInstall(t *testing.T) {
	t.Parallel()
	const version = "v0.0.0-20260101000000-000000000000"
	source, err := filepath.Abs("../../../specdiff")
	if err != nil {
		t.Fatal(err)
	}
	module := command(t, source, nil, "go", "list", "-m")
	proxy, bin, empty := t.TempDir(), t.TempDir(), t.TempDir()
	publish(t, source, proxy, module, version)
	cache := command(t, source, nil, "go", "env", "GOMODCACHE")
	command(t, empty, []string{
		"GOBIN=" + bin, "GOMODCACHE=" + t.TempDir(), "GOPROXY=file://" + proxy + ",file://" + path.Join(filepath.ToSlash(cache), "cache/download"),
		"GOSUMDB=off", "GOFLAGS=-modcacherw", "GOWORK=off",
	}, "go", "install", module+"/cmd/specdiff@"+version)

	backend := customerstest.NewServer(t)
	customer := fixture(t, backend).Customers[0]
	got := command(t, empty, []string{"SPECDIFF_PASSWORD=" + customer.Password}, filepath.Join(bin, "specdiff"), "-backend", backend.URL, "-email", customer.Email)
	if !strings.Contains(got, "works: nothing that was seen breaks the Go client") {
		t.Errorf("it printed\n%s", got)
	}
}

// publish writes a module into the folder of a GOPROXY.
func publish(t *testing.T, source, proxy, module, version string) {
	t.Helper()
	dir := filepath.Join(proxy, filepath.FromSlash(module), "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	goMod, err := os.ReadFile(filepath.Join(source, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		version + ".mod": string(goMod), version + ".info": fmt.Sprintf(`{"Version":%q,"Time":"2026-01-01T00:00:00Z"}`, version), "list": version + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file, err := os.Create(filepath.Join(dir, version+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(file)
	for name := range strings.SplitSeq(command(t, source, nil, "git", "ls-files", "--cached", "--others", "--exclude-standard"), "\n") {
		in, err := os.Open(filepath.Join(source, filepath.FromSlash(name)))
		if os.IsNotExist(err) {
			continue // deleted, and still in the index
		}
		if err != nil {
			t.Fatal(err)
		}
		out, err := z.Create(module + "@" + version + "/" + name)
		if err == nil {
			_, err = io.Copy(out, in)
		}
		if err != nil {
			t.Fatal(err)
		}
		_ = in.Close()
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}

// command runs a command in a folder and returns what it prints.
func command(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	var stderr strings.Builder
	c := exec.CommandContext(t.Context(), name, args...)
	c.Dir, c.Env, c.Stderr = dir, append(os.Environ(), env...), &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, &stderr)
	}
	return strings.TrimSpace(string(out))
}
