package compare

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Difference is one difference between two responses.
type Difference struct {
	At   string // "status", "header Vary", "cookie", "body/customer/email"
	A, B string
	Why  string // "" if the values show it
}

func (d Difference) String() string {
	text := fmt.Sprintf("%s: %.300s and %.300s", d.At, d.A, d.B)
	if d.Why != "" {
		text += " (" + d.Why + ")"
	}
	return text
}

// hopByHop are headers of a connection rather than of a response.
var hopByHop = map[string]bool{"Connection": true, "Keep-Alive": true}

// responses compares the responses of both sides.
func (p *pairs) responses(a, b *Response) []Difference {
	var found []Difference
	differ := func(at, a, b, why string) { found = append(found, Difference{at, a, b, why}) }
	if a.Status != b.Status {
		differ("status", strconv.Itoa(a.Status), strconv.Itoa(b.Status), "")
	}
	if a.isJSON && b.isJSON {
		p.values("body", a.json, b.json, differ)
	} else if why := p.text(string(a.Body), string(b.Body)); why != "" {
		differ("body", string(a.Body), string(b.Body), why)
	}
	names := map[string]bool{}
	for name := range a.Header {
		names[name] = true
	}
	for name := range b.Header {
		names[name] = true
	}
	for _, name := range sortedKeys(names) {
		va, vb := a.Header[name], b.Header[name]
		switch {
		case hopByHop[name]:
		case len(va) != len(vb):
			differ("header "+name, strings.Join(va, ", "), strings.Join(vb, ", "), "")
		case name == "Date": // both have one
		case name == "Set-Cookie":
			for i := range va {
				if why := p.cookie(va[i], vb[i], a.Header, b.Header); why != "" {
					differ("cookie", va[i], vb[i], why)
				}
			}
		case name == "Etag":
			if why := p.etag(a, b); why != "" {
				differ("header Etag", va[0], vb[0], why)
			}
		case !slices.Equal(va, vb):
			differ("header "+name, strings.Join(va, ", "), strings.Join(vb, ", "), "")
		}
	}
	return found
}

// values compares JSON values: objects by their properties, lists element by element.
func (p *pairs) values(at string, a, b any, differ func(at, a, b, why string)) {
	switch va := a.(type) {
	case map[string]any:
		vb, ok := b.(map[string]any)
		if !ok {
			break
		}
		names := maps.Clone(va)
		maps.Copy(names, vb)
		for _, name := range sortedKeys(names) {
			inA, okA := va[name]
			inB, okB := vb[name]
			switch {
			case !okA:
				differ(at+"/"+name, "absent", printed(inB), "")
			case !okB:
				differ(at+"/"+name, printed(inA), "absent", "")
			default:
				p.values(at+"/"+name, inA, inB, differ)
			}
		}
		return
	case []any:
		vb, ok := b.([]any)
		if !ok {
			break
		}
		if len(va) != len(vb) {
			differ(at, fmt.Sprintf("%d elements", len(va)), fmt.Sprintf("%d elements", len(vb)), "")
		}
		for i := range min(len(va), len(vb)) {
			p.values(at+"/"+strconv.Itoa(i), va[i], vb[i], differ)
		}
		return
	case string:
		vb, ok := b.(string)
		if !ok {
			break
		}
		if why := p.text(va, vb); why != "" {
			differ(at, printed(va), printed(vb), why)
		}
		return
	default: // a number, compared as it was written, true, false or null
		if a == b {
			return
		}
	}
	differ(at, printed(a), printed(b), "")
}

func printed(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// sessionID matches the value of a session cookie: an id and its signature.
var sessionID = regexp.MustCompile(`^s%3A[\w-]{32}\.[A-Za-z0-9%]+$`)

// lifetimeSlack is how much the lifetimes of two cookies may differ. They are known to the second, and the ends of
// cookies are counted from another moment than the responses' dates.
const lifetimeSlack = 2 * time.Second

// cookie compares two Set-Cookie lines: the attributes in their order, the end as a lifetime, the values as partners.
func (p *pairs) cookie(a, b string, ha, hb http.Header) (why string) {
	as, bs := strings.Split(a, "; "), strings.Split(b, "; ")
	if len(as) != len(bs) {
		return "other attributes"
	}
	for i := range as {
		nameA, valueA, hasA := strings.Cut(as[i], "=")
		nameB, valueB, hasB := strings.Cut(bs[i], "=")
		switch {
		case nameA != nameB || hasA != hasB:
			return "other attributes"
		case valueA == valueB:
		case i == 0:
			if !sessionID.MatchString(valueA) || !sessionID.MatchString(valueB) {
				return "a value of another form"
			}
			if why := p.pair("session", valueA, valueB); why != "" {
				return why
			}
		case nameA == "Expires":
			la, lb := lifetime(valueA, ha), lifetime(valueB, hb)
			if (la - lb).Abs() > lifetimeSlack {
				return fmt.Sprintf("a lifetime of %v and of %v", la, lb)
			}
		default:
			return "other attributes"
		}
	}
	return ""
}

func lifetime(expires string, h http.Header) time.Duration {
	end, err := http.ParseTime(expires)
	if err != nil {
		return -1
	}
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return -1
	}
	return end.Sub(date)
}

// etag compares tags, which have the length and the hash of the body that they belong to. A tag without a body has to
// be the partner that it has as a tag of a body, if it was one before.
func (p *pairs) etag(a, b *Response) (why string) {
	ta, tb := a.Header.Get("Etag"), b.Header.Get("Etag")
	switch {
	case len(a.Body) == 0 || len(b.Body) == 0:
		return p.pair("tag", ta, tb)
	case ta != weakETag(a.Body) || tb != weakETag(b.Body):
		return "not the tag of the body"
	case len(a.Body) != len(b.Body):
		return "another length"
	}
	p.of[0][ta], p.of[1][tb] = tb, ta
	return ""
}

// weakETag returns the tag that Express gives to a body.
func weakETag(body []byte) string {
	sum := sha1.Sum(body)
	return fmt.Sprintf(`W/"%x-%s"`, len(body), base64.StdEncoding.EncodeToString(sum[:])[:27])
}

// jwt compares the claims of two tokens and, of their times, the lifetime.
func (p *pairs) jwt(a, b string) (why string) {
	pa, pb := strings.Split(a, "."), strings.Split(b, ".")
	if len(pa) != 3 || len(pb) != 3 {
		return "one is no token"
	}
	if pa[0] != pb[0] {
		return "another header"
	}
	ca, cb := claims(pa[1]), claims(pb[1])
	p.values("claims", ca, cb, func(at, a, b, w string) { why = fmt.Sprintf("%s: %s and %s %s", at, a, b, w) })
	return why
}

func claims(part string) any {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err.Error()
	}
	v, _ := parse(text)
	object, ok := v.(map[string]any)
	if !ok {
		return v
	}
	issued, err1 := number(object["iat"])
	ends, err2 := number(object["exp"])
	if err1 == nil && err2 == nil {
		object["exp"] = fmt.Sprintf("%d s after iat", ends-issued)
		object["iat"] = "a time"
	}
	return object
}

func number(v any) (int64, error) {
	n, _ := v.(json.Number)
	return n.Int64()
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
