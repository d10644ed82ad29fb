package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// edit returns the change of openapi.yaml that the truth asks for, as an instruction.
func edit(f finding.Finding, truth string) string {
	where := f.Place
	gone := truth == compare.Absent || truth == ""
	if tried(f.Aspect, truth) != "" {
		return narrow(f, truth)
	}
	switch f.Aspect {
	case finding.Presence:
		return editPresence(where, truth)
	case finding.Required:
		return editRequired(f, truth)
	case finding.Nullable:
		if mayBeNull(truth) {
			return "write nullable: true at " + where
		}
		return "take nullable: true off " + where
	case finding.Style, finding.Explode:
		if ways(truth) == "" {
			return "find out how the backend reads " + where + "; no way to write it was accepted"
		}
		return fmt.Sprintf("change name, style and explode of %s, so that it is written as %s", where, ways(truth))
	case finding.Status:
		return map[bool]string{true: "remove the response ", false: "add the response "}[gone] + where
	case finding.Default:
		if truth == "none" {
			return "remove the default at " + where
		}
		return fmt.Sprintf("write default: %s at %s", truth, where)
	case finding.Type:
		switch {
		case slices.Contains(plainTypes, truth):
			return fmt.Sprintf("write type: %s at %s", truth, where)
		case f.Live != "":
			return fmt.Sprintf("let %s allow all that was seen: %s", where, truth)
		}
		return fmt.Sprintf("make %s what the published document has: %s", where, truth)
	case finding.Format:
		if truth == "none" || strings.HasPrefix(truth, "another format") {
			return fmt.Sprintf("remove the format%s at %s, which the values do not have", named(f.Contract), where)
		}
		return fmt.Sprintf("write format: %s at %s", truth, where)
	case finding.Enum:
		return editEnum(f, truth)
	case finding.Bounds:
		if f.Live == "" {
			return fmt.Sprintf("make the bounds at %s those of the published document: %s", where, truth)
		}
		return fmt.Sprintf("remove or widen the bound (%s) at %s, where this was seen: %s", f.Contract, where, truth)
	case finding.Open:
		return editOpen(where, truth)
	case finding.Branches:
		if f.Live == "" {
			return fmt.Sprintf("make %s what the published document has: %s", where, truth)
		}
		return fmt.Sprintf("change the branches at %s, so that one of them fits what was seen", where)
	case finding.ContentType:
		return editContent(where, truth)
	case finding.Cookie, finding.Header:
		return editHeaders(f, truth)
	case finding.Security:
		return editSecurity(f, truth)
	case finding.Refusal, finding.Behavior, finding.Seen, finding.Unread, finding.Example, finding.OperationID:
	}
	return fmt.Sprintf("write another %s at %s: %s", f.Aspect, where, truth)
}

var plainTypes = []string{"string", "integer", "number", "boolean", "object", "array"}

// narrow returns the change that makes a document allow what probes showed, and no more.
func narrow(f finding.Finding, truth string) string {
	var parts []string
	for _, how := range []struct{ word, does string }{{"accepted", "allow what the backend accepts"}, {"refused", "forbid what it refuses"}, {"fails", "forbid what it fails at"}} {
		if variants := finding.Tried(truth, how.word); len(variants) > 0 {
			parts = append(parts, how.does+" ("+strings.Join(variants, ", ")+")")
		}
	}
	what := string(f.Aspect)
	if f.Aspect == finding.Open {
		what = "additionalProperties"
	}
	return fmt.Sprintf("change the %s at %s: %s", what, f.Place, cmp.Or(strings.Join(parts, ", "), truth))
}

// ways returns the ways to write a parameter that a truth names.
func ways(truth string) string {
	if _, accepted, ok := strings.Cut(truth, "accepted: "); ok {
		truth = accepted
	}
	if strings.HasPrefix(truth, "none of the ways") {
		return ""
	}
	var all []string
	for way := range strings.SplitSeq(truth, ", ") {
		for _, whole := range []string{"deep object", "bare names"} {
			if strings.HasPrefix(way, whole+" ") { // and the name of a property
				way = whole
			}
		}
		if !slices.Contains(all, way) {
			all = append(all, way)
		}
	}
	return strings.Join(all, " or ")
}

