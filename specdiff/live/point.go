package live

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/medusa-storefront/customers-go/specdiff/conform"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// template returns a path with the names of its parameters, as far as this package sends any.
func template(path string) string {
	switch {
	case strings.HasPrefix(path, addressesPath+"/"):
		return addressesPath + "/{address_id}"
	case strings.HasPrefix(path, authPath+"/") && path != bearerPath:
		return authPath + "/{email}"
	}
	return path
}

// placeOf returns the place of the operation of an exchange.
func placeOf(x *conform.Exchange) string {
	path, _, _ := strings.Cut(x.URL, "?")
	return finding.Operation(x.Method, template(path))
}

func where(f conform.Finding) string {
	return strings.TrimPrefix(f.Path+": "+f.Detail, ": ")
}

// ofResponse returns the point of a finding about a response, and what the backend did.
func ofResponse(operation string, f conform.Finding) (finding.Point, string) {
	response := finding.Response(operation, strconv.Itoa(f.Status))
	kind, _, _ := strings.Cut(f.Detail, " ")
	at := func(place string, aspect finding.Aspect, live string) (finding.Point, string) {
		return finding.Point{Place: place, Aspect: aspect}, live
	}
	switch f.Kind { //nolint:exhaustive // the others are about the body as a whole
	case conform.Undocumented:
		return at(f.Schema, finding.Presence, kind)
	case conform.Missing:
		if f.Schema == "" {
			return at(response, finding.Header, "not there")
		}
		return at(f.Schema, finding.Required, "not there")
	case conform.WrongNull:
		return at(f.Schema, finding.Nullable, f.Detail)
	case conform.WrongType, conform.WrongFormat, conform.UnknownValue, conform.OutOfBounds:
		if name, isHeader := strings.CutPrefix(f.Path, "header "); isHeader {
			return at(response, finding.Header, name+" "+f.Detail)
		}
	}
	switch f.Kind { //nolint:exhaustive // likewise
	case conform.WrongType:
		if kind == "number" && isInteger(strings.TrimPrefix(f.Detail, "number ")) {
			return at(f.Schema, finding.Type, "number, an integer but for noise")
		}
		return at(f.Schema, finding.Type, kind)
	case conform.WrongFormat:
		if isTime(f.Detail) || isInteger(f.Detail) {
			return at(f.Schema, finding.Format, "another format, which can be read")
		}
		return at(f.Schema, finding.Format, "another format")
	case conform.UnknownValue:
		return at(f.Schema, finding.Enum, f.Detail)
	case conform.OutOfBounds:
		return at(f.Schema, finding.Bounds, f.Detail)
	case conform.NoBranch:
		return at(f.Schema, finding.Branches, f.Detail)
	case conform.UndocumentedStatus:
		return at(response, finding.Status, f.Detail)
	case conform.UndocumentedHeader:
		return at(response, finding.Cookie, f.Detail)
	case conform.WrongCookie:
		return at("Set-Cookie", finding.Cookie, f.Detail)
	}
	if f.Kind == conform.UndocumentedBody {
		return at(response, finding.ContentType, "a body")
	}
	return at(response, finding.ContentType, mediaType(f.Detail))
}

// mediaType returns the media type in detail, which is quoted and has parameters, and what follows it.
func mediaType(detail string) string {
	quoted, err := strconv.QuotedPrefix(detail)
	if err != nil {
		return detail
	}
	rest := detail[len(quoted):]
	kind, err := strconv.Unquote(quoted)
	switch {
	case err != nil:
		return detail
	case kind == "":
		return "a body without a content type" + rest
	}
	kind, _, _ = strings.Cut(kind, ";")
	return kind + rest
}

// isTime reports whether a quoted text is a time as RFC 3339 writes it, which the Go client reads in any of its forms.
func isTime(detail string) bool {
	text, err := strconv.Unquote(detail)
	var t time.Time
	return err == nil && t.UnmarshalText([]byte(text)) == nil
}

// isInteger reports whether a number with a point or an exponent is an integer but for the noise of floating-point
// arithmetic, which the Go client reads.
func isInteger(detail string) bool {
	const exact, noise = 1 << 53, 1e-11
	n, err := strconv.ParseFloat(detail, 64)
	return err == nil && math.Abs(n) <= exact && math.Abs(n-math.Round(n)) <= min(noise*max(1, math.Abs(n)), 1e-3)
}

// ofRequest returns the point of a finding about a request.
func ofRequest(f conform.Finding) finding.Point {
	aspects := map[conform.Kind]finding.Aspect{
		conform.Undocumented: finding.Presence, conform.Missing: finding.Required, conform.WrongNull: finding.Nullable,
		conform.WrongType: finding.Type, conform.WrongFormat: finding.Format, conform.UnknownValue: finding.Enum,
		conform.OutOfBounds: finding.Bounds, conform.NoBranch: finding.Branches, conform.WrongStyle: finding.Style,
		conform.NoCredentials: finding.Security, conform.UndocumentedBody: finding.Presence,
	}
	return finding.Point{Place: cmp.Or(f.Schema, f.Path), Aspect: cmp.Or(aspects[f.Kind], finding.ContentType)}
}

// telling drops the findings that no branch fits, if others are there that explain why the closest branch does not.
func telling(findings []conform.Finding) []conform.Finding {
	rest := slices.DeleteFunc(slices.Clone(findings), func(f conform.Finding) bool { return f.Kind == conform.NoBranch })
	if len(rest) == 0 {
		return findings
	}
	return rest
}
