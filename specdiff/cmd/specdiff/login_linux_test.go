package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/term"
)

// terminals are open until the program ends: an interrupt leaves a read behind, which must not meet another terminal.
var terminals []*os.File

// pseudoTerminal returns both ends of a terminal: what a person types into and reads, and what the program has.
func pseudoTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	open := func(name string) *os.File {
		f, err := os.OpenFile(name, os.O_RDWR|syscall.O_NOCTTY, 0)
		if err != nil {
			t.Fatal(err)
		}
		terminals = append(terminals, f)
		return f
	}
	person = open("/dev/ptmx")
	var locked, number uint32
	for request, value := range map[uintptr]*uint32{syscall.TIOCSPTLCK: &locked, syscall.TIOCGPTN: &number} {
		if _, _, err := syscall.Syscall(syscall.SYS_IOCTL, person.Fd(), request, uintptr(unsafe.Pointer(value))); err != 0 {
			t.Fatal(err)
		}
	}
	return person, open(fmt.Sprintf("/dev/pts/%d", number))
}

func state(t *testing.T, terminal *os.File) *term.State {
	t.Helper()
	s, err := term.GetState(int(terminal.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// whenSilent calls do when the terminal no longer shows what is typed.
func whenSilent(t *testing.T, terminal *os.File, before *term.State, do func()) {
	t.Helper()
	go func() {
		for {
			if now, err := term.GetState(int(terminal.Fd())); err != nil || !reflect.DeepEqual(now, before) {
				do()
				return
			}
			runtime.Gosched()
		}
	}()
}

// TestAPasswordThatIsTypedIsNotShown checks a login whose password is asked for on a terminal.
func TestAPasswordThatIsTypedIsNotShown(t *testing.T) {
	person, program := pseudoTerminal(t)
	before := state(t, program)
	whenSilent(t, program, before, func() { _, _ = person.WriteString("geheim\n") })
	t.Setenv(passwordVariable, "")
	var prompt bytes.Buffer
	o := &options{email: "ada@example.com"}
	o.config.Backend = "http://localhost"
	if err := o.login(t.Context(), program, &prompt); err != nil {
		t.Fatal(err)
	}
	if got := o.config.Setup.Customers; len(got) != 1 || got[0].Password != "geheim" || got[0].Email != "ada@example.com" {
		t.Error("the customer has another password or email")
	}
	if !reflect.DeepEqual(state(t, program), before) {
		t.Error("the terminal is not as it was")
	}
	if _, err := program.WriteString("end"); err != nil {
		t.Fatal(err)
	}
	shown := ""
	for buffer := make([]byte, 100); !strings.Contains(shown, "end"); {
		n, err := person.Read(buffer)
		if err != nil {
			t.Fatal(err)
		}
		shown += string(buffer[:n])
	}
	if strings.Contains(shown+prompt.String(), "geheim") || !strings.Contains(prompt.String(), "Password of the customer: ") {
		t.Errorf("the person saw %q and %q", shown, &prompt)
	}
}

// TestAnInterruptRestoresTheTerminal checks an interrupt while the password is asked for.
func TestAnInterruptRestoresTheTerminal(t *testing.T) {
	_, program := pseudoTerminal(t)
	before := state(t, program)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	whenSilent(t, program, before, cancel)
	if password, err := ask(ctx, program, new(bytes.Buffer)); password != "" || err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %q and %v", password, err)
	}
	if !reflect.DeepEqual(state(t, program), before) {
		t.Error("the terminal is not as it was")
	}
}
