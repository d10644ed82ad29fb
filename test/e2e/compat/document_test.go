package compat

import (
	"bytes"
	"os"
	"slices"
	"testing"
)

const document = "../../../docs/compatibility.md"

func TestDocumentIsCurrent(t *testing.T) {
	want, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(document); err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/compatibility.md is not what the checks say: make compat-document writes it (%v)", err)
	}
}

func TestDifferencesAreOfChecksAndVersionsThatAreRun(t *testing.T) {
	for _, d := range Differences {
		if !slices.ContainsFunc(Checks, func(c Check) bool { return c.Name == d.Check }) {
			t.Errorf("no check is named %q", d.Check)
		}
		if d.Text == "" || d.Kind != Remark && d.Kind != Refused {
			t.Errorf("%q lacks a text or a kind", d.Check)
		}
		if !older(Versions[len(Versions)-1], d.Before) {
			t.Errorf("no version that is run is older than %s", d.Before)
		}
	}
}
