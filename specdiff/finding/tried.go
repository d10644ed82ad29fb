package finding

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

var tried = regexp.MustCompile(`(accepted|refused|fails)(?:: ([^;]+))?`)

// Tried returns the variants of requests that had an outcome, accepted, refused or fails, by what a finding says of the
// backend: "refused: null, fails: empty". A request that is no variant is "an ordinary request".
func Tried(live, outcome string) []string {
	var all []string
	live = strings.NewReplacer(", accepted", "; accepted", ", refused", "; refused", ", fails", "; fails").Replace(live)
	for _, match := range tried.FindAllStringSubmatch(live, -1) {
		if match[1] != outcome {
			continue
		}
		for variant := range strings.SplitSeq(cmp.Or(strings.TrimSpace(match[2]), "an ordinary request"), ", ") {
			if !slices.Contains(all, variant) {
				all = append(all, variant)
			}
		}
	}
	return all
}
