package medusa_test

const me = "/store/customers/me"

func text(s *string) string {
	if s == nil {
		return "null"
	}
	return *s
}
