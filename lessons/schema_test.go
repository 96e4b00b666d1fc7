package lessons_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"kihon/checker"
	"kihon/lessons"
)

func TestTheSchemasInTheDocumentationAreUpToDate(t *testing.T) {
	for _, name := range []string{"course", "exercises"} {
		want, err := lessons.Schema(name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile("../docs/schema/" + name + ".schema.json")
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(bytes.TrimSpace(got), bytes.TrimSpace(want)) {
			t.Errorf("docs/schema/%s.schema.json is out of date; run go generate ./lessons", name)
		}
	}
	if _, err := lessons.Schema("lesson.yaml"); err == nil {
		t.Error("there is a schema of a file that there is not")
	}
}

// schema is a JSON Schema, as far as the schemas here go; held reports a
// keyword that it does not know.
type schema map[string]any

func schemaOf(t *testing.T, file string) schema {
	t.Helper()
	text, err := lessons.Schema(file)
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// held returns what is wrong with a value, with its place.
func (root schema) held(s map[string]any, at string, value any) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, at+": "+fmt.Sprintf(format, args...)) }
	object, isObject := value.(map[string]any)
	list, _ := value.([]any)
	for keyword, of := range s {
		switch keyword {
		case "$schema", "$id", "$defs", "title", "description":
		case "$ref":
			definition := root["$defs"].(map[string]any)[path.Base(of.(string))]
			wrong = append(wrong, root.held(definition.(map[string]any), at, value)...)
		case "type":
			if is := typeOf(value); is != of && !(of == "number" && is == "integer") {
				say("is of type %s, want %s", is, of)
			}
		case "enum":
			if !slices.ContainsFunc(of.([]any), func(v any) bool { return fmt.Sprint(v) == fmt.Sprint(value) }) {
				say("%v is none of %v", value, of)
			}
		case "pattern":
			if text, is := value.(string); is && !regexp.MustCompile(of.(string)).MatchString(text) {
				say("%q does not look like %s", text, of)
			}
		case "oneOf":
			fits := 0
			for _, one := range of.([]any) {
				if len(root.held(one.(map[string]any), at, value)) == 0 {
					fits++
				}
			}
			if fits != 1 {
				say("fits %d of %v", fits, of)
			}
		case "required":
			for _, key := range of.([]any) {
				if _, there := object[key.(string)]; isObject && !there {
					say("has no %s", key)
				}
			}
		case "items":
			for i, item := range list {
				wrong = append(wrong, root.held(of.(map[string]any), fmt.Sprintf("%s[%d]", at, i), item)...)
			}
		case "properties", "additionalProperties":
			if keyword == "properties" || !isObject {
				continue
			}
			known, _ := s["properties"].(map[string]any)
			for key, inner := range object {
				of, open := of.(map[string]any)
				switch is, there := known[key].(map[string]any); {
				case there:
					wrong = append(wrong, root.held(is, at+"."+key, inner)...)
				case open:
					wrong = append(wrong, root.held(of, at+"."+key, inner)...)
				default:
					say("has an unknown key %s", key)
				}
			}
		default:
			say("the schema has a keyword that this test does not know: %s", keyword)
		}
	}
	return wrong
}

func typeOf(value any) string {
	switch v := value.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case int:
		return "integer"
	case float64:
		if v == float64(int(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return fmt.Sprintf("%T", value)
}

// faultsBySchema reads YAML and holds it against the schema of its file.
func faultsBySchema(t *testing.T, name string, source []byte) []string {
	t.Helper()
	var value any
	if err := yaml.Unmarshal(source, &value); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	s := schemaOf(t, path.Base(name))
	return s.held(s, path.Base(name), value)
}

// An editor must not find fault with what the loader takes.
func TestCoursesAreAsTheirSchemasSay(t *testing.T) {
	courses := embedded(t)
	courses["small"] = small(t)
	for name, files := range courses {
		err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || path.Ext(p) != ".yaml" {
				return err
			}
			source, err := fs.ReadFile(files, p)
			if err != nil {
				return err
			}
			if wrong := faultsBySchema(t, p, source); len(wrong) > 0 {
				t.Errorf("%s/%s:\n%s", name, p, strings.Join(wrong, "\n"))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// And it should find at least these.
func TestAnEditorFindsWhatASchemaCanSay(t *testing.T) {
	for part, want := range map[string]string{
		"@ course.yaml\n< id: tiny\n> identity: tiny\n":                                                             "unknown key identity",
		"@ course.yaml\n< id: tiny\n> id: Tiny\n":                                                                   "does not look like",
		"@ course.yaml\n<   ja: 小さなコース\n":                                                                           "has no ja",
		"@ course.yaml\n< format_version: 1\n> format_version: 2\n":                                                 "2 is none of",
		"@ first/exercises.yaml\n<     kind: quiz\n>     kind: riddle\n":                                            "riddle is none of",
		"@ first/exercises.yaml\n<       - guard\n>       - luck\n":                                                 "luck is none of",
		"@ first/exercises.yaml\n<         code: port.not_published\n>         code: port.forgotten\n":              "port.forgotten is none of",
		"@ first/exercises.yaml\n<         commands:\n<           - docker run --name ${web} -d httpd\n":            "has no commands",
		"@ first/exercises.yaml\n<           inside: 80\n>           inside: [80]\n":                                "fits 0 of",
		"@ first/exercises.yaml\n<           path: index.html\n":                                                    "has no path",
		"@ first/exercises.yaml\n<     kind: port\n>     kind: door\n":                                              "door is none of",
		"@ first/exercises.yaml\n<           name: ${web}\n<           state: running\n>           state: exited\n": "has no name",
	} {
		files := small(t)
		change(t, files, part)
		name := strings.TrimPrefix(strings.SplitN(part, "\n", 2)[0], "@ ")
		if wrong := faultsBySchema(t, name, files[name].Data); !strings.Contains(strings.Join(wrong, "\n"), want) {
			t.Errorf("%s: %q, want %q", part, wrong, want)
		}
	}
}

// Every fact and every key of it has its place in the schema.
func TestTheSchemaHasEveryKeyThatTheLoaderReads(t *testing.T) {
	for file, of := range map[string]any{"course.yaml": lessons.CourseFile{}, "exercises.yaml": lessons.ExercisesFile{}} {
		s := schemaOf(t, file)
		definitions, _ := s["$defs"].(map[string]any)
		for typ := range typesBelow(reflect.TypeOf(of), map[reflect.Type]bool{}) {
			definition := map[string]any(s)
			if typ != reflect.TypeOf(of) {
				definition, _ = definitions[typ.Name()].(map[string]any)
			}
			properties, _ := definition["properties"].(map[string]any)
			var want []string
			for i := range typ.NumField() {
				key, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
				want = append(want, key)
			}
			if got := slices.Sorted(maps.Keys(properties)); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
				t.Errorf("%s: %s has the keys %v, want %v", file, typ.Name(), got, want)
			}
		}
	}
	codes := schemaOf(t, "exercises.yaml")["$defs"].(map[string]any)["Mistake"].(map[string]any)["properties"].(map[string]any)["code"].(map[string]any)["enum"].([]any)
	if len(codes) != len(checker.Codes()) {
		t.Errorf("the schema has %d codes of findings, there are %d", len(codes), len(checker.Codes()))
	}
}

func typesBelow(t reflect.Type, seen map[reflect.Type]bool) map[reflect.Type]bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return typesBelow(t.Elem(), seen)
	case reflect.Struct:
		if seen[t] {
			return seen
		}
		seen[t] = true
		for i := range t.NumField() {
			typesBelow(t.Field(i).Type, seen)
		}
	}
	return seen
}
