package live

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

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
		return at(f.Schema, finding.Nullable, "null")
	case conform.WrongType, conform.WrongFormat, conform.UnknownValue, conform.OutOfBounds:
		if name, isHeader := strings.CutPrefix(f.Path, "header "); isHeader {
			return at(response, finding.Header, name+" "+f.Detail)
		}
	}
	switch f.Kind { //nolint:exhaustive // likewise
	case conform.WrongType:
		return at(f.Schema, finding.Type, kind)
	case conform.WrongFormat:
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

// mediaType returns the media type in detail, which is quoted and has parameters.
func mediaType(detail string) string {
	quoted, err := strconv.Unquote(detail)
	switch {
	case err != nil:
		return detail
	case quoted == "":
		return "a body without a content type"
	}
	kind, _, _ := strings.Cut(quoted, ";")
	return kind
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
