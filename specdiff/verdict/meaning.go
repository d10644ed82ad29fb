package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/compare"
	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// meaning returns what a finding means for callers of generated Go code, and how to change openapi.yaml.
func meaning(f finding.Finding) (inGo, change string) {
	switch f.Wrong {
	case finding.Contract, finding.Documents:
		if f.Live == "" {
			return flaw(f)
		}
		return effect(f, f.Contract, f.Live), edit(f, f.Live)
	case finding.Published:
		if f.Live == "" {
			inGo, _ = flaw(f)
			return "in code made from the published document: " + inGo, "none"
		}
		return "in code made from the published document: " + effect(f, f.Published, f.Contract), "none"
	case finding.Backend:
		if f.Aspect == finding.ContentType {
			return "the response may not be decoded", "none; find out why the backend, or what is before it, does not send JSON in UTF-8 with one content type"
		}
		if f.Aspect == finding.Behavior {
			return "the call returns what its documentation does not say", "none; find out why the backend does this"
		}
		return "an ErrInternal without a reason, where bad input should be an ErrInvalidInput", "none; describe the failure, and keep such input from being sent"
	case finding.Unseen:
		return "nothing is known: what is wrong with the operation cannot be found", "none; make the run see it, or accept that it is not seen"
	case finding.Undecided:
		if left := unproven(f); left != "" {
			return unprovenMeaning(f, left)
		}
		return "if the published document is right: " + effect(f, f.Contract, f.Published), "if the published document is right: " + edit(f, f.Published)
	}
	return "", ""
}

// flaw returns the meaning of what a document says without effect.
func flaw(f finding.Finding) (inGo, change string) {
	switch f.Aspect {
	case finding.Nullable:
		return "the field is no pointer, although it is meant to be", "write nullable: true and allOf: [$ref] at " + f.Place
	case finding.Branches:
		return "a union type with one member", "write the schema itself at " + f.Place + ", or make its branches differ"
	case finding.Unread:
		return "nothing that was compared: this part of the document is not read", "write what is at " + f.Place + " in another way: " + f.Contract
	case finding.Security:
		return "no credentials fit, so that no call can be made", "declare the scheme in components.securitySchemes, or take it off the security of " + f.Place
	case finding.OperationID:
		if strings.Contains(f.Contract+f.Published, "is the operationId of") {
			return "no code can be made: two methods have one name", "write another operationId at " + f.Place
		}
		return "nothing; the operation is not found in Medusa's documentation", "write x-medusa-operation-id: " + f.Published + " at " + f.Place
	default:
		return "nothing; the documentation is misleading", "write another " + string(f.Aspect) + " at " + f.Place
	}
}

// effect returns what changes in Go if a document is corrected.
func effect(f finding.Finding, from, to string) string {
	gone, comes := to == compare.Absent || to == "", from == compare.Absent || from == ""
	if text := tried(f.Aspect, to); text != "" {
		return text
	}
	switch f.Aspect {
	case finding.Presence:
		return presence(f, gone)
	case finding.Required:
		if !mayBeMissing(to) {
			return "the field is always there or has to be set: a plain field instead of a pointer"
		}
		return "the field may be missing: it becomes a pointer, or may be left out of a request"
	case finding.Nullable:
		if mayBeNull(to) {
			return "the field becomes a pointer, nil for null; until then null reads as an empty value"
		}
		return "the pointer becomes a plain field"
	case finding.Type:
		return fmt.Sprintf("the field's type changes (%s to %s); with the wrong one no response that holds it can be decoded", from, to)
	case finding.Format:
		if strings.HasPrefix(to, "another format") {
			return fmt.Sprintf("the field's type changes; values that are not of the format %s cannot be decoded", from)
		}
		return fmt.Sprintf("the field's type changes (format %s to %s)", from, to)
	case finding.Enum:
		if comes || from == "none" || f.Live != "" && f.Wrong != finding.Published {
			return "new enum constants, or a plain type: " + to
		}
		return "enum constants that are never sent: " + from
	case finding.Bounds:
		return "no type changes; what is checked before sending does"
	case finding.Default:
		return "no type changes; leaving the field out means something else"
	case finding.Open:
		if f.Live == "" && strings.Contains(from+to, "not said") && strings.Contains(from+to, "more properties allowed") {
			return "nothing on the wire, where properties are allowed unless a schema forbids them; in Go the type has a map AdditionalProperties or has none"
		}
		return "properties that are not declared are kept in a map, or dropped"
	case finding.Branches:
		return "a union type becomes a plain one, or the other way round"
	case finding.Style, finding.Explode:
		return "the parameter never worked: the backend reads it written as " + ways(to)
	case finding.Status:
		if gone {
			return "a case for this status that never happens"
		}
		return "one more status to handle; until then its body is not decoded"
	case finding.ContentType:
		return "the body is decoded by its real type; until then it is left as bytes or fails to decode"
	case finding.Cookie:
		return "the session cookie is declared; without it the document does not say what keeps a login"
	case finding.Header:
		return "a header field in the response type"
	case finding.Security:
		return "whether the call needs a session"
	case finding.Refusal:
		return "bad input fails in another way"
	case finding.Behavior, finding.Seen, finding.Unread: // these have meanings of their own
	case finding.Example, finding.OperationID:
		return "no type changes; the documentation does"
	}
	return ""
}

// tried returns the effect of what probes showed; "" if to is not about probes.
func tried(aspect finding.Aspect, to string) string {
	switch {
	case slices.Contains([]finding.Aspect{finding.Nullable, finding.Required, finding.Style, finding.Explode, finding.Security, finding.Presence}, aspect):
		return ""
	case strings.Contains(to, "accepted"):
		return "code that checks by this before sending refuses what the backend takes, " + to
	case strings.Contains(to, "refused"), strings.Contains(to, "fails"):
		return "the types allow what the backend does not take, " + to
	}
	return ""
}

func mayBeNull(says string) bool {
	return strings.Contains(says, "null") && !strings.HasPrefix(says, "not null") && !strings.Contains(says, "refused")
}

func mayBeMissing(says string) bool {
	return slices.ContainsFunc([]string{"optional", "not there", compare.Absent, "accepted"}, func(word string) bool { return strings.Contains(says, word) })
}

func presence(f finding.Finding, gone bool) string {
	what := kindOf(f.Place)
	if strings.HasPrefix(f.Live, "refused") {
		gone = true
	}
	switch {
	case what == operation && gone:
		return "a method that always fails"
	case what == operation:
		return "a method that is missing"
	case what == parameter && gone:
		return "a parameter that the backend refuses or ignores: it never worked"
	case what == parameter:
		return "a parameter that cannot be set"
	case gone:
		return "a field that is never filled"
	}
	return "a field that is missing: its value is dropped when a response is decoded"
}

type kind int

const (
	operation kind = iota
	parameter
	schema
	message // a request body or a response
)

// kindOf returns the kind of a place.
func kindOf(place string) kind {
	switch parts := strings.SplitN(place, " ", 4); {
	case (finding.Point{Place: place}).Operation() == "":
		return schema
	case len(parts) == 2:
		return operation
	case len(parts) == 4 && slices.Contains([]string{"query", "path", "header", "cookie"}, parts[2]):
		return parameter
	}
	return message
}
