package e2e

import (
	"flag"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/medusa-storefront/customers-go/test/e2e/internal/compare"
)

// The random conversations are the same in every run: what a commit's CI says is about the commit. To look for more,
// run them with -rapid.seed=N, or 0 for another seed each time, and -rapid.checks=N.
const (
	randomSeed      = "20240229"
	randomChecks    = "40"  // conversations of each kind
	randomExchanges = 5_000 // at least so many have to be compared
)

// setRapid sets what the command line does not.
func setRapid(t *testing.T) {
	t.Helper()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range map[string]string{"rapid.seed": randomSeed, "rapid.checks": randomChecks, "rapid.nofailfile": "true"} {
		if given[name] {
			continue
		}
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("seed %v, %v conversations of each kind", flag.Lookup("rapid.seed").Value, flag.Lookup("rapid.checks").Value)
}

// stopping ends a conversation at its first difference.
type stopping struct{ *rapid.T }

func (s stopping) Errorf(format string, args ...any) { s.Fatalf(format, args...) }

// randomKind is a kind of random conversations.
type randomKind struct {
	name     string
	open     func(v *talk) // how it begins
	length   int           // and with how many requests it goes on
	requests *rapid.Generator[compare.Request]
}

var randomKinds = []randomKind{
	{"sessions", twoStrangers, 36, oneOf(
		times(8, anyLogin), times(4, anyRegister), times(3, anyLogout), times(14, anyRead), times(3, anyUpdate), times(3, anyExists),
		times(4, anyReset), times(3, anyToken), times(2, anyPasswordToken), times(2, anyOddRequest), times(3, anyForeignCookie),
	)},
	{"customers", twoCustomers, 45, oneOf(
		times(12, anyUpdate), times(5, anyRead), times(6, anyBilling), times(5, anyMetadata), times(3, anyAddress), times(2, anyAddressUpdate),
		times(2, anyAddressDelete), times(1, anyLogin), times(1, anyLogout), times(1, anyRegister), times(4, anyOddBody),
	)},
	{"addresses", twoCustomers, 45, oneOf(
		times(12, anyAddress), times(10, anyAddressUpdate), times(4, anyAddressDelete), times(6, anyBilling), times(4, anyRead), times(2, anyUpdate),
		times(2, anyOddBody), times(1, anyOddRequest),
	)},
	{"odd", twoCustomers, 45, oneOf(
		times(10, anyOddRequest), times(10, anyOddBody), times(3, anyRead), times(4, anyExists), times(2, anyPasswordToken), times(1, anyLogin),
		times(1, anyLogout), times(3, anyList), times(2, anyForeignCookie),
	)},
	{"orders", func(v *talk) { v.loginSeeded("a", "orders"); v.loginSeeded("b", "groups") }, 30, oneOf(times(1, anyList))},
}

func randomConversations(t *testing.T, d *duo) {
	t.Helper()
	setRapid(t)
	for _, kind := range randomKinds {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(r *rapid.T) {
				requests := rapid.SliceOfN(kind.requests, kind.length, kind.length).Draw(r, "requests")
				v := d.talk(t.Context(), stopping{r}, "random")
				for _, name := range emailNames {
					v.newEmail(name)
				}
				kind.open(v)
				for _, request := range requests {
					if request.Method != "" {
						v.Send(request)
					}
				}
			})
		})
	}
}

var (
	jars       = []string{"a", "b", "c", ""}
	emailNames = []string{"e0", "e1", "e2", "e3"}
)

// twoStrangers have accounts and have not logged in.
func twoStrangers(v *talk) {
	v.t.Helper()
	for _, name := range emailNames[:2] {
		v.post("", customersPath, `{"email":"${`+name+`.email}","password":"a password"}`)
	}
}

// twoCustomers are logged in.
func twoCustomers(v *talk) {
	v.t.Helper()
	for n, name := range emailNames[:2] {
		v.post(jars[n], customersPath, `{"email":"${`+name+`.email}","password":"a password","first_name":"Ada"}`)
	}
}

// oneOf chooses from lists of requests. The first is none at all, which is what rapid tries to put in place of others
// when it looks for the shortest conversation that differs.
func oneOf(lists ...[]*rapid.Generator[compare.Request]) *rapid.Generator[compare.Request] {
	return rapid.OneOf(slices.Concat(append([][]*rapid.Generator[compare.Request]{{rapid.Just(compare.Request{})}}, lists...)...)...)
}

// times makes a choice that many times likelier.
func times(n int, g *rapid.Generator[compare.Request]) []*rapid.Generator[compare.Request] {
	return slices.Repeat([]*rapid.Generator[compare.Request]{g}, n)
}
