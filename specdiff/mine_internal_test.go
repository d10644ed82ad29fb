package specdiff

import "testing"

// TestTheEmbeddedAcceptedFileCanBeRead checks what would panic.
func TestTheEmbeddedAcceptedFileCanBeRead(t *testing.T) {
	if len(stock().Accepted) == 0 {
		t.Error("nothing is accepted")
	}
}