func named(text string) string {
	if text == "" || text == "none" || strings.Contains(text, " ") {
		return ""
	}
	return " " + text
}

func editPresence(where, truth string) string {
	refused, accepted := finding.Tried(truth, "refused"), finding.Tried(truth, "accepted")
	switch {
	case truth == compare.Absent, truth == "", len(refused) > 0 && len(accepted) == 0:
		return "remove " + where
	case kindOf(where) == operation, len(accepted) > 0:
		return "add " + where
	}
	return fmt.Sprintf("add %s: %s", where, strings.ReplaceAll(truth, "; ", " or "))
}

func editRequired(f finding.Finding, truth string) string {
	may := mayBeMissing(truth)
	if kindOf(f.Place) != schema {
		return fmt.Sprintf("write required: %t at %s", !may, f.Place)
	}
	if may {
		return "take " + f.Place + " off the list `required` of its object"
	}
	return "put " + f.Place + " on the list `required` of its object"
}

func editEnum(f finding.Finding, truth string) string {
	switch {
	case truth == "none" && f.Live == "":
		return fmt.Sprintf("take %s off the enum at %s", cmp.Or(f.Contract, "the values"), f.Place)
	case f.Live == "":
		return fmt.Sprintf("add to the enum at %s what the published document has: %s", f.Place, truth)
	}
	return fmt.Sprintf("add to the enum at %s, or remove it if these are no names: %s", f.Place, truth)
}

func editOpen(where, truth string) string {
	switch {
	case truth == "declared properties only", strings.HasPrefix(truth, "refused"):
		return "write additionalProperties: false at " + where
	case truth == "not said":
		return "remove additionalProperties at " + where
	}
	return "write additionalProperties: true at " + where
}

func editContent(where, truth string) string {
	switch {
	case strings.Contains(truth, "without a content type"):
		return "write x-no-content-type: true at " + where + ", without content"
	case truth == "no body":
		return "remove the content of " + where
	case truth == "a body":
		return "declare the body of " + where + ": its content, or x-no-content-type: true"
	case strings.HasPrefix(truth, "accepted"):
		return "declare the content type of " + where + " that the backend accepts"
	}
	return fmt.Sprintf("make the content of %s that of %s", where, strings.TrimSuffix(truth, "; a body"))
}

// editHeaders returns the change of the headers that came, that did not, and that are of another type.
func editHeaders(f finding.Finding, truth string) string {
	if f.Live == "" {
		name, says, _ := strings.Cut(truth, " ")
		return map[bool]string{true: "remove", false: "declare"}[says == compare.Absent] + " the header " + name + " at " + f.Place
	}
	if f.Aspect == finding.Cookie {
		switch {
		case f.Place == "Set-Cookie":
			return "describe the session cookie as it is: " + truth
		case strings.HasPrefix(truth, "no"):
			return fmt.Sprintf("remove the header Set-Cookie at %s, or find out when it is sent (%s)", f.Place, truth)
		}
		return "declare the header Set-Cookie at " + f.Place
	}
	var parts []string
	for part := range strings.SplitSeq(strings.ReplaceAll(truth, "; ", ", "), ", ") {
		name, missed := strings.CutPrefix(part, "no ")
		name, detail, _ := strings.Cut(name, " ")
		if name == "" || name[0] < 'A' || name[0] > 'Z' {
			continue
		}
		name = finding.HeaderName(name)
		text := "declare the header " + name
		switch {
		case missed:
			text = "remove the header " + name
		case detail != "":
			text = "change the schema of the header " + name
		}
		if !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "make the header not required") + " at " + f.Place
}

func editSecurity(f finding.Finding, truth string) string {
	if f.Live == "" {
		return fmt.Sprintf("make the security of %s: %s", f.Place, truth)
	}
	return strings.NewReplacer("change the security at", "change the security of", "an ordinary request", "the usual credentials").Replace(narrow(f, truth))
}
