package lessons

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits on a course's YAML files, which may come from a stranger.
const (
	maxYAML  = 256 << 10 // bytes
	maxDepth = 20
)

// document is a YAML file as it stands, variables and all.
type document struct {
	name string
	root *yaml.Node
}

// parse reads YAML. Oversized files, deep nesting, anchors and aliases are
// faults: no course needs them, and they can be made to grow without end.
func parse(name string, source []byte) (*document, error) {
	if len(source) > maxYAML {
		return nil, &Fault{File: name, Message: fmt.Sprintf("the file is larger than %d KiB", maxYAML>>10)}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(source, &root); err != nil {
		return nil, yamlFaults(name, err)
	}
	if err := oneDocument(name, source); err != nil {
		return nil, err
	}
	if root.Kind == 0 || len(root.Content) == 0 {
		return nil, &Fault{File: name, Line: 1, Message: "the file is empty"}
	}
	doc := &document{name: name, root: root.Content[0]}
	return doc, doc.limits(doc.root, 0)
}

// oneDocument refuses what stands after the first document: it would be
// passed over in silence.
func oneDocument(name string, source []byte) error {
	decoder := yaml.NewDecoder(bytes.NewReader(source))
	var n yaml.Node
	if err := decoder.Decode(&n); err != nil {
		return nil // said elsewhere, or empty
	}
	if err := decoder.Decode(&n); err == nil {
		return &Fault{File: name, Line: n.Line, Message: "a second document begins here; a file of a course is one"}
	}
	return nil
}

func (d *document) limits(n *yaml.Node, depth int) error {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		return &Fault{File: d.name, Line: n.Line, Message: "anchors and aliases are not allowed in a course"}
	case depth > maxDepth:
		return &Fault{File: d.name, Line: n.Line, Message: fmt.Sprintf("nested deeper than %d levels", maxDepth)}
	}
	for _, child := range n.Content {
		if err := d.limits(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// decode puts the part of the document below n into out, with the variables
// replaced. Unknown keys, keys given twice and unknown variables are faults.
func (d *document) decode(n *yaml.Node, out any, values map[string]string) error {
	f := &faults{doc: d}
	f.unknownKeys(n, reflect.TypeOf(out))
	filled := f.fill(n, values)
	if len(f.list) > 0 {
		return f.list
	}
	if err := filled.Decode(out); err != nil {
		return yamlFaults(d.name, err)
	}
	return nil
}

// at returns the node at a path such as exercises[0].checks[1]; nil when there
// is none.
func (d *document) at(path string) *yaml.Node {
	n := d.root
	for step := range strings.FieldsFuncSeq(path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		if n = below(n, step); n == nil {
			return nil
		}
	}
	return n
}

func below(n *yaml.Node, step string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): (.*)$`)

// yamlFaults turns the decoder's errors, which begin with the line, into faults.
func yamlFaults(name string, err error) error {
	messages := []string{err.Error()}
	var wrongTypes *yaml.TypeError
	if errors.As(err, &wrongTypes) {
		messages = wrongTypes.Errors
	}
	var found Faults
	for _, message := range messages {
		fault := &Fault{File: name, Message: strings.TrimPrefix(message, "yaml: ")}
		if m := yamlLine.FindStringSubmatch(message); m != nil {
			fault.Line, _ = strconv.Atoi(m[1])
			fault.Message = inWords(m[2])
			if strings.HasPrefix(m[2], "did not find expected") {
				fault.Line++ // the parser, unlike the scanner, counts from 0
			}
		}
		found = append(found, fault)
	}
	return found
}

var wrongType = regexp.MustCompile("^cannot unmarshal !!(\\w+)(?: `(.*)`)? into (\\S+)$")

// inWords says what stands where something else is wanted, without the words
// of the programming language.
func inWords(message string) string {
	m := wrongType.FindStringSubmatch(message)
	if m == nil {
		return message
	}
	found := map[string]string{"seq": "a list", "map": "a mapping"}[m[1]]
	if found == "" {
		found = strconv.Quote(m[2])
	}
	wanted := "a mapping"
	switch {
	case strings.HasPrefix(m[3], "[]"):
		wanted = "a list"
	case m[3] == "string":
		wanted = "a text"
	case m[3] == "int":
		wanted = "a number"
	case m[3] == "bool":
		wanted = "true or false"
	}
	return found + " stands where " + wanted + " is wanted"
}

// faults collects what is wrong in one document.
type faults struct {
	doc  *document
	list Faults
}

// at notes a fault at a path. What is missing has no place of its own: then it
// is the place around it.
func (f *faults) at(path, format string, args ...any) {
	n := f.doc.at(path)
	for n == nil && path != "" {
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
		n = f.doc.at(path)
	}
	f.node(n, format, args...)
}

func (f *faults) node(n *yaml.Node, format string, args ...any) {
	f.list = append(f.list, &Fault{File: f.doc.name, Line: n.Line, Message: fmt.Sprintf(format, args...)})
}

// unknownKeys holds the keys of mappings against the fields of the types they
// are read into.
func (f *faults) unknownKeys(n *yaml.Node, t reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, child := range n.Content {
			f.unknownKeys(child, t.Elem())
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Map:
		for i := 1; i < len(n.Content); i += 2 {
			f.unknownKeys(n.Content[i], t.Elem())
		}
	case n.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		fields := fieldsOf(t)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			field, known := fields[key.Value]
			if !known {
				f.node(key, "unknown key %q; known here: %s", key.Value, keys(fields))
				continue
			}
			f.unknownKeys(n.Content[i+1], field)
		}
	}
}

// fieldsOf maps YAML keys to the types of a struct's fields.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	fields := map[string]reflect.Type{}
	for i := range t.NumField() {
		field := t.Field(i)
		key, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			for name, inner := range fieldsOf(field.Type) {
				fields[name] = inner
			}
		case key != "" && key != "-":
			fields[key] = field.Type
		}
	}
	return fields
}

var number = regexp.MustCompile(`^[0-9]+$`)

var variable = regexp.MustCompile(`\$\{([a-z][a-z0-9_]*)\}`)

// fill returns a copy of n with ${name} replaced in its values. What is a
// number after that is one: host: ${web_port}.
func (f *faults) fill(n *yaml.Node, values map[string]string) *yaml.Node {
	out := *n
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "${") {
		out.Value = variable.ReplaceAllStringFunc(n.Value, func(m string) string {
			key := m[2 : len(m)-1]
			value, known := values[key]
			if !known {
				f.node(n, "there is no variable %q; the lesson's variables are: %s", key, keys(values))
			}
			return value
		})
		// A number is one, also in quotes; any other value stays the text it
		// is, whatever YAML would take it for.
		if number.MatchString(out.Value) && variable.ReplaceAllString(n.Value, "") == "" {
			out.Tag, out.Style = "", 0
		}
	}
	out.Content = slices.Clone(n.Content)
	for i, child := range n.Content {
		out.Content[i] = f.fill(child, values)
	}
	return &out
}

// Fill replaces ${name} in the text of a file that an exercise lays into the
// workspace. What is no variable stays as it is: it may be the file's own.
func Fill(text string, values map[string]string) string {
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		if value, known := values[m[2:len(m)-1]]; known {
			return value
		}
		return m
	})
}
