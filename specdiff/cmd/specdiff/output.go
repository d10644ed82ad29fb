package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/medusa-storefront/customers-go/specdiff/report"
)

// output is where the report goes, and how.
type output struct {
	format  string
	files   []string
	all     bool
	since   string
	earlier *report.Report // that of since
}

// A format is one that a report can be written in.
type format struct {
	name, ending string // ending is that of a file in it
	write        func(*report.Report, io.Writer) error
}

func (o *output) formats() []format {
	return []format{
		{"text", ".txt", o.text}, {"json", ".json", (*report.Report).JSON}, {"markdown", ".md", (*report.Report).Markdown},
		{"github", "", github}, {"junit", ".xml", (*report.Report).JUnit}, {"sarif", ".sarif", (*report.Report).SARIF}, {"html", ".html", (*report.Report).HTML},
	}
}

func (o *output) flags(f *flag.FlagSet) {
	f.StringVar(&o.format, "format", "text", "text, json, markdown, github (annotations of a pull request), junit, sarif or html")
	f.Func("o", "a `file` to write the report to as well, in the format of its ending: .txt, .json, .md, .xml (JUnit), .sarif or .html; may be repeated", func(file string) error {
		if _, err := o.find(func(f format) bool { return f.ending == filepath.Ext(file) }); err != nil {
			return errors.New("its name must end in .txt, .json, .md, .xml, .sarif or .html")
		}
		o.files = append(o.files, file)
		return nil
	})
	f.StringVar(&o.since, "since", "", "an earlier report, a `file` of -format json: the findings that it does not have are marked as new")
	f.BoolVar(&o.all, "all", false, "text: show also what is explained, a row for each point, and what was never seen")
}

// check reads the earlier report and looks for the folders, so that what is wrong is known before the backend is asked.
func (o *output) check() error {
	if _, err := o.find(func(f format) bool { return f.name == o.format }); err != nil {
		return fmt.Errorf("-format is %q, want text, json, markdown, github, junit, sarif or html", o.format)
	}
	for _, file := range o.files {
		if err := folder(file); err != nil {
			return fmt.Errorf("-o: %w", err)
		}
	}
	if o.since == "" {
		return nil
	}
	f, err := os.Open(o.since)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	if o.earlier, err = report.ReadJSON(f); err != nil {
		return fmt.Errorf("%s: %w", o.since, err)
	}
	return nil
}

// folder returns an error if a file cannot be made because its folder is missing.
func folder(file string) error {
	info, err := os.Stat(filepath.Dir(file))
	switch {
	case err != nil:
		return fmt.Errorf("%s cannot be written: %w", file, err)
	case !info.IsDir():
		return fmt.Errorf("%s cannot be written: %s is no folder", file, filepath.Dir(file))
	}
	return nil
}

func (o *output) find(is func(format) bool) (format, error) {
	for _, f := range o.formats() {
		if is(f) {
			return f, nil
		}
	}
	return format{}, errors.New("no such format")
}

// write writes the report to the files and to standard output.
func (o *output) write(r *report.Report, stdout io.Writer) error {
	if o.earlier != nil {
		r.Since(o.earlier, o.since)
	}
	for _, file := range o.files {
		f, err := o.find(func(f format) bool { return f.ending == filepath.Ext(file) })
		if err == nil {
			err = save(file, os.O_TRUNC, func(w io.Writer) error { return f.write(r, w) })
		}
		if err != nil {
			return err
		}
	}
	f, err := o.find(func(f format) bool { return f.name == o.format })
	if err != nil {
		return err
	}
	return f.write(r, stdout)
}

func (o *output) text(r *report.Report, w io.Writer) error {
	return r.Text(w, report.Style{Color: colored(w), All: o.all, Width: width(w)})
}

// github writes annotations, and the report to the summary of the job that GitHub shows.
func github(r *report.Report, w io.Writer) error {
	if file := os.Getenv("GITHUB_STEP_SUMMARY"); file != "" {
		if err := save(file, os.O_APPEND, r.Markdown); err != nil {
			return err
		}
	}
	return r.GitHub(w)
}

// save writes a file.
func save(file string, how int, write func(io.Writer) error) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|how, 0o644)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}
