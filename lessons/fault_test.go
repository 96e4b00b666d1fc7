package lessons_test

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"kihon/lessons"
)

var update = flag.Bool("update", false, "write what is said now into the golden files")

// small is the small course of testdata/course.txtar.
func small(t *testing.T) fstest.MapFS {
	t.Helper()
	archive, err := txtar.ParseFile("testdata/course.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, f := range archive.Files {
		files[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	return files
}

// read reads a course and all its lessons, as far as there is no fault.
func read(files fs.FS) error {
	course, err := lessons.Open(files)
	if err != nil {
		return err
	}
	for _, id := range course.LessonIDs() {
		if _, err := course.Lesson(id); err != nil {
			return err
		}
	}
	return nil
}

func TestTheSmallCourseHasNoFault(t *testing.T) {
	if err := read(small(t)); err != nil {
		t.Error(err)
	}
}

// TestFaultsAreNamedWithFileAndLine changes the small course as the files in
// testdata/faults say.
func TestFaultsAreNamedWithFileAndLine(t *testing.T) {
	names, err := filepath.Glob("testdata/faults/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatal("there are no faults", err)
	}
	for _, name := range names {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, part := range archive.Files {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+part.Name, func(t *testing.T) {
				files := small(t)
				script, want := change(t, files, string(part.Data))
				err := read(files)
				if err == nil {
					t.Fatalf("nothing is said; want\n%s", strings.Join(want, "\n"))
				}
				found := lessons.FaultsOf(err)
				if len(found) == 0 {
					t.Fatalf("it is no fault of the course: %v", err)
				}
				var got []string
				for _, f := range found {
					got = append(got, f.Error())
				}
				if *update {
					archive.Files[i].Data = []byte(script + "= " + strings.Join(got, "\n= ") + "\n")
				} else if !slices.Equal(got, want) {
					t.Errorf("it says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			})
		}
		if *update {
			if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// change makes the changes of one part and returns it without what it wants.
func change(t *testing.T, files fstest.MapFS, part string) (script string, want []string) {
	t.Helper()
	var name string
	var old, new []string
	edit := func() {
		if len(old)+len(new) == 0 {
			return
		}
		text := string(files[name].Data)
		before, after := strings.Join(old, ""), strings.Join(new, "")
		if !strings.Contains("\n"+text, "\n"+before) {
			t.Fatalf("%s has no lines\n%s", name, before)
		}
		files[name] = &fstest.MapFile{Data: []byte(strings.TrimPrefix(strings.Replace("\n"+text, "\n"+before, "\n"+after, 1), "\n"))}
		old, new = nil, nil
	}
	for line := range strings.Lines(part) {
		mark, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch {
		case mark == "=":
			want = append(want, rest)
			continue
		case mark == "<" && len(new) > 0:
			edit()
			old = append(old, rest+"\n")
		case mark == "<":
			old = append(old, rest+"\n")
		case mark == ">":
			new = append(new, rest+"\n")
		case mark == "@":
			edit()
			if name = rest; files[name] == nil {
				files[name] = &fstest.MapFile{}
			}
		case mark == "!":
			edit()
			delete(files, rest)
		default:
			t.Fatalf("a line that says nothing: %q", line)
		}
		script += line
	}
	edit()
	return script, want
}

func TestDeepAndHugeFilesAreRefused(t *testing.T) {
	deep := small(t)
	deep["course.yaml"].Data = append(deep["course.yaml"].Data, "more:"+strings.Repeat(" [", 30)+strings.Repeat("]", 30)+"\n"...)
	huge := small(t)
	huge["first/exercises.yaml"].Data = append(huge["first/exercises.yaml"].Data, "# "+strings.Repeat("x", 256<<10)...)
	endless := small(t)
	endless["first/exercises.yaml"].Data = append([]byte("format_version: 1\nexercises: "), strings.Repeat("[", 100_000)...)
	for name, c := range map[string]struct {
		files fs.FS
		want  string
	}{
		"deep":       {deep, "course.yaml:17: nested deeper than 20 levels"},
		"huge":       {huge, "first/exercises.yaml: the file is larger than 256 KiB"},
		"never shut": {endless, "first/exercises.yaml:"},
	} {
		err := read(c.files)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || len(lessons.FaultsOf(err)) != 1 {
			t.Errorf("%s: %.200v, want %s", name, err, c.want)
		}
	}
}

// locked is a course of which one file may not be read.
type locked struct {
	fs.FS
	name string
}

func (l locked) Open(name string) (fs.File, error) {
	if name == l.name {
		return nil, &fs.PathError{Op: "open", Path: "/secret/place/" + name, Err: fs.ErrPermission}
	}
	return l.FS.Open(name)
}

func TestAFileThatCannotBeReadIsAFault(t *testing.T) {
	for name, want := range map[string]string{
		"course.yaml":            "course.yaml: a course needs this file: permission denied",
		"first/exercises.yaml":   "first/exercises.yaml: a lesson needs this file: permission denied",
		"first/ja.md":            "first/ja.md: every lesson is written in every language: permission denied",
		"first/files/index.html": "first/exercises.yaml:28: file files/index.html: permission denied",
	} {
		err := read(locked{small(t), name})
		if err == nil || err.Error() != want || len(lessons.FaultsOf(err)) != 1 {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

func TestAFolderThatIsNotThereIsAFault(t *testing.T) {
	err := read(os.DirFS(filepath.Join(t.TempDir(), "none")))
	if want := "course.yaml: a course needs this file: it is not there"; err == nil || err.Error() != want || len(lessons.FaultsOf(err)) != 1 {
		t.Errorf("%v, want %s", err, want)
	}
}

func TestAnUnknownLessonIsNoFaultOfTheCourse(t *testing.T) {
	course, err := lessons.Open(small(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := course.Lesson("second"); err == nil || lessons.FaultsOf(err) != nil {
		t.Errorf("%v", err)
	}
}

func TestFaultsAreFoundInWrappedErrors(t *testing.T) {
	one, two := &lessons.Fault{File: "a", Line: 1, Message: "x"}, &lessons.Fault{File: "b", Message: "y"}
	for _, c := range []struct {
		err  error
		want string
		n    int
	}{
		{fmt.Errorf("reading: %w", one), "a:1: x", 1},
		{fmt.Errorf("reading: %w", lessons.Faults{one, two}), "a:1: x\nb: y", 2},
		{errors.New("no disk"), "", 0},
		{nil, "", 0},
	} {
		found := lessons.FaultsOf(c.err)
		if len(found) != c.n || c.n > 0 && found.Error() != c.want {
			t.Errorf("FaultsOf(%v) = %v", c.err, found)
		}
	}
}
