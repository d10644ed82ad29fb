package verdict

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// unproven returns what only the contract has at a point and what was seen does not show, although it shows that the
// published document is wrong there: one of several bounds, or that an integer may be a fraction. It returns "" for
// nothing.
func unproven(f finding.Finding) string {
	switch {
	case f.Contract == "" || f.Published == "" || f.Live == "":
	case f.Aspect == finding.Type && f.Contract == "number" && f.Published != "number" && f.Live == "integer":
		return "number"
	case f.Aspect == finding.Bounds:
		theirs := strings.Split(f.Published, ", ")
		return strings.Join(slices.DeleteFunc(strings.Split(f.Contract, ", "), func(bound string) bool {
			return slices.Contains(theirs, bound) || shows(f.Live, bound)
		}), ", ")
	}
	return ""
}

// shows reports whether refusals show a bound, such as "minLength 1". A text without a bound is none.
func shows(live, bound string) bool {
	keyword, value, _ := strings.Cut(bound, " ")
	n, err := strconv.ParseFloat(value, 64)
	refuses := func(variant string) bool {
		return slices.Contains(append(finding.Tried(live, "refused"), finding.Tried(live, "fails")...), variant)
	}
	switch keyword {
	case "minLength":
		return refuses("too short") || n == 1 && refuses("empty") || n == 2 && refuses("one character")
	case "maxLength":
		return refuses("too long")
	case "minimum":
		return n == 0 && refuses("negative") || n == 1 && refuses("zero")
	case "maximum":
		const most32 = 1<<31 - 1
		return err == nil && n >= most32 && (refuses("more than 32 bits") || refuses("more than 53 bits") || refuses("more than 64 bits"))
	case "minItems", "maxItems", "pattern":
		return false
	}
	return true
}

func unprovenMeaning(f finding.Finding, left string) (inGo, change string) {
	if f.Aspect == finding.Type {
		return "if it is always an integer: the field's type changes (number to integer)",
			fmt.Sprintf("if it is always an integer, as it was in all that was seen: write type: integer at %s", f.Place)
	}
	return "no type changes; what is checked before sending does",
		fmt.Sprintf("if the backend takes what is beyond it: take %s off the bounds at %s, of which nothing that was seen is a sign", left, f.Place)
}
