package specdiff

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/medusa-storefront/customers-go/specdiff/live"
	"github.com/medusa-storefront/customers-go/specdiff/route"
)

// record asks the backend, and writes what it did to the file for it, if one is given.
func (c *Config) record(ctx context.Context, s Sources, version string, routes []route.Route) (*live.Record, error) {
	known := slices.DeleteFunc([]*openapi3.T{s.Contract, s.Published}, func(doc *openapi3.T) bool { return doc == nil })
	config := c.Setup.Live()
	config.Backend, config.Documents, config.Progress = c.Backend, known, c.Progress
	config.ReadOnly, config.Cookie, config.Header = c.ReadOnly, c.Cookie, c.Header
	if s.Published == nil && len(c.Floor) == 0 {
		const enough = 40 * time.Second // the whole then takes less than a minute
		config.Brief = enough
	}
	for _, r := range routes {
		config.Ask = append(config.Ask, r.URL)
	}
	record, err := live.Run(ctx, config)
	if err != nil || c.Record == "" {
		return record, err
	}
	record.Version = version
	if s.Published != nil {
		if record.Published, err = json.Marshal(s.Published); err != nil {
			return nil, err
		}
	}
	return record, write(record, c.Record)
}

// write writes a record to a file, which it replaces when all is written.
func write(record *live.Record, name string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".record-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	var w io.WriteCloser = f
	if strings.HasSuffix(name, ".gz") {
		w = gzip.NewWriter(f)
	}
	err = record.WriteHAR(w)
	if w != f {
		err = errors.Join(err, w.Close())
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// replayed returns the record to replay; nil if none is given.
func (c *Config) replayed() (*live.Record, error) {
	if c.Replay == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	f, err := os.Open(c.Replay)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	record, err := live.ReadHAR(f, c.routes())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.Replay, err)
	}
	if len(record.Exchanges) == 0 {
		return nil, fmt.Errorf("%s: no exchange in it is of the routes %s", c.Replay, strings.Join(c.routes(), ", "))
	}
	return record, nil
}
