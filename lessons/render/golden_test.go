package render

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata")

// tags is a style that shows where each look begins and ends.
var tags = Style{
	Title:    tag("title"),
	Heading:  tag("heading"),
	Strong:   tag("strong"),
	Emphasis: tag("em"),
	Strike:   tag("strike"),
	Code:     tag("code"),
	Typed:    tag("typed"),
	Output:   tag("output"),
	Link:     tag("link"),
	Quote:    tag("quote"),
	Rule:     tag("rule"),
	Dim:      tag("dim"),
}

func tag(name string) SGR { return SGR{"<" + name + ">", "</" + name + ">"} }

// Each file in testdata holds one feature in one language: the Markdown, and
// what becomes of it without a look at three widths, in plain mode, and with
// looks shown as tags.
func TestFeaturesRenderAsRecorded(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in testdata: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			input := archive.Files[0].Data
			got := &txtar.Archive{Comment: archive.Comment, Files: archive.Files[:1:1]}
			for _, v := range variants(filepath.Base(file)) {
				text := Text(input, v.opts)
				got.Files = append(got.Files, txtar.File{Name: v.name, Data: []byte(text)})
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if len(archive.Files) != len(got.Files) {
				t.Fatalf("%s has %d sections, want %d; run with -update", file, len(archive.Files), len(got.Files))
			}
			for i, f := range got.Files {
				want := archive.Files[i]
				if f.Name != want.Name || !bytes.Equal(f.Data, want.Data) {
					t.Errorf("%s\n--- got\n%s--- want\n%s", f.Name, f.Data, want.Data)
				}
			}
		})
	}
}

type variant struct {
	name string
	opts Options
}

func variants(file string) []variant {
	var base Options
	switch {
	case strings.HasPrefix(file, "choices"), strings.HasPrefix(file, "lesson"):
		base.Choices = true
	case strings.HasPrefix(file, "html"):
		base.ShowDetails = true
	case strings.HasPrefix(file, "replace"):
		base.Replace = keptValues
	}
	var out []variant
	for _, width := range []int{80, 60, 40} {
		opts := base
		opts.Width = width
		out = append(out, variant{strconv.Itoa(width), opts})
	}
	plain := base
	plain.Width, plain.Plain, plain.Style = 60, true, tags
	styled := base
	styled.Width, styled.Style = 60, tags
	return append(out, variant{"plain", plain}, variant{"styled", styled})
}

var defaults = regexp.MustCompile(`\b(8080|apa000ex2)\b`)

func keptValues(s string) string {
	return defaults.ReplaceAllStringFunc(s, func(d string) string {
		if d == "8080" {
			return "18081"
		}
		return "apa000ex2-2"
	})
}
