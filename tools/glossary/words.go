package main

import (
	"regexp"
	"strings"
)

// A word that this project does not use, and what to write instead.
type word struct {
	pattern *regexp.Regexp
	instead string
	// A reference is fine beside the file that it leads to: any in the same paragraph, or this one anywhere in the file.
	file string
}

// words is the glossary, the whole of it. Patterns match whole words in either case, except for the references.
var words = []word{
	{either(`answer(s|ed|ing)?`), `"response", "respond" or "return"`, ""},
	{either(`repl(y|ies|ied)`), `"response"`, ""},
	{either(`(say|tell)(s|ing)? whether`), `"reports whether"`, ""},
	{either(`whom?ever`), `the agent, such as "the caller"`, ""},
	{either(`whatever`), `what is meant, such as "any value"`, ""},
	{either(`nobody`), `the agent, such as "no caller"`, ""},
	{either(`of whom`), `"owner"`, ""},
	{either(`tickets?`), `"snapshot"`, ""},
	{either(`epochs?`), `"generation"`, ""},
	{either(`orphan(s|ed)?`), `"superseded login"`, ""},
	{either(`laps(e|es|ed)`), `"expired", "revoked" or "logged out"`, ""},
	{either(`proven`), `"verified"`, ""},
	{either(`withholds?|withheld`), `"redacted"`, ""},
	{either(`mishaps?`), `"fault"`, ""},
	{either(`worlds?`), `"env"`, ""},
	{either(`stages?`), `"harness"`, ""},
	{either(`news`), `"event"`, ""},
	{regexp.MustCompile(`\bDESIGN\b`), "the file and the heading where it is written", "DESIGN.md"},
	{regexp.MustCompile(`\b[Rr]ules? \d+\b`), "the file too: docs/sessions.md, rule 1", "docs/sessions.md"},
	{regexp.MustCompile(`\bB\d\d\b`), "the file too: docs/backend.md, B33", "docs/backend.md"},
}

// either returns a pattern of whole words in either case, over the ends of lines.
func either(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)\b(` + strings.ReplaceAll(pattern, " ", `\s+`) + `)\b`)
}

// anyFile is what a reference may stand beside.
var anyFile = regexp.MustCompile(`\w\.(md|go|mjs)\b`)
