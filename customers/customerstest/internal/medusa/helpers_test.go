package medusa_test

import "context"

const me = "/store/customers/me"

var ctx = context.Background()

func text(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}
