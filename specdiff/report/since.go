package report

import (
	"cmp"
	"slices"

	"github.com/medusa-storefront/customers-go/specdiff/finding"
)

// Since compares the report with an earlier one, which is called name. A finding is new if the earlier report does not
// have it, has it explained, or has another text of the contract for it. Among what has to be dealt with, new findings
// come first. The outcome stays the same.
func (r *Report) Since(earlier *Report, name string) {
	before := map[string]finding.Finding{}
	for _, f := range earlier.Findings {
		before[f.ID()] = f
	}
	for i, f := range r.Findings {
		old, known := before[f.ID()]
		r.Findings[i].New = !known || !explained(f) && (explained(old) || old.Contract != f.Contract)
		delete(before, f.ID())
	}
	slices.SortStableFunc(r.Findings, func(a, b finding.Finding) int { return cmp.Compare(urgency(a), urgency(b)) })
	r.Sources.Since = name
	r.Gone = slices.DeleteFunc(slices.Clone(earlier.Findings), func(f finding.Finding) bool {
		_, gone := before[f.ID()]
		return !gone
	})
}

func urgency(f finding.Finding) int {
	switch {
	case explained(f):
		return 2
	case f.New:
		return 0
	}
	return 1
}

func isNew(f finding.Finding) bool { return f.New }
