package compare

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

var reference = regexp.MustCompile(`\$\{([^}]+)\}`)

// fill returns r with its references replaced by values of p's responses. The ids of p that seen returns are in the
// order of their appearance.
func (p *party) fill(ctx context.Context, r Request, seen func(prefix string) []string) (Request, error) {
	var failed error
	replace := func(text string) string {
		return reference.ReplaceAllStringFunc(text, func(m string) string {
			value, err := p.resolve(ctx, m[2:len(m)-1], seen)
			if err != nil && failed == nil {
				failed = fmt.Errorf("%s: %w", m, err)
			}
			return value
		})
	}
	r.Path = replace(r.Path)
	r.Body = replace(r.Body)
	if r.Header != nil {
		header := http.Header{}
		for name, values := range r.Header {
			header[name] = nil
			for _, value := range values {
				header[name] = append(header[name], replace(value))
			}
		}
		r.Header = header
	}
	return r, failed
}

func (p *party) resolve(ctx context.Context, ref string, seen func(prefix string) []string) (string, error) {
	if certain, ok := strings.CutSuffix(ref, "?"); ok {
		if value, err := p.resolve(ctx, certain, seen); err == nil {
			return value, nil
		}
		return "none", nil
	}
	if name, ok := strings.CutPrefix(ref, "reset:"); ok {
		return p.PasswordToken(ctx, p.kept[name])
	}
	if prefix, n, ok := strings.Cut(ref, "#"); ok {
		index, err := strconv.Atoi(n)
		if err != nil {
			return "", err
		}
		ids := seen(prefix)
		if len(ids) == 0 {
			return prefix + strings.Repeat("0", ulidLength), nil
		}
		return ids[index%len(ids)], nil
	}
	at := strings.IndexAny(ref, "/@;")
	if at < 0 {
		value, ok := p.kept[ref]
		if !ok {
			return "", fmt.Errorf("nothing was kept as %s", ref)
		}
		return value, nil
	}
	a := p.saved[ref[:at]]
	if a == nil {
		return "", fmt.Errorf("no response was saved as %s", ref[:at])
	}
	switch ref[at] {
	case '@':
		return a.Header.Get(ref[at+1:]), nil
	case ';':
		cookie, _, _ := strings.Cut(a.Header.Get("Set-Cookie"), ";")
		if cookie == "" {
			return "", fmt.Errorf("the %d response sets no cookie", a.Status)
		}
		if ref[at+1:] == "value" {
			_, cookie, _ = strings.Cut(cookie, "=")
		}
		return cookie, nil
	}
	return pointer(a.json, ref[at+1:])
}

// pointer follows a JSON pointer to a value. A value that is not a string is returned as JSON.
func pointer(v any, path string) (string, error) {
	for step := range strings.SplitSeq(path, "/") {
		switch inner := v.(type) {
		case map[string]any:
			value, ok := inner[step]
			if !ok {
				return "", fmt.Errorf("no property %s", step)
			}
			v = value
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(inner) {
				return "", fmt.Errorf("no element %s of %d", step, len(inner))
			}
			v = inner[i]
		default:
			return "", fmt.Errorf("nothing to look for %s in", step)
		}
	}
	if text, ok := v.(string); ok {
		return text, nil
	}
	text, err := json.Marshal(v)
	return string(text), err
}
