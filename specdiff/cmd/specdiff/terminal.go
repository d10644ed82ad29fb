package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"golang.org/x/term"
)

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// colored reports whether w gets colours; see no-color.org.
func colored(w io.Writer) bool { return isTerminal(w) && os.Getenv("NO_COLOR") == "" }

// width returns the columns of w, or 0 for lines of any length: as COLUMNS asks for, or those of a terminal.
func width(w io.Writer) int {
	const least, usual = 40, 80
	columns, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if f, ok := w.(*os.File); err != nil && ok && isTerminal(w) {
		if columns, _, err = term.GetSize(int(f.Fd())); err != nil {
			columns = usual
		}
	}
	if columns <= 0 {
		return 0
	}
	return max(columns, least)
}

// progress writes the current step to standard error: into one line of a terminal, elsewhere as a line every few
// seconds.
type progress struct {
	w        io.Writer
	terminal bool
	last     time.Time
	shown    bool
}

func newProgress(w io.Writer) *progress { return &progress{w: w, terminal: isTerminal(w)} }

const (
	clearLine = "\r\x1b[2K"
	often     = 100 * time.Millisecond
	seldom    = 5 * time.Second
)

func (p *progress) step(text string) {
	pause := seldom
	if p.terminal {
		pause = often
	}
	if time.Since(p.last) < pause {
		return
	}
	p.last, p.shown = time.Now(), true
	if p.terminal {
		_, _ = fmt.Fprintf(p.w, "%s%.79s", clearLine, text)
	} else {
		_, _ = fmt.Fprintln(p.w, "specdiff:", text)
	}
}

func (p *progress) done() {
	if p.terminal && p.shown {
		_, _ = io.WriteString(p.w, clearLine)
	}
}
